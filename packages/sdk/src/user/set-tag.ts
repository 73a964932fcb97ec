import type { TagValue } from '../core/surroundings.js';
import { activeSurroundings } from './active-surroundings.js';
import { putTag } from './scope-facts.js';

/**
 * Sets a tag: errors of the work in progress carry it as an attribute of this name, to be searched by. Undefined takes it away. Outside of any request it
 * is for errors outside of requests; what holds for the whole process belongs into `attributes` of `start`. For spans there is OpenTelemetry's `span.setAttribute`.
 */
export function setTag(name: string, value: TagValue | undefined): void {
  putTag(activeSurroundings(), name, value);
}

/** Several tags at once. */
export function setTags(tags: Readonly<Record<string, TagValue | undefined>>): void {
  for (const [name, value] of Object.entries(tags ?? {})) setTag(name, value);
}

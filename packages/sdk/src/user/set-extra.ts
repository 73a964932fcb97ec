import { activeSurroundings } from './active-surroundings.js';
import { putExtra } from './scope-facts.js';

/** Anything else that explains an error of the work in progress; undefined takes it away. */
export function setExtra(name: string, value: unknown): void {
  putExtra(activeSurroundings(), name, value);
}

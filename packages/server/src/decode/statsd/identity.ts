import { detached } from './detached.js';
import type { Origins } from './origins.js';

/** Names and values, sorted by name. */
export type Tags = readonly (readonly [string, string | boolean])[];

/** Whose a sample is: equal tags in any order are the same identity object's `key`. */
export interface Identity {
  readonly key: string;
  readonly resourceKey: string;
  readonly resource: Tags;
  readonly attributes: Tags;
}

const entityId = 'dd.internal.entity_id';

/** Tags that say who sends, under OpenTelemetry's names; they and these names themselves describe the resource, the others the data point. */
const resourceNames: ReadonlyMap<string, string> = new Map([
  ['service', 'service.name'],
  ['env', 'deployment.environment.name'],
  ['version', 'service.version'],
  ['host', 'host.name'],
  ['service.name', 'service.name'],
  ['service.namespace', 'service.namespace'],
  ['service.version', 'service.version'],
  ['deployment.environment.name', 'deployment.environment.name'],
  ['host.name', 'host.name'],
  [entityId, 'k8s.pod.uid'],
]);

const maxValueLength = 200;

/** Reads tags. Of a tag that occurs twice the last counts; a tag without a value is `true`; a value is cut at 200 characters. */
export function identityOf({ tags, container, external }: Origins, host = ''): Identity {
  const resource = new Map<string, string>();
  const attributes = new Map<string, string>();
  readContainer(container, external, resource);
  if (host !== '') resource.set('host.name', host.slice(0, maxValueLength));
  for (const tag of tags.split(',')) {
    // Some clients write # before every tag.
    const text = tag.startsWith('#') ? tag.slice(1) : tag;
    const colon = text.indexOf(':');
    const name = (colon === -1 ? text : text.slice(0, colon)).slice(0, maxValueLength);
    // What is meant for Datadog's agent (`dd.internal.card:low`) is no tag, but for the pod's id.
    if (name === '' || (name.startsWith('dd.internal.') && name !== entityId)) continue;
    const value = colon === -1 ? 'true' : text.slice(colon + 1, colon + 1 + maxValueLength);
    const resourceName = resourceNames.get(name);
    if (resourceName !== undefined && value === '') continue;
    if (resourceName === undefined) attributes.set(name, value);
    else if (value !== 'none' || name !== entityId) resource.set(resourceName, value);
  }
  return identity(sorted(resource), sorted(attributes));
}

function identity(resource: Tags, attributes: Tags): Identity {
  const resourceKey = keyOf(resource);
  return { key: `${resourceKey}\u0002${keyOf(attributes)}`, resourceKey, resource, attributes };
}

/** What went over a limit, in one series of its metric (https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute). */
export const overflow: Identity = identity([], [['otel.metric.overflow', true]]);

const sorted = (map: ReadonlyMap<string, string>): Tags =>
  [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([name, value]) => [detached(name), detached(value)]);

function keyOf(tags: Tags): string {
  return tags.map(([name, value]) => `${name}\u0000${value}`).join('\u0001');
}

/**
 * `c:` is a container's id (`ci-<id>` in newer clients), or the inode of its control group (`in-<inode>`), which means nothing outside of its host.
 * `e:` is `it-<init>,cn-<container name>,pu-<pod uid>`.
 */
function readContainer(container: string, external: string, resource: Map<string, string>): void {
  const id = container.startsWith('ci-') ? container.slice(3) : container.startsWith('in-') ? '' : container;
  if (id !== '') resource.set('container.id', id.slice(0, maxValueLength));
  for (const item of external.split(',')) {
    const value = item.slice(3, 3 + maxValueLength);
    if (value === '') continue;
    if (item.startsWith('cn-')) resource.set('k8s.container.name', value);
    if (item.startsWith('pu-')) resource.set('k8s.pod.uid', value);
  }
}

const maxRemembered = 10_000;
const maxRememberedLength = 1000;

/** Remembers what tags mean: a program sends the same ones over and over. */
export class Identities {
  readonly #known = new Map<string, Identity>();

  of(origins: Origins): Identity {
    const text = `${origins.tags}\u0000${origins.container}\u0000${origins.external}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= maxRemembered) this.#known.clear();
    const identity = identityOf(origins);
    if (text.length <= maxRememberedLength) this.#known.set(detached(text), identity);
    return identity;
  }
}

import type { Surroundings, TagValue } from '../core/surroundings.js';
import { plainCopy, plainObject } from '../errors/plain-copy.js';
import { isSecretName, redacted, withoutSecrets } from '../errors/secrets.js';

const maxNameChars = 200;
const maxTagChars = 500;

/** A tag, cut to what can be searched by. */
export function putTag(surroundings: Surroundings, name: string, value: TagValue | undefined): void {
  if (typeof name !== 'string' || name === '') return;
  surroundings.put(surroundings.tags, name.slice(0, maxNameChars), tagValue(name, value));
}

/** JavaScript callers give anything; what is no plain value is shown as text. */
function tagValue(name: string, value: unknown): TagValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (isSecretName(name)) return redacted;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  const text = typeof value === 'string' ? value : JSON.stringify(plainCopy(value, maxTagChars) ?? '');
  return withoutSecrets(text.slice(0, maxTagChars));
}

/** A copy of a context. */
export function putContext(surroundings: Surroundings, name: string, members: object | undefined): void {
  if (typeof name !== 'string' || name === '') return;
  surroundings.put(
    surroundings.contexts,
    name.slice(0, maxNameChars),
    members === undefined || members === null ? undefined : plainObject(members),
  );
}

/** A copy of an extra. */
export function putExtra(surroundings: Surroundings, name: string, value: unknown): void {
  if (typeof name !== 'string' || name === '') return;
  const copy = value === undefined ? undefined : isSecretName(name) ? redacted : plainCopy(value);
  surroundings.put(surroundings.extra, name.slice(0, maxNameChars), copy);
}

import type { Surroundings, TagValue } from '../core/surroundings.js';
import { plainCopy, plainObject, plainText } from '../errors/plain-copy.js';
import { isSecretName, redacted } from '../errors/secrets.js';

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
  return plainText(value, maxTagChars);
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

const maxFingerprintParts = 20;

/** Says which errors are the same. */
export function putFingerprint(surroundings: Surroundings, parts: readonly string[] | undefined): void {
  if (!Array.isArray(parts)) return;
  surroundings.fingerprint = parts.slice(0, maxFingerprintParts).map(part => plainText(part, maxNameChars));
}

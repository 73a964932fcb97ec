import { isSecretName } from '../errors/secrets.js';

const maxNames = 2000;
const known = new Map<string, boolean>();

/** `isSecretName` for the fields of log lines: they have few names, and each of them often. */
export function isSecretField(name: string): boolean {
  let isSecret = known.get(name);
  if (isSecret === undefined) {
    isSecret = isSecretName(name);
    if (known.size < maxNames) known.set(name, isSecret);
  }
  return isSecret;
}

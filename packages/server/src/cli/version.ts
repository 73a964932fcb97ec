import { readFileSync } from 'node:fs';

/** The version in our package.json. */
export function ownVersion(): string {
  return versionIn(new URL('../../package.json', import.meta.url));
}

/** The version of the embedded engine's package, without loading it. */
export function engineVersion(): string {
  try {
    return versionIn(new URL('./package.json', import.meta.resolve('chdb')));
  } catch {
    return 'unknown';
  }
}

function versionIn(packageJson: URL): string {
  const found: unknown = JSON.parse(readFileSync(packageJson, 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : 'unknown';
}

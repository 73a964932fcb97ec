import { fs } from '../core/node-modules.js';

const maxBytes = 256 * 1024;
const buffer = Buffer.allocUnsafeSlow(maxBytes);

/**
 * The text of a small file that the kernel makes up (`/proc`, `/sys`); undefined when there is none, or we may not read it. These say nothing of their size and answer from memory,
 * so they are read in one go and at once. What is longer than 256 KiB is cut.
 */
export function kernelFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = fs.openSync(path, 'r');
    let length = 0;
    for (;;) {
      const count = fs.readSync(file, buffer, length, maxBytes - length, null);
      length += count;
      if (count === 0 || length === maxBytes) return buffer.toString('latin1', 0, length);
    }
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
}

/** `name value` or `name: value kB` lines as numbers; kibibytes become bytes. */
export function namedNumbers(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, digits, unit] = /^([\w()]+):?\s+(\d+)(?: (kB))?$/.exec(line.slice(0, 200)) ?? [];
    if (name !== undefined && digits !== undefined) found.set(name, Number(digits) * (unit === undefined ? 1 : 1024));
  }
  return found;
}

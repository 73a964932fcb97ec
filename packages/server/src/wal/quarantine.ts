import { mkdirSync, openSync, readdirSync, readSync, statSync, unlinkSync, writeFileSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from './segment.js';

const maxAgeMs = 7 * 24 * 3_600_000;
const maxBytes = 100 << 20;

/**
 * Keeps bytes of a segment that are no record any more, for a person to look at: `quarantine/<segment>-<offset>.bin`.
 * They may hold what scrubbing would have removed, so the files are private, live 7 days and take 100 MB at most; beyond it only the count stays.
 */
export function setAside(folder: string, segment: Segment, offset: number, end: number): void {
  const quarantine = join(folder, 'quarantine');
  mkdirSync(quarantine, { recursive: true, mode: 0o700 });
  const path = join(quarantine, `${String(segment.number).padStart(10, '0')}-${offset}.bin`);
  const held = readdirSync(quarantine).reduce((sum, name) => sum + statSync(join(quarantine, name)).size, 0);
  if (held + end - offset > maxBytes) return;
  const bytes = Buffer.alloc(end - offset);
  const file = openSync(segment.path, 'r');
  try {
    readSync(file, bytes, 0, bytes.length, offset);
  } finally {
    closeSync(file);
  }
  writeFileSync(path, bytes, { mode: 0o600 });
}

/** Keeps the body of a record that can not be made into rows: `quarantine/record-<seq>.bin`, under the same rules. */
export function setRecordAside(folder: string, seq: number, body: Uint8Array): void {
  const quarantine = join(folder, 'quarantine');
  mkdirSync(quarantine, { recursive: true, mode: 0o700 });
  const held = readdirSync(quarantine).reduce((sum, name) => sum + statSync(join(quarantine, name)).size, 0);
  if (held + body.length <= maxBytes) writeFileSync(join(quarantine, `record-${seq}.bin`), body, { mode: 0o600 });
}

/** Deletes what was set aside more than 7 days ago. */
export function forgetOld(folder: string, nowMs: number): void {
  const quarantine = join(folder, 'quarantine');
  let names: readonly string[];
  try {
    names = readdirSync(quarantine);
  } catch {
    return;
  }
  for (const name of names) {
    const path = join(quarantine, name);
    if (nowMs - statSync(path).mtimeMs > maxAgeMs) unlinkSync(path);
  }
}

import { z } from 'zod';
import type { ControlStore } from './control-store.js';

/** What a fingerprint is once source maps were applied; ids are 16 hex digits. */
export interface MappedError {
  /** The fingerprint; where that tells only the message, the one of the variant (`error_splits`). */
  readonly id: string;
  readonly fingerprint: string;
  /** The fingerprint of the stack as it was written. Where it is `id` too, an error came with it. */
  readonly mapped: string;
  /** The release whose maps say so. */
  readonly version: string;
  /** Somebody took it out again. */
  readonly isApart: boolean;
}

/** Of a workspace; the oldest go when there are more. Each question about errors may carry all of them. */
const maxMapped = 2000;

const stored = z.object({
  id: z.string(),
  fingerprint: z.string(),
  mapped: z.string(),
  version: z.string(),
  is_apart: z.number(),
});

/** What is known of a workspace. */
export function mappedErrors({ db }: ControlStore, workspace: string): readonly MappedError[] {
  return db
    .prepare('SELECT id, fingerprint, mapped, version, is_apart FROM error_mapped WHERE workspace = ?')
    .all(workspace)
    .map(row => {
      const { id, fingerprint, mapped, version, is_apart } = stored.parse(row);
      return { id, fingerprint, mapped, version, isApart: is_apart !== 0 };
    });
}

/** Keeps what was found; what is known of an id already stays. */
export function keepMapped(
  { db }: ControlStore,
  workspace: string,
  found: readonly Omit<MappedError, 'isApart'>[],
  nowMs: number,
): void {
  if (found.length === 0) return;
  const keep = db.prepare(
    'INSERT OR IGNORE INTO error_mapped (workspace, id, fingerprint, mapped, version, at_ms) VALUES (?, ?, ?, ?, ?, ?)',
  );
  db.transaction(() => {
    for (const { id, fingerprint, mapped, version } of found)
      keep.run(workspace, id, fingerprint, mapped, version, nowMs);
    db.prepare(
      'DELETE FROM error_mapped WHERE workspace = ? AND rowid IN (SELECT rowid FROM error_mapped WHERE workspace = ? ORDER BY at_ms DESC, rowid DESC LIMIT -1 OFFSET ?)',
    ).run(workspace, workspace, maxMapped);
  })();
}

/** Those that count as another error: with it at least one more has the same frames. */
export function twinsOf(known: readonly MappedError[]): readonly MappedError[] {
  const fingerprints = new Map<string, Set<string>>();
  for (const { mapped, fingerprint } of known) {
    const of = fingerprints.get(mapped);
    if (of === undefined) fingerprints.set(mapped, new Set([fingerprint]));
    else of.add(fingerprint);
  }
  return known.filter(
    ({ isApart, fingerprint, mapped }) =>
      !isApart && fingerprint !== mapped && (fingerprints.get(mapped)?.size ?? 0) > 1,
  );
}

/** Leaves one out of its twins, for good; returns false when it was none of them. */
export function keepApart({ db }: ControlStore, workspace: string, id: string): boolean {
  return (
    db
      .prepare('UPDATE error_mapped SET is_apart = 1 WHERE workspace = ? AND id = ? AND id != mapped AND is_apart = 0')
      .run(workspace, id).changes > 0
  );
}

import { z } from 'zod';
import type { ControlStore } from './control-store.js';
import { keepApart, mappedErrors, twinsOf } from './mapped-errors.js';

/**
 * What people changed of which events are one error, and what source maps say of it (docs/adr/0024). It is applied to fingerprints when they are asked for, so that it holds for what is stored, for what
 * comes later, and no longer when it is taken back. Ids are 16 hex digits.
 */
export interface ErrorGrouping {
  /** What each part is counted as: an error that is no part itself. */
  readonly wholes: ReadonlyMap<string, string>;
  /** Errors that were split off, and the fingerprint of their events. */
  readonly splits: ReadonlyMap<string, string>;
}

export const noGrouping: ErrorGrouping = { wholes: new Map(), splits: new Map() };

/** More are refused: each question to the store carries all of them. */
const maxMerges = 5000;
const maxSplits = 1000;

const storedMerge = z.object({ part: z.string(), whole: z.string() });
const storedSplit = z.object({ error: z.string(), fingerprint: z.string() });

/** As it was said: a whole may be a part of another. */
function mergesOf({ db }: ControlStore, workspace: string): ReadonlyMap<string, string> {
  const rows = db.prepare('SELECT part, whole FROM error_merges WHERE workspace = ?').all(workspace);
  return new Map(
    rows.map(row => {
      const { part, whole } = storedMerge.parse(row);
      return [part, whole] as const;
    }),
  );
}

function lastOf(merges: ReadonlyMap<string, string>, id: string): string {
  let last = id;
  // A circle can not be written; should one be there, it ends.
  for (let steps = 0; steps < merges.size; steps++) {
    const next = merges.get(last);
    if (next === undefined) break;
    last = next;
  }
  return last;
}

/** The whole of each part. A part whose whole is known ends the search of those below it: a chain of them takes one step each. */
function wholesOf(merges: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const wholes = new Map<string, string>();
  for (const part of merges.keys()) {
    const passed: string[] = [];
    const onTheWay = new Set<string>();
    let last = part;
    for (;;) {
      const next = wholes.get(last) ?? merges.get(last);
      // A circle can not be written; should one be there, it ends.
      if (next === undefined || onTheWay.has(last)) break;
      onTheWay.add(last);
      passed.push(last);
      last = next;
    }
    for (const each of passed) wholes.set(each, last);
  }
  return wholes;
}

/** What was merged and split in a workspace. What people said of an error stands above what source maps say. */
export function groupingOf(control: ControlStore, workspace: string): ErrorGrouping {
  const said = mergesOf(control, workspace);
  const split = splitsOf(control, workspace);
  const twins = twinsOf(mappedErrors(control, workspace)).filter(
    ({ id, fingerprint }) => !said.has(id) && !said.has(fingerprint) && !split.has(id),
  );
  return {
    wholes: wholesOf(new Map([...twins.map(({ id, mapped }) => [id, mapped] as const), ...said])),
    splits: new Map([
      ...split,
      ...twins
        .filter(({ id, fingerprint }) => id !== fingerprint)
        .map(({ id, fingerprint }) => [id, fingerprint] as const),
    ]),
  };
}

function splitsOf({ db }: ControlStore, workspace: string): ReadonlyMap<string, string> {
  const rows = db.prepare('SELECT error, fingerprint FROM error_splits WHERE workspace = ?').all(workspace);
  return new Map(
    rows.map(row => {
      const { error, fingerprint } = storedSplit.parse(row);
      return [error, fingerprint] as const;
    }),
  );
}

/** The error that an id stands for now: its whole, or itself. */
export function wholeOf({ wholes }: ErrorGrouping, id: string): string {
  return wholes.get(id) ?? id;
}

/** Counts errors as another one. Returns the first that can not be: it has that one as a part, is it, or the workspace has too many merges; then nothing of it was done. */
export function mergeErrors(
  control: ControlStore,
  workspace: string,
  parts: readonly string[],
  whole: string,
): string | undefined {
  // Read once, whatever is merged: what is added below ends where the whole does.
  const merges = mergesOf(control, workspace);
  const end = lastOf(merges, whole);
  const room = maxMerges - merges.size;
  const refused = parts.find((part, at) => at >= room || part === end || part === whole);
  if (refused !== undefined) return refused;
  const keep = control.db.prepare(
    'INSERT INTO error_merges (workspace, part, whole) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET whole = excluded.whole',
  );
  for (const part of parts) keep.run(workspace, part, whole);
  return undefined;
}

/** The errors that were merged into this one directly, each perhaps with parts of its own; those that are the same by source maps too. */
export function partsOf(control: ControlStore, workspace: string, whole: string): readonly string[] {
  const merges = mergesOf(control, workspace);
  const split = splitsOf(control, workspace);
  const twins = twinsOf(mappedErrors(control, workspace)).filter(
    ({ id, fingerprint, mapped }) => mapped === whole && !merges.has(id) && !merges.has(fingerprint) && !split.has(id),
  );
  const said = [...merges].filter(([, into]) => into === whole).map(([part]) => part);
  return [...said, ...twins.map(({ id }) => id)].toSorted();
}

/** Makes a part an error of its own again; returns false when it was none. */
export function takeOut(control: ControlStore, workspace: string, part: string): boolean {
  const { changes } = control.db
    .prepare('DELETE FROM error_merges WHERE workspace = ? AND part = ?')
    .run(workspace, part);
  return changes > 0 || keepApart(control, workspace, part);
}

/** Makes the events of a fingerprint that came one way an error of their own. Returns false when the workspace has too many of them. */
export function splitError({ db }: ControlStore, workspace: string, error: string, fingerprint: string): boolean {
  const [row] = db.prepare('SELECT count(*) AS n FROM error_splits WHERE workspace = ?').all(workspace);
  if (Number(Object(row).n) >= maxSplits) return false;
  db.prepare('INSERT OR IGNORE INTO error_splits (workspace, error, fingerprint) VALUES (?, ?, ?)').run(
    workspace,
    error,
    fingerprint,
  );
  return true;
}

/** Puts what was split off back; returns false when it was not split off. */
export function joinError({ db }: ControlStore, workspace: string, error: string): boolean {
  db.prepare('DELETE FROM error_merges WHERE workspace = ? AND part = ?').run(workspace, error);
  return db.prepare('DELETE FROM error_splits WHERE workspace = ? AND error = ?').run(workspace, error).changes > 0;
}

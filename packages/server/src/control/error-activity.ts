import { type ErrorActivity, errorAct } from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from './control-store.js';

/** Who did it and when (milliseconds since 1970). */
export interface Doer {
  readonly who: string;
  readonly nowMs: number;
}

const stored = z.object({
  id: z.number(),
  error: z.string(),
  at_ms: z.number(),
  who: z.string(),
  act: errorAct,
  text: z.string(),
});

function read(row: unknown): ErrorActivity {
  const { id, error, at_ms, who, act, text } = stored.parse(row);
  return { seq: id, error, atMs: at_ms, who, act, text };
}

/** Of each error; the oldest go when there are more. */
export const maxActivity = 500;

/** Who it was when nobody did it. */
const itself = 'Bellwether';

const columns = 'id, error, at_ms, who, act, text';

/** Notes what was done with an error; the text says it to people, or is the comment. Of each error the newest `maxActivity` are kept. */
export function noteActivity(
  { db }: ControlStore,
  workspace: string,
  error: string,
  { act, text, who, nowMs }: Doer & Pick<ErrorActivity, 'act' | 'text'>,
): void {
  db.prepare('INSERT INTO error_activity (workspace, error, at_ms, who, act, text) VALUES (?, ?, ?, ?, ?, ?)').run(
    workspace,
    error,
    nowMs,
    who,
    act,
    text,
  );
  db.prepare(
    'DELETE FROM error_activity WHERE workspace = ? AND error = ? AND id <= (SELECT id FROM error_activity WHERE workspace = ? AND error = ? ORDER BY id DESC LIMIT 1 OFFSET ?)',
  ).run(workspace, error, workspace, error, maxActivity);
}

/** Notes what happened by itself. */
export function noteHappening(
  control: ControlStore,
  workspace: string,
  error: string,
  { act, text, nowMs }: Pick<Doer, 'nowMs'> & { readonly act: 'regressed' | 'rose'; readonly text: string },
): void {
  noteActivity(control, workspace, error, { act, text, who: itself, nowMs });
}

/** When each error of a workspace did this last, in milliseconds since 1970, by id. */
export function lastNoted(
  { db }: ControlStore,
  workspace: string,
  act: ErrorActivity['act'],
): ReadonlyMap<string, number> {
  const last = z.object({ error: z.string(), at_ms: z.number() });
  const rows = db
    .prepare('SELECT error, max(at_ms) AS at_ms FROM error_activity WHERE workspace = ? AND act = ? GROUP BY error')
    .all(workspace, act);
  return new Map(
    rows.map(row => {
      const { error, at_ms } = last.parse(row);
      return [error, at_ms] as const;
    }),
  );
}

/** What was done with one error, the newest first. */
export function activityOf(
  { db }: ControlStore,
  workspace: string,
  error: string,
  limit: number,
): readonly ErrorActivity[] {
  return db
    .prepare(`SELECT ${columns} FROM error_activity WHERE workspace = ? AND error = ? ORDER BY id DESC LIMIT ?`)
    .all(workspace, error, limit)
    .map(read);
}

/** What was done with errors after `seq`, the oldest first: whoever tells others of it asks from the last one it has seen. */
export function activityAfter(
  { db }: ControlStore,
  workspace: string,
  seq: number,
  limit: number,
): readonly ErrorActivity[] {
  return db
    .prepare(`SELECT ${columns} FROM error_activity WHERE workspace = ? AND id > ? ORDER BY id LIMIT ?`)
    .all(workspace, seq, limit)
    .map(read);
}

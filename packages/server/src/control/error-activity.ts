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

const columns = 'id, error, at_ms, who, act, text';

/** Notes what was done with an error; the text says it to people, or is the comment. */
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

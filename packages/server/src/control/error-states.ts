import type { ErrorDecision } from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from './control-store.js';

/** What somebody said of an error, and when (milliseconds since 1970). */
export interface SaidOfError {
  readonly state: 'resolved' | 'ignored';
  readonly sinceMs: number;
  /** Resolved for versions after this one; undefined: for all from then on. */
  readonly inVersion: string | undefined;
  /** Ignored until then; undefined: whatever the time. */
  readonly untilMs: number | undefined;
  /** Ignored until so many events or users came since; with `withinMs`, within so long. */
  readonly untilEvents: number | undefined;
  readonly untilUsers: number | undefined;
  readonly withinMs: number | undefined;
}

const stored = z.object({
  error: z.string(),
  state: z.enum(['resolved', 'ignored']),
  since_ms: z.number(),
  in_version: z.string().nullable(),
  until_ms: z.number().nullable(),
  until_events: z.number().nullable(),
  until_users: z.number().nullable(),
  within_ms: z.number().nullable(),
});

/** The workspaces in which something was said of errors. */
export function workspacesOfErrors({ db }: ControlStore): readonly string[] {
  const named = z.object({ workspace: z.string() });
  return db
    .prepare('SELECT DISTINCT workspace FROM error_states')
    .all()
    .map(row => named.parse(row).workspace);
}

/** What was said of the errors of a workspace, by their id. Those that are open are not in it. */
export function saidOfErrors({ db }: ControlStore, workspace: string): ReadonlyMap<string, SaidOfError> {
  const rows = db
    .prepare(
      'SELECT error, state, since_ms, in_version, until_ms, until_events, until_users, within_ms FROM error_states WHERE workspace = ?',
    )
    .all(workspace);
  return new Map(
    rows.map(row => {
      const { error, state, since_ms, in_version, until_ms, until_events, until_users, within_ms } = stored.parse(row);
      return [
        error,
        {
          state,
          sinceMs: since_ms,
          inVersion: in_version ?? undefined,
          untilMs: until_ms ?? undefined,
          untilEvents: until_events ?? undefined,
          untilUsers: until_users ?? undefined,
          withinMs: within_ms ?? undefined,
        },
      ] as const;
    }),
  );
}

type Until = Pick<
  Extract<ErrorDecision, { readonly state: 'ignored' }>,
  'untilMs' | 'untilEvents' | 'untilUsers' | 'withinMs'
>;

/** Keeps what was said; `lastVersion` is the one that the error came with last. */
export function sayOfError(
  { db }: ControlStore,
  workspace: string,
  error: string,
  decision: ErrorDecision,
  { nowMs, lastVersion }: { readonly nowMs: number; readonly lastVersion: string },
): void {
  if (decision.state === 'open') {
    db.prepare('DELETE FROM error_states WHERE workspace = ? AND error = ?').run(workspace, error);
    return;
  }
  const inVersion = decision.state === 'resolved' && decision.inNextVersion === true ? lastVersion : null;
  const until: Until = decision.state === 'ignored' ? decision : {};
  const { untilMs, untilEvents, untilUsers, withinMs } = until;
  db.prepare(
    `INSERT INTO error_states (workspace, error, state, since_ms, in_version, until_ms, until_events, until_users, within_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms, in_version = excluded.in_version, until_ms = excluded.until_ms,
  until_events = excluded.until_events, until_users = excluded.until_users, within_ms = excluded.within_ms`,
  ).run(
    workspace,
    error,
    decision.state,
    nowMs,
    inVersion,
    untilMs ?? null,
    untilEvents ?? null,
    untilUsers ?? null,
    withinMs ?? null,
  );
}

/** What was said of one error is said of another, of which nothing was. */
export function inheritState({ db }: ControlStore, workspace: string, from: string, to: string): void {
  db.prepare(
    `INSERT OR IGNORE INTO error_states (workspace, error, state, since_ms, in_version, until_ms, until_events, until_users, within_ms)
SELECT workspace, ?, state, since_ms, in_version, until_ms, until_events, until_users, within_ms FROM error_states WHERE workspace = ? AND error = ?`,
  ).run(to, workspace, from);
}

import {
  type CheckDefinition,
  checkDefinition,
  type CheckRow,
  type CheckRun,
  checkRun,
  type StatusPageSettings,
  statusStage,
  type StatusUpdate,
} from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from './control-store.js';

const dayMs = 86_400_000;

/** Runs that are kept per check: the latest, and failed ones besides. */
const keptRuns = 500;
const keptFailures = 200;
const keptDays = 400;
const keptOutages = 1000;

/** The checks that were made in the pages. */
export function madeChecks({
  db,
}: ControlStore): readonly { readonly workspace: string; readonly check: CheckDefinition }[] {
  const row = z.object({ workspace: z.string(), definition: z.string() });
  return db
    .prepare('SELECT workspace, definition FROM checks ORDER BY workspace, id')
    .all()
    .map(each => {
      const { workspace, definition } = row.parse(each);
      return { workspace, check: checkDefinition.parse(JSON.parse(definition)) };
    });
}

export function keepCheck({ db }: ControlStore, workspace: string, check: CheckDefinition): void {
  db.prepare(
    'INSERT INTO checks (workspace, id, definition) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET definition = excluded.definition',
  ).run(workspace, check.id, JSON.stringify(check));
}

/** Forgets the check, its runs and its status. */
export function removeCheck({ db }: ControlStore, workspace: string, id: string): void {
  db.transaction(() => {
    for (const table of ['checks', 'check_status', 'check_runs', 'check_days', 'check_outages'])
      db.prepare(`DELETE FROM ${table} WHERE workspace = ? AND id = ?`).run(workspace, id);
  })();
}

/** How a check stands. */
export interface StoredStatus {
  readonly state: 'up' | 'down' | 'pending';
  readonly sinceMs: number | undefined;
  readonly failuresInRow: number;
  readonly successesInRow: number;
  /** Of a heartbeat; '' else. */
  readonly token: string;
  readonly madeMs: number;
  readonly beatMs: number | undefined;
}

const status = z.object({
  state: z.enum(['up', 'down', 'pending']),
  since_ms: z.number().nullable(),
  failures_in_row: z.number(),
  successes_in_row: z.number(),
  token: z.string().nullable(),
  made_ms: z.number(),
  beat_ms: z.number().nullable(),
});

export function statusOf({ db }: ControlStore, workspace: string, id: string): StoredStatus | undefined {
  const [row] = db
    .prepare(
      'SELECT state, since_ms, failures_in_row, successes_in_row, token, made_ms, beat_ms FROM check_status WHERE workspace = ? AND id = ?',
    )
    .all(workspace, id);
  if (row === undefined) return undefined;
  const { state, since_ms, failures_in_row, successes_in_row, token, made_ms, beat_ms } = status.parse(row);
  return {
    state,
    sinceMs: since_ms ?? undefined,
    failuresInRow: failures_in_row,
    successesInRow: successes_in_row,
    token: token ?? '',
    madeMs: made_ms,
    beatMs: beat_ms ?? undefined,
  };
}

export function keepStatus({ db }: ControlStore, workspace: string, id: string, status: StoredStatus): void {
  const { state, sinceMs, failuresInRow, successesInRow, token, madeMs, beatMs } = status;
  db.prepare(
    `INSERT INTO check_status (workspace, id, state, since_ms, failures_in_row, successes_in_row, token, made_ms, beat_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms, failures_in_row = excluded.failures_in_row,
  successes_in_row = excluded.successes_in_row, token = excluded.token, made_ms = excluded.made_ms, beat_ms = excluded.beat_ms`,
  ).run(
    workspace,
    id,
    state,
    sinceMs ?? null,
    failuresInRow,
    successesInRow,
    token === '' ? null : token,
    madeMs,
    beatMs ?? null,
  );
}

/** Whose heartbeat has this token; undefined: nobody's. */
export function heartbeatOf(
  { db }: ControlStore,
  token: string,
): { readonly workspace: string; readonly id: string } | undefined {
  const [row] = db.prepare('SELECT workspace, id FROM check_status WHERE token = ?').all(token);
  return row === undefined ? undefined : z.object({ workspace: z.string(), id: z.string() }).parse(row);
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** What a run brought. */
export interface Outcome {
  readonly run: CheckRun;
  /** How the check stands after it. */
  readonly status: StoredStatus;
  /** What it counts as in its day; undefined: it leaves open how the check stands. */
  readonly countsAs: 'run' | 'maintenance' | undefined;
}

/** Keeps a run, how the check stands after it, and from when to when it was down, all or nothing; what is too old goes. */
export function keepOutcome(
  store: ControlStore,
  workspace: string,
  id: string,
  { run, status, countsAs }: Outcome,
): void {
  const { db } = store;
  db.transaction(() => {
    db.prepare('INSERT INTO check_runs (workspace, id, started_ms, is_up, run) VALUES (?, ?, ?, ?, ?)').run(
      workspace,
      id,
      run.startedMs,
      run.isUp ? 1 : 0,
      JSON.stringify(run),
    );
    keepStatus(store, workspace, id, status);
    if (status.state !== 'down') endOutage(store, workspace, id, run.startedMs);
    else
      db.prepare(
        `INSERT INTO check_outages (workspace, id, from_ms) SELECT ?1, ?2, ?3
WHERE NOT EXISTS (SELECT 1 FROM check_outages WHERE workspace = ?1 AND id = ?2 AND (to_ms IS NULL OR from_ms = ?3))`,
      ).run(workspace, id, run.startedMs);
    if (countsAs !== undefined)
      db.prepare(
        `INSERT INTO check_days (workspace, id, day, runs, failed, maintenance) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET runs = runs + excluded.runs, failed = failed + excluded.failed, maintenance = maintenance + excluded.maintenance`,
      ).run(
        workspace,
        id,
        dayOf(run.startedMs),
        countsAs === 'run' ? 1 : 0,
        countsAs === 'run' && status.state === 'down' ? 1 : 0,
        countsAs === 'maintenance' ? 1 : 0,
      );
    for (const [isUp, kept] of [
      [1, keptRuns],
      [0, keptFailures],
    ])
      db.prepare(
        `DELETE FROM check_runs WHERE workspace = ?1 AND id = ?2 AND is_up = ?3 AND started_ms < (
  SELECT started_ms FROM check_runs WHERE workspace = ?1 AND id = ?2 AND is_up = ?3 ORDER BY started_ms DESC LIMIT 1 OFFSET ?4)`,
      ).run(workspace, id, isUp, kept);
    const oldestMs = run.startedMs - keptDays * dayMs;
    db.prepare('DELETE FROM check_days WHERE workspace = ? AND id = ? AND day < ?').run(workspace, id, dayOf(oldestMs));
    db.prepare(
      `DELETE FROM check_outages WHERE workspace = ?1 AND id = ?2 AND (to_ms < ?3 OR from_ms < (
  SELECT from_ms FROM check_outages WHERE workspace = ?1 AND id = ?2 ORDER BY from_ms DESC LIMIT 1 OFFSET ?4))`,
    ).run(workspace, id, oldestMs, keptOutages);
  })();
}

/** It is not down any more, or nobody looks any more. */
export function endOutage({ db }: ControlStore, workspace: string, id: string, atMs: number): void {
  db.prepare('UPDATE check_outages SET to_ms = ? WHERE workspace = ? AND id = ? AND to_ms IS NULL').run(
    atMs,
    workspace,
    id,
  );
}

/** From when to when a check was down, oldest first, as far as it reaches behind a time. */
export function outagesOf(
  { db }: ControlStore,
  workspace: string,
  id: string,
  sinceMs: number,
): readonly { readonly fromMs: number; readonly toMs: number | undefined }[] {
  const row = z
    .object({ from_ms: z.number(), to_ms: z.number().nullable() })
    .transform(({ from_ms, to_ms }) => ({ fromMs: from_ms, toMs: to_ms ?? undefined }));
  return db
    .prepare(
      'SELECT from_ms, to_ms FROM check_outages WHERE workspace = ? AND id = ? AND (to_ms IS NULL OR to_ms > ?) ORDER BY from_ms',
    )
    .all(workspace, id, sinceMs)
    .map(each => row.parse(each));
}

/** The newest first. */
export function runsOf({ db }: ControlStore, workspace: string, id: string, limit: number): readonly CheckRun[] {
  const row = z.object({ run: z.string() });
  return db
    .prepare('SELECT run FROM check_runs WHERE workspace = ? AND id = ? ORDER BY started_ms DESC LIMIT ?')
    .all(workspace, id, limit)
    .map(each => checkRun.parse(JSON.parse(row.parse(each).run)));
}

/** Runs per day (UTC) from a day on. */
export function daysOf(
  { db }: ControlStore,
  workspace: string,
  id: string,
  fromDay: string,
): ReadonlyMap<string, NonNullable<CheckRow['days'][number]>> {
  const row = z.object({ day: z.string(), runs: z.number(), failed: z.number(), maintenance: z.number() });
  const rows = db
    .prepare('SELECT day, runs, failed, maintenance FROM check_days WHERE workspace = ? AND id = ? AND day >= ?')
    .all(workspace, id, fromDay);
  return new Map(rows.map(each => [row.parse(each).day, row.parse(each)]));
}

const statusPage = z
  .object({
    workspace: z.string(),
    slug: z.string(),
    title: z.string(),
    note: z.string(),
    note_ms: z.number(),
    stage: statusStage,
  })
  .transform(({ note_ms: noteMs, ...page }) => ({ ...page, noteMs }));

/** The public page of a workspace. `noteMs`: since when its note stands there. */
export type StatusPage = z.output<typeof statusPage>;

export function statusPageOf({ db }: ControlStore, workspace: string): StatusPage | undefined {
  const [row] = db
    .prepare('SELECT workspace, slug, title, note, note_ms, stage FROM status_pages WHERE workspace = ?')
    .all(workspace);
  return row === undefined ? undefined : statusPage.parse(row);
}

export function statusPageAt({ db }: ControlStore, slug: string): StatusPage | undefined {
  const [row] = db
    .prepare('SELECT workspace, slug, title, note, note_ms, stage FROM status_pages WHERE slug = ?')
    .all(slug);
  return row === undefined ? undefined : statusPage.parse(row);
}

/** Updates that are kept. */
const keptUpdates = 200;
const updateDays = 90;

/** Switches the page on; with an empty slug off, and its updates are forgotten. Returns false when another workspace has the slug. */
export function keepStatusPage(
  store: ControlStore,
  workspace: string,
  { slug, title, note, stage }: StatusPageSettings,
  nowMs: number,
): boolean {
  const { db } = store;
  if (slug === '') {
    db.prepare('DELETE FROM status_pages WHERE workspace = ?').run(workspace);
    db.prepare('DELETE FROM status_updates WHERE workspace = ?').run(workspace);
    return true;
  }
  const [taken] = db
    .prepare('SELECT workspace FROM status_pages WHERE slug = ? AND workspace != ?')
    .all(slug, workspace);
  if (taken !== undefined) return false;
  const before = statusPageOf(store, workspace);
  const isUpdate = before === undefined || before.note !== note || before.stage !== stage;
  db.transaction(() => {
    db.prepare(
      `INSERT INTO status_pages (workspace, slug, title, note, note_ms, stage) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET slug = excluded.slug, title = excluded.title, note = excluded.note, note_ms = excluded.note_ms, stage = excluded.stage`,
    ).run(workspace, slug, title, note, isUpdate ? nowMs : before.noteMs, stage);
    if (!isUpdate || note.trim() === '') return;
    db.prepare(
      `INSERT INTO status_updates (workspace, at_ms, stage, note) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET stage = excluded.stage, note = excluded.note`,
    ).run(workspace, nowMs, stage, note);
    db.prepare(
      `DELETE FROM status_updates WHERE workspace = ?1 AND (at_ms < ?2 OR at_ms < (
  SELECT at_ms FROM status_updates WHERE workspace = ?1 ORDER BY at_ms DESC LIMIT 1 OFFSET ?3))`,
    ).run(workspace, nowMs - updateDays * dayMs, keptUpdates);
  })();
  return true;
}

/** What was told on the status page since a time, the newest first. */
export function statusUpdatesOf({ db }: ControlStore, workspace: string, sinceMs: number): readonly StatusUpdate[] {
  const row = z
    .object({ at_ms: z.number(), stage: statusStage, note: z.string() })
    .transform(({ at_ms: atMs, stage, note }) => ({ atMs, stage, note }));
  return db
    .prepare('SELECT at_ms, stage, note FROM status_updates WHERE workspace = ? AND at_ms > ? ORDER BY at_ms DESC')
    .all(workspace, sinceMs)
    .map(each => row.parse(each));
}

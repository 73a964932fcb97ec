import type { FindingDecision } from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from './control-store.js';

/** What somebody said of a finding, and when (milliseconds since 1970). */
export interface SaidOfFinding {
  readonly state: 'resolved' | 'ignored';
  readonly sinceMs: number;
}

const stored = z.object({ finding: z.string(), state: z.enum(['resolved', 'ignored']), since_ms: z.number() });

/** What was said of the findings of a workspace, by their id. Those that are open are not in it. */
export function saidOfFindings({ db }: ControlStore, workspace: string): ReadonlyMap<string, SaidOfFinding> {
  const rows = db.prepare('SELECT finding, state, since_ms FROM finding_states WHERE workspace = ?').all(workspace);
  return new Map(
    rows.map(row => {
      const { finding, state, since_ms } = stored.parse(row);
      return [finding, { state, sinceMs: since_ms }] as const;
    }),
  );
}

export function sayOfFinding(
  { db }: ControlStore,
  workspace: string,
  finding: string,
  { state }: FindingDecision,
  nowMs: number,
): void {
  if (state === 'open') {
    db.prepare('DELETE FROM finding_states WHERE workspace = ? AND finding = ?').run(workspace, finding);
    return;
  }
  db.prepare(
    `INSERT INTO finding_states (workspace, finding, state, since_ms) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms`,
  ).run(workspace, finding, state, nowMs);
}

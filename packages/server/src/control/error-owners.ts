import { z } from 'zod';
import type { ControlStore } from './control-store.js';

const stored = z.object({ error: z.string(), owner: z.string() });

/** Who takes care of which errors of a workspace, by their id. */
export function ownersOfErrors({ db }: ControlStore, workspace: string): ReadonlyMap<string, string> {
  const rows = db.prepare('SELECT error, owner FROM error_owners WHERE workspace = ?').all(workspace);
  return new Map(
    rows.map(row => {
      const { error, owner } = stored.parse(row);
      return [error, owner] as const;
    }),
  );
}

/** Gives an error to somebody; '' takes it from whoever has it. */
export function assignError({ db }: ControlStore, workspace: string, error: string, owner: string): void {
  if (owner === '') {
    db.prepare('DELETE FROM error_owners WHERE workspace = ? AND error = ?').run(workspace, error);
    return;
  }
  db.prepare(
    'INSERT INTO error_owners (workspace, error, owner) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET owner = excluded.owner',
  ).run(workspace, error, owner);
}

/** Who takes care of one error takes care of another, of which nobody does. */
export function inheritOwner({ db }: ControlStore, workspace: string, from: string, to: string): void {
  db.prepare(
    'INSERT OR IGNORE INTO error_owners (workspace, error, owner) SELECT workspace, ?, owner FROM error_owners WHERE workspace = ? AND error = ?',
  ).run(to, workspace, from);
}

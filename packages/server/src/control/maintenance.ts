import { type MaintenanceWindow, maintenanceWindow } from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from './control-store.js';

/** The maintenance windows that were made in the pages. */
export function madeWindows({
  db,
}: ControlStore): readonly { readonly workspace: string; readonly window: MaintenanceWindow }[] {
  const row = z.object({ workspace: z.string(), definition: z.string() });
  return db
    .prepare('SELECT workspace, definition FROM maintenance_windows ORDER BY workspace, id')
    .all()
    .map(each => {
      const { workspace, definition } = row.parse(each);
      return { workspace, window: maintenanceWindow.parse(JSON.parse(definition)) };
    });
}

export function keepWindow({ db }: ControlStore, workspace: string, window: MaintenanceWindow): void {
  db.prepare(
    `INSERT INTO maintenance_windows (workspace, id, definition) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET definition = excluded.definition`,
  ).run(workspace, window.id, JSON.stringify(window));
}

export function removeWindow({ db }: ControlStore, workspace: string, id: string): void {
  db.prepare('DELETE FROM maintenance_windows WHERE workspace = ? AND id = ?').run(workspace, id);
}

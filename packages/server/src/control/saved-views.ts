import { randomUUID } from 'node:crypto';
import type { SavedView, ViewChange, ViewToSave } from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from './control-store.js';

/** A workspace keeps so many: they are listed whole. */
const maxViews = 500;

const stored = z.object({ id: z.string(), name: z.string(), address: z.string(), saved_ms: z.number() });

/** The views of a workspace, by name. */
export function savedViews({ db }: ControlStore, workspace: string): readonly SavedView[] {
  const rows = db
    .prepare('SELECT id, name, address, saved_ms FROM saved_views WHERE workspace = ? ORDER BY name COLLATE NOCASE, id')
    .all(workspace);
  return rows.map(row => {
    const { id, name, address, saved_ms } = stored.parse(row);
    return { id, name, address, savedMs: saved_ms };
  });
}

/** Keeps a view; a name is given once, and there is room for 500. */
export function saveView(
  store: ControlStore,
  workspace: string,
  { name, address }: ViewToSave,
  nowMs: number,
): SavedView | 'name is taken' | 'full' {
  const there = savedViews(store, workspace);
  if (there.some(view => view.name === name)) return 'name is taken';
  if (there.length >= maxViews) return 'full';
  const view = { id: randomUUID(), name, address, savedMs: nowMs };
  store.db
    .prepare('INSERT INTO saved_views (workspace, id, name, address, saved_ms) VALUES (?, ?, ?, ?, ?)')
    .run(workspace, view.id, name, address, nowMs);
  return view;
}

/** Gives a view another name, another page, or both; undefined when there is none of that id. */
export function changeView(
  store: ControlStore,
  workspace: string,
  id: string,
  change: ViewChange,
  nowMs: number,
): SavedView | 'name is taken' | undefined {
  const there = savedViews(store, workspace);
  const before = there.find(view => view.id === id);
  if (before === undefined) return undefined;
  const { name = before.name, address = before.address } = change;
  if (there.some(view => view.name === name && view.id !== id)) return 'name is taken';
  store.db
    .prepare('UPDATE saved_views SET name = ?, address = ?, saved_ms = ? WHERE workspace = ? AND id = ?')
    .run(name, address, nowMs, workspace, id);
  return { id, name, address, savedMs: nowMs };
}

/** False when there is none of that id. */
export function removeView({ db }: ControlStore, workspace: string, id: string): boolean {
  return db.prepare('DELETE FROM saved_views WHERE workspace = ? AND id = ?').run(workspace, id).changes > 0;
}

import { randomUUID } from 'node:crypto';
import type { SavedView, ViewChange, ViewToSave } from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from './control-store.js';

/** A workspace keeps so many: they are listed whole. */
const maxViews = 500;

const stored = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  saved_ms: z.number(),
  is_default: z.number(),
});

/** The views of a workspace, by name. */
export function savedViews({ db }: Pick<ControlStore, 'db'>, workspace: string): readonly SavedView[] {
  const rows = db
    .prepare(
      'SELECT id, name, address, saved_ms, is_default FROM saved_views WHERE workspace = ? ORDER BY name COLLATE NOCASE, id',
    )
    .all(workspace);
  return rows.map(row => {
    const { id, name, address, saved_ms, is_default } = stored.parse(row);
    return { id, name, address, savedMs: saved_ms, isDefault: is_default === 1 };
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
  const view = { id: randomUUID(), name, address, savedMs: nowMs, isDefault: false };
  store.db
    .prepare('INSERT INTO saved_views (workspace, id, name, address, saved_ms) VALUES (?, ?, ?, ?, ?)')
    .run(workspace, view.id, name, address, nowMs);
  return view;
}

/** The page of an address, without its filters. */
const pageOf = (address: string): string => address.replace(/[?#].*$/, '');

/**
 * Gives a view another name, another page, or makes it the one that its page is opened with, in place of another; undefined when there is none of that id.
 * One that leads to another page is no longer a default, unless that is said.
 */
export function changeView(
  { db }: ControlStore,
  workspace: string,
  id: string,
  change: ViewChange,
  nowMs: number,
): SavedView | 'name is taken' | undefined {
  const there = savedViews({ db }, workspace);
  const before = there.find(view => view.id === id);
  if (before === undefined) return undefined;
  const { name = before.name, address = before.address } = change;
  if (there.some(view => view.name === name && view.id !== id)) return 'name is taken';
  const page = pageOf(address);
  const isDefault = change.isDefault ?? (before.isDefault && page === pageOf(before.address));
  const savedMs = change.name === undefined && change.address === undefined ? before.savedMs : nowMs;
  db.transaction(() => {
    const others = isDefault
      ? there.filter(view => view.isDefault && view.id !== id && pageOf(view.address) === page)
      : [];
    for (const other of others)
      db.prepare('UPDATE saved_views SET is_default = 0 WHERE workspace = ? AND id = ?').run(workspace, other.id);
    db.prepare(
      'UPDATE saved_views SET name = ?, address = ?, saved_ms = ?, is_default = ? WHERE workspace = ? AND id = ?',
    ).run(name, address, savedMs, isDefault ? 1 : 0, workspace, id);
  })();
  return { id, name, address, savedMs, isDefault };
}

/** False when there is none of that id. */
export function removeView({ db }: ControlStore, workspace: string, id: string): boolean {
  return db.prepare('DELETE FROM saved_views WHERE workspace = ? AND id = ?').run(workspace, id).changes > 0;
}

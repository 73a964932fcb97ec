import type { Draft, Step } from './draft.js';

/** What rows are looked up in, one by one. */
export const tables = ['customers', 'products', 'authors', 'teams', 'addresses', 'accounts'] as const;

const lists = ['orders', 'posts', 'invoices', 'tickets', 'shipments'] as const;

/** Attributes of an answer that is fine, in the old names and the new. */
export const ok = { 'http.response.status_code': '200', 'http.status_code': '200' };

/** The same, of so many bytes. */
export const body = (bytes: number): Readonly<Record<string, string>> => ({
  ...ok,
  'http.response.body.size': String(Math.round(bytes)),
});

/** The query of a list, from which much begins. */
export const listOf = (draft: Draft, rows: number): Step => ({
  sql: `SELECT id, name FROM ${draft.random.of(lists)} WHERE tenant_id = $1 ORDER BY created DESC LIMIT 50`,
  rows,
  ms: 4,
});

/** The query of one row by its id. */
export const byId = (table: string, ms = 2): Step => ({ sql: `SELECT * FROM ${table} WHERE id = $1`, rows: 1, ms });

/** An id as it stands in addresses. */
export const uuid = (draft: Draft): string =>
  Array.from({ length: 32 }, () => draft.random.whole(0, 15).toString(16))
    .join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

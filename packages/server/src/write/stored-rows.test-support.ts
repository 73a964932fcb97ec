import {
  histogramsSql,
  logsSql,
  resourcesSql,
  samplesSql,
  spansSql,
  storedAttributes,
  type Attribute,
} from './otlp-model.test-support.js';
import type { TestStore } from './stored.test-support.js';

/** What the tables hold of a workspace, in the form in which `otlp-model.test-support.ts` expects it. */

interface StoredParts {
  readonly keys: readonly string[];
  readonly texts: readonly string[];
  readonly types: string;
}

async function resourcesById(store: TestStore, workspace: string): Promise<ReadonlyMap<string, unknown>> {
  const rows = await store.rows<StoredParts & { id: string }>(`${resourcesSql} WHERE workspace = '${workspace}'`);
  return new Map(rows.map(row => [row.id, sorted(storedAttributes(row))]));
}

/** Resources that differ only in the order of their attributes are one. */
function sorted(attributes: readonly Attribute[]): readonly Attribute[] {
  return [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function withSortedResource<Row extends { readonly resource: readonly Attribute[] }>(row: Row): Row {
  return { ...row, resource: sorted(row.resource) };
}

export async function storedSpans(store: TestStore, workspace: string): Promise<readonly object[]> {
  const resources = await resourcesById(store, workspace);
  const rows = await store.rows<StoredParts & { resource_id: string; events: string; links: string }>(
    `${spansSql} WHERE workspace = '${workspace}'`,
  );
  return rows.map(({ keys, texts, types, resource_id, events, links, ...row }) => ({
    ...row,
    attributes: storedAttributes({ keys, texts, types }),
    resource: resources.get(resource_id),
    events: JSON.parse(events || '[]'),
    links: JSON.parse(links || '[]'),
  }));
}

export async function storedLogs(store: TestStore, workspace: string): Promise<readonly object[]> {
  const resources = await resourcesById(store, workspace);
  const rows = await store.rows<StoredParts & { resource_id: string; id: string }>(
    `${logsSql} WHERE workspace = '${workspace}'`,
  );
  return rows.map(({ keys, texts, types, resource_id, id: _id, ...row }) => ({
    ...row,
    attributes: storedAttributes({ keys, texts, types }),
    resource: resources.get(resource_id),
  }));
}

export async function storedPoints(store: TestStore, workspace: string): Promise<readonly object[]> {
  const read = (sql: string): Promise<readonly StoredParts[]> => store.rows(`${sql} WHERE workspace = '${workspace}'`);
  const rows = [...(await read(samplesSql)), ...(await read(histogramsSql))];
  return rows.map(({ keys, texts, ...row }) => ({ ...row, attributes: keys.map((key, i) => [key, texts[i]]) }));
}

/** Rows as text, each with its members in one order, so that two lists can be compared whatever order they came in. */
export function inOrder(rows: readonly object[]): readonly string[] {
  return rows.map(row => JSON.stringify(row, members)).sort();
}

function members(_key: string, member: unknown): unknown {
  if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
  return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
}

import type { LogRow, SearchNode } from '@bellwether/model';
import type { BlockFile } from '../handover/messages.js';
import { literal } from '../store/sql-text.js';
import { type Asker, ask } from './asker.js';
import { compileSearch } from './compile-search.js';
import { type StoredLog, logColumns, readLog } from './logs.js';

export interface TailQuestion {
  readonly search: SearchNode;
  readonly env: string | undefined;
}

/** The lines of one block that match, oldest first, and how many more there were. */
export interface TailedLines {
  readonly logs: readonly LogRow[];
  readonly leftOut: number;
}

/**
 * Runs a filter over a block before it is inserted: so a line is shown however late its timestamp is, and none is asked for twice.
 * At most `limit` lines are read.
 */
export async function tailBlock(
  asker: Asker,
  files: readonly BlockFile[],
  { search, env }: TailQuestion,
  limit: number,
): Promise<TailedLines> {
  const logs = files.filter(file => file.table === 'logs');
  if (logs.length === 0) return { logs: [], leftOut: 0 };
  const { condition, params } = compileSearch(search, 'logs');
  const resources = files.filter(file => file.table === 'resources');
  const member = (probe: string): string => {
    const known = ['resources', ...resources.map(fileSource)];
    const ids = known.map(source => `SELECT id FROM ${source} WHERE workspace = {workspace:String} AND ${probe}`);
    return `resource_id IN (${ids.join(' UNION ALL ')})`;
  };
  const { probes } = compileSearch(search, 'logs');
  const where = `workspace = {workspace:String} AND ${env === undefined ? '' : 'environment = {env:String} AND '}${condition(
    probe => member(probes[probe] ?? 'false'),
  )}`;

  const found: StoredLog[] = [];
  let matching = 0;
  for (const file of logs) {
    const source = `${fileSource(file)}`;
    const rows = await ask<StoredLog & { matching: string }>(asker, {
      sql: `SELECT ${logColumns}, count() OVER () AS matching\nFROM ${source}\nWHERE ${where}\nORDER BY ts, id\nLIMIT {limit:UInt32}`,
      params: { ...params, env: env ?? '', limit: Math.max(limit - found.length, 0) },
    });
    found.push(...rows);
    matching += Number(rows[0]?.matching ?? 0);
  }
  return { logs: found.map(readLog), leftOut: Math.max(matching - found.length, 0) };
}

/** Our own path, made by the receiver; nothing of it comes from a sender. */
function fileSource(file: BlockFile): string {
  return `file(${literal(file.path)}, Native)`;
}

import type { BlockFile } from '../handover/messages.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { literal } from '../store/sql-text.js';
import type { ArrivedTrace } from './completed-traces.js';

/** Traces of one block; a block has at most 100,000 rows. */
const maxTraces = 20_000;

/** A span that says it took longer has no others looked for after this. */
const maxSpanMs = 3_600_000;

const columns = `toString(workspace) AS owner, lower(hex(trace_id)) AS traceId,
  toFloat64(min(toUnixTimestamp64Milli(ts))) AS firstMs, toFloat64(max(toUnixTimestamp64Milli(ts) + toInt64(least(intDiv(duration_ns, 1000000), ${maxSpanMs})))) AS lastMs`;

interface Row {
  readonly owner: string;
  readonly traceId: string;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The traces of which a block's file has spans. Our own path, made by the receiver; nothing of it comes from a sender. */
export async function tracesOfBlock(store: ChdbStore, files: readonly BlockFile[]): Promise<readonly ArrivedTrace[]> {
  const found: ArrivedTrace[] = [];
  for (const file of files) {
    if (file.table !== 'spans') continue;
    const rows = await store.rows<Row>(
      `SELECT ${columns} FROM file(${literal(file.path)}, Native) GROUP BY workspace, trace_id LIMIT ${maxTraces} SETTINGS max_threads = 1`,
    );
    found.push(...rows.map(arrived));
  }
  return found;
}

/** The traces of which spans began since `fromMs` (milliseconds since 1970), of all workspaces, for a server that was away. */
export async function tracesSince(store: ChdbStore, fromMs: number): Promise<readonly ArrivedTrace[]> {
  const from = `fromUnixTimestamp64Milli(toInt64(${Math.max(Math.floor(fromMs), 0)}), 'UTC')`;
  const rows = await store.rows<Row>(
    `SELECT ${columns} FROM spans WHERE toStartOfHour(ts) >= toStartOfHour(${from}) AND ts >= ${from} GROUP BY workspace, trace_id ORDER BY firstMs LIMIT ${maxTraces}`,
  );
  return rows.map(arrived);
}

function arrived({ owner, traceId, firstMs, lastMs }: Row): ArrivedTrace {
  return { workspace: owner, traceId, fromMs: firstMs, toMs: lastMs };
}

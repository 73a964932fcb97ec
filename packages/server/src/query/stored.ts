import { type Asker, ask } from './asker.js';

export interface StoredSignals {
  readonly traces: boolean;
  readonly logs: boolean;
  readonly metrics: boolean;
  /** A trace to look at first: one that is whole is likelier to be shown than the newest span. */
  readonly traceId: string | undefined;
  readonly storeBytes: number;
}

/** What is stored at all in the workspace, from any time, and how much the store takes on disk. */
export async function readStored(asker: Asker): Promise<StoredSignals> {
  const exists = async (table: string): Promise<boolean> => {
    const rows = await ask<{ one: number }>(asker, {
      sql: `SELECT 1 AS one\nFROM ${table}\nWHERE workspace = {workspace:String}\nLIMIT 1`,
      params: {},
    });
    return rows.length > 0;
  };
  const [logs, metrics, traces, disk] = await Promise.all([
    exists('logs'),
    exists('metric_series'),
    ask<{ id: string }>(asker, {
      sql: 'SELECT lower(hex(trace_id)) AS id\nFROM spans\nWHERE workspace = {workspace:String}\nLIMIT 1',
      params: {},
    }),
    // The disk belongs to all workspaces; naming one only satisfies the store, which refuses a query without.
    ask<{ bytes: string }>(asker, {
      sql: "SELECT toString(sum(bytes_on_disk)) AS bytes\nFROM system.parts\nWHERE active AND database = currentDatabase() AND {workspace:String} != ''",
      params: {},
    }),
  ]);
  return {
    traces: traces.length > 0,
    logs,
    metrics,
    traceId: traces[0]?.id,
    storeBytes: Number(disk[0]?.bytes ?? 0),
  };
}

import { type Asker, ask } from '../asker.js';
import { readSteps } from '../calls/read-calls.js';
import { sampleWindow } from '../calls/sample-window.js';
import { type Steps, inWindow, windowParams } from '../time-window.js';
import { type MissCost, missCosts, readNames } from './miss-costs.js';

const maxTraces = 400;
const maxCalls = 50_000;
/** Reads in the part of the range that is looked at. */
const maxReads = 5000;

/** What misses cost by key pattern, in the newest traces that read a cache; `looked` is how many traces. */
export async function readMissCosts(
  asker: Asker,
  { env, peers, steps }: { readonly env: string | undefined; readonly peers: readonly string[]; readonly steps: Steps },
): Promise<{ readonly costs: ReadonlyMap<string, MissCost>; readonly looked: number }> {
  if (peers.length === 0) return { costs: new Map(), looked: 0 };
  const window = sampleWindow(await readSteps(asker, 'client', { env, peers }, steps), steps, maxReads);
  if (window === undefined) return { costs: new Map(), looked: 0 };
  const inEnv = env === undefined ? '' : ' AND environment = {env:String}';
  const rows = await ask<{
    trace: string;
    parent: string;
    name: string;
    system: string;
    pattern: string;
    start: string;
    ns: string;
  }>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS trace, lower(hex(parent_span_id)) AS parent, name,
  if(attrs['bellwether.key.pattern'] = '', '', attrs['db.system.name']) AS system, attrs['bellwether.key.pattern'] AS pattern,
  toUnixTimestamp64Nano(ts) AS start, duration_ns AS ns
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND kind = 3${inEnv} AND trace_id IN (
  SELECT trace_id
  FROM spans
  WHERE workspace = {workspace:String} AND ${inWindow()} AND kind = 3${inEnv} AND name IN {names:Array(String)} AND attrs['bellwether.key.pattern'] != ''
  GROUP BY trace_id
  ORDER BY max(ts) DESC
  LIMIT ${maxTraces}
)
LIMIT ${maxCalls}`,
    params: { ...windowParams(window), names: readNames, env: env ?? '' },
  });
  const startNs =
    rows.reduce(
      (least, { start }) => (least === undefined || BigInt(start) < least ? BigInt(start) : least),
      undefined as bigint | undefined,
    ) ?? 0n;
  return {
    costs: missCosts(
      rows.map(row => ({
        traceId: row.trace,
        parentId: row.parent,
        name: row.name,
        system: row.system,
        pattern: row.pattern,
        // Counted from the first, nanoseconds stay exact.
        startNs: Number(BigInt(row.start) - startNs),
        durationNs: Number(row.ns),
      })),
    ),
    looked: new Set(rows.map(row => row.trace)).size,
  };
}

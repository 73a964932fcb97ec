import { type Asker, ask } from '../asker.js';
import { type Red, type RedRow, readRed, redColumns } from '../red.js';
import { redSource } from '../red-source.js';
import { type Steps, windowParams } from '../time-window.js';

/** Calls of other systems that are meant. */
export interface CallScope {
  readonly env: string | undefined;
  /** What was called; undefined: everything. */
  readonly peers?: readonly string[];
  /** One operation alone. */
  readonly operation?: string;
}

/** Kind of spans: `client` calls, `producer` sends, `consumer` works off. */
export type CallKind = 'client' | 'producer' | 'consumer';

const kinds: Readonly<Record<CallKind, string>> = { client: 'kind = 3', producer: 'kind = 4', consumer: 'kind = 5' };

const stepColumn = 'toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step';

function source(kind: CallKind, { env, peers, operation }: CallScope, sourceStepMs: number): string {
  const inEnv = env === undefined ? '' : ' AND environment = {env:String}';
  const which = operation === undefined ? kinds[kind] : `${kinds[kind]} AND operation = {operation:String}`;
  const rows = redSource(`workspace = {workspace:String}${inEnv}`, which, sourceStepMs);
  return peers === undefined ? rows : `${rows} AND peer IN {peers:Array(String)}`;
}

function paramsOf({ env, peers, operation }: CallScope, { window }: Steps, stepMs: number) {
  return {
    ...windowParams(window),
    stepMs,
    ...(env !== undefined && { env }),
    ...(peers !== undefined && { peers }),
    ...(operation !== undefined && { operation }),
  };
}

/** What was called in the window, most time first; at most 1000. */
export async function readPeers(
  asker: Asker,
  kind: CallKind,
  scope: CallScope,
  steps: Steps,
): Promise<readonly { readonly peer: string; readonly services: readonly string[]; readonly red: Red }[]> {
  const rows = await ask<RedRow & { peer: string; services: string[] }>(asker, {
    sql: `SELECT peer, arraySort(groupUniqArray(50)(service)) AS services, ${redColumns}
${source(kind, scope, steps.stepMs)}
GROUP BY peer
ORDER BY sum(duration_ns) DESC, peer
LIMIT 1000`,
    params: paramsOf(scope, steps, steps.stepMs),
  });
  return rows.map(row => ({ peer: row.peer, services: row.services, red: readRed(row) }));
}

/** One operation on one peer. */
export interface Operation {
  readonly peer: string;
  readonly operation: string;
  readonly services: readonly string[];
  readonly red: Red;
}

/** What was done with peers, most time first. */
export async function readOperations(
  asker: Asker,
  kind: CallKind,
  scope: CallScope,
  steps: Steps,
  limit: number,
): Promise<readonly Operation[]> {
  const rows = await ask<RedRow & { peer: string; operation: string; services: string[] }>(asker, {
    sql: `SELECT peer, operation, arraySort(groupUniqArray(20)(service)) AS services, ${redColumns}
${source(kind, scope, steps.stepMs)}
GROUP BY peer, operation
ORDER BY sum(duration_ns) DESC, peer, operation
LIMIT {limit:UInt32}`,
    params: { ...paramsOf(scope, steps, steps.stepMs), limit },
  });
  return rows.map(row => ({ peer: row.peer, operation: row.operation, services: row.services, red: readRed(row) }));
}

/** Time taken per step by operation, of the `limit` operations that took most. */
export async function readBusy(
  asker: Asker,
  kind: CallKind,
  scope: CallScope,
  steps: Steps,
  limit: number,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const from = source(kind, scope, steps.stepMs);
  const rows = await ask<{ peer: string; operation: string; step: string; ns: string }>(asker, {
    sql: `SELECT peer, operation, ${stepColumn}, sum(duration_ns) AS ns
${from} AND (peer, operation) IN (
  SELECT peer, operation ${from} GROUP BY peer, operation ORDER BY sum(duration_ns) DESC, peer, operation LIMIT {limit:UInt32}
)
GROUP BY peer, operation, step`,
    params: { ...paramsOf(scope, steps, steps.stepMs), limit },
  });
  const found = new Map<string, Map<number, number>>();
  for (const { peer, operation, step, ns } of rows) {
    const key = operationKey(peer, operation);
    const byStep = found.get(key) ?? new Map<number, number>();
    found.set(key, byStep.set(Number(step), Number(ns)));
  }
  return found;
}

/** Names an operation on a peer in maps. */
export function operationKey(peer: string, operation: string): string {
  return `${peer}\n${operation}`;
}

/** All calls of the scope, per step. */
export async function readSteps(
  asker: Asker,
  kind: CallKind,
  scope: CallScope,
  steps: Steps,
): Promise<ReadonlyMap<number, Red>> {
  const rows = await ask<RedRow & { step: string }>(asker, {
    sql: `SELECT ${stepColumn}, ${redColumns}\n${source(kind, scope, steps.stepMs)}\nGROUP BY step`,
    params: paramsOf(scope, steps, steps.stepMs),
  });
  return new Map(rows.map(row => [Number(row.step), readRed(row)]));
}

/** Who calls, most calls first. */
export async function readCallingServices(
  asker: Asker,
  kind: CallKind,
  scope: CallScope,
  steps: Steps,
): Promise<readonly { readonly service: string; readonly calls: number }[]> {
  const rows = await ask<{ service: string; calls: string }>(asker, {
    sql: `SELECT service, sum(count) AS calls\n${source(kind, scope, steps.stepMs)}\nGROUP BY service\nORDER BY calls DESC, service\nLIMIT 100`,
    params: paramsOf(scope, steps, steps.stepMs),
  });
  return rows.map(row => ({ service: row.service, calls: Math.round(Number(row.calls)) }));
}

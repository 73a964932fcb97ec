import type { ExternalAnswer, VendorOperation, VendorRow } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { busySeries, callFigures, changeOf } from '../calls/call-figures.js';
import { readBusy, readOperations, readPeers } from '../calls/read-calls.js';
import { readCallers } from '../calls/read-callers.js';
import { callSteps } from '../databases/list-databases.js';
import { groupBy } from '../group-by.js';
import { peerType } from '../peer-type.js';
import { entryKinds, windowSeconds } from '../red.js';
import { redSource } from '../red-source.js';
import { type Steps, type TimeWindow, chooseSteps, windowParams } from '../time-window.js';
import { type LookedVendorCall, readVendorCalls } from './read-vendor-calls.js';
import { readOwnAddresses } from './own-addresses.js';

export interface ExternalQuestion extends TimeWindow {
  readonly env: string | undefined;
  /** One vendor alone. */
  readonly vendor: string | undefined;
  readonly compare: TimeWindow | undefined;
  readonly nowMs: number;
}

const maxOperations = 300;
const maxLoad = 7;
const sparkSteps = 30;

/** Services of others: what ours call that none of ours answers, most time first. */
export async function listExternal(asker: Asker, question: ExternalQuestion): Promise<ExternalAnswer> {
  const { env, vendor, compare, nowMs } = question;
  const steps = callSteps(question);
  const seconds = windowSeconds(steps, nowMs);
  const before = compare === undefined ? undefined : callSteps(compare);
  const [peers, own] = await Promise.all([
    readPeers(asker, 'client', { env }, steps),
    readOwnAddresses(asker, question),
  ]);
  const vendors = peers.filter(({ peer }) => peer !== '' && peerType(peer, false) === 'http' && !own.has(peer));
  const names = vendors.map(({ peer }) => peer);
  const shown = vendor === undefined ? names : names.filter(name => name === vendor);
  if (names.length === 0) return nothing(steps, question);
  const scope = { env, peers: names };
  const [operations, operationsBefore, peersBefore, busy, entryNs, looked] = await Promise.all([
    readOperations(asker, 'client', { env, peers: shown }, steps, maxOperations),
    before === undefined ? [] : readOperations(asker, 'client', { env, peers: shown }, before, maxOperations * 2),
    before === undefined ? [] : readPeers(asker, 'client', scope, before),
    readBusy(asker, 'client', scope, steps, maxOperations),
    readEntryNs(asker, env, steps),
    readVendorCalls(asker, { env, peers: shown, steps }),
  ]);
  const callers = await Promise.all(
    [...groupBy(looked.calls, call => call.peer)].map(async ([name, calls]) => {
      const found = await readCallers(asker, calls, looked.window);
      return found.map(row => ({ ...row, vendor: name }));
    }),
  );
  const p95Before = new Map(peersBefore.map(({ peer, red }) => [peer, callFigures(red, 1).p95Ms]));
  const operationP95Before = new Map(
    operationsBefore.map(one => [`${one.peer}\n${one.operation}`, callFigures(one.red, 1).p95Ms]),
  );
  const nsOf = vendorNs(busy);
  const sparks = chooseSteps(steps.window, sparkSteps, steps.stepMs);
  const rows = vendors.map(({ peer, services, red }): VendorRow => {
    const figures = callFigures(red, seconds);
    const requestNs = services.reduce((sum, service) => sum + (entryNs.get(service) ?? 0), 0);
    const calls = looked.calls.filter(call => call.peer === peer);
    const sparkNs = new Map<number, number>();
    for (const [step, ns] of nsOf.get(peer) ?? []) {
      const at = Math.floor(step / sparks.stepMs) * sparks.stepMs;
      sparkNs.set(at, (sparkNs.get(at) ?? 0) + ns);
    }
    return {
      ...figures,
      name: peer,
      services: [...services],
      share: requestNs === 0 ? null : red.durationNs / requestNs,
      p95Change: changeOf(figures.p95Ms, p95Before.get(peer)),
      timeoutRatio: calls.length === 0 ? null : calls.filter(call => isTimeout(call.reason)).length / calls.length,
      retriesPerCall: calls.length === 0 ? null : calls.reduce((sum, call) => sum + call.resends, 0) / calls.length,
      spark: busySeries(sparkNs, sparks, nowMs).map(value => value ?? 0),
    };
  });
  return {
    stepsMs: [...steps.stepsMs],
    stepMs: steps.stepMs,
    lastStepIncomplete: isIncomplete(steps, question),
    vendors: rows,
    operations: operations.map(({ peer, operation, services, red }): VendorOperation => {
      const figures = callFigures(red, seconds);
      return {
        ...figures,
        vendor: peer,
        operation,
        services: [...services],
        p95Change: changeOf(figures.p95Ms, operationP95Before.get(`${peer}\n${operation}`)),
      };
    }),
    load: names
      .filter(name => shown.includes(name))
      .slice(0, maxLoad)
      .map(name => ({
        name,
        busy: busySeries(nsOf.get(name) ?? new Map<number, number>(), steps, nowMs).map(value => value ?? 0),
      })),
    failures: failuresOf(looked.calls),
    callers: callers.flat().sort((a, b) => b.calls - a.calls),
    looked: { calls: looked.calls.length, ...bounds(looked.window) },
  };
}

/** Statuses and classes of errors that mean that nobody answered in time. */
export function isTimeout(reason: string): boolean {
  return /timeout|timed.?out|deadline|^ABORT_ERR$|^AbortError$/i.test(reason) || reason === '408' || reason === '504';
}

function failuresOf(calls: readonly LookedVendorCall[]): ExternalAnswer['failures'] {
  const failed = calls.filter(({ isFailed }) => isFailed);
  return [...groupBy(failed, call => `${call.peer}\n${call.reason}`).values()]
    .flatMap(group =>
      group.slice(0, 1).map(({ peer, reason, traceId }) => ({ vendor: peer, reason, calls: group.length, traceId })),
    )
    .sort((a, b) => b.calls - a.calls)
    .slice(0, 30);
}

/** Time per step by vendor. */
function vendorNs(
  busy: ReadonlyMap<string, ReadonlyMap<number, number>>,
): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const found = new Map<string, Map<number, number>>();
  for (const [key, byStep] of busy) {
    const name = key.split('\n', 1)[0] ?? '';
    const own = found.get(name) ?? new Map<number, number>();
    for (const [step, ns] of byStep) own.set(step, (own.get(step) ?? 0) + ns);
    found.set(name, own);
  }
  return found;
}

/** Time that services took for what they were asked. */
async function readEntryNs(asker: Asker, env: string | undefined, steps: Steps): Promise<ReadonlyMap<string, number>> {
  const inEnv = env === undefined ? '' : ' AND environment = {env:String}';
  const rows = await ask<{ service: string; ns: string }>(asker, {
    sql: `SELECT service, sum(duration_ns) AS ns
${redSource(`workspace = {workspace:String}${inEnv}`, entryKinds, steps.stepMs)}
GROUP BY service
LIMIT 10000`,
    params: { ...windowParams(steps.window), env: env ?? '' },
  });
  return new Map(rows.map(({ service, ns }) => [service, Number(ns)]));
}

function bounds({ fromMs, toMs }: TimeWindow): TimeWindow {
  return { fromMs: Math.max(Math.floor(fromMs), 0), toMs: Math.floor(toMs) };
}

function isIncomplete(steps: Steps, { nowMs, toMs }: ExternalQuestion): boolean {
  return (steps.stepsMs.at(-1) ?? 0) + steps.stepMs > Math.min(nowMs, toMs);
}

function nothing(steps: Steps, question: ExternalQuestion): ExternalAnswer {
  return {
    stepsMs: [...steps.stepsMs],
    stepMs: steps.stepMs,
    lastStepIncomplete: isIncomplete(steps, question),
    vendors: [],
    operations: [],
    load: [],
    failures: [],
    callers: [],
    looked: { calls: 0, ...bounds(question) },
  };
}

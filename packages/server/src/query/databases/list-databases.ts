import { type DatabaseRow, type DatabasesAnswer, type QueryRow, queryHash } from '@bellwether/model';
import type { Asker } from '../asker.js';
import { busySeries, callFigures, changeOf, sumOf } from '../calls/call-figures.js';
import { type Operation, operationKey, readBusy, readOperations, readPeers } from '../calls/read-calls.js';
import { MetricQuestions, type MetricReader } from '../metric-reader.js';
import { peerType } from '../peer-type.js';
import { windowSeconds } from '../red.js';
import { fineStepMs, finestWindowMs, minuteMs } from '../red-source.js';
import { type Steps, type TimeWindow, chooseSteps } from '../time-window.js';
import { readCollections } from './read-collections.js';
import { readPools } from './read-pools.js';
import { readRowsPerCall } from './read-rows.js';

export interface DatabasesQuestion extends TimeWindow {
  readonly env: string | undefined;
  /** One database alone. */
  readonly db: string | undefined;
  readonly compare: TimeWindow | undefined;
  readonly nowMs: number;
}

const maxSteps = 120;
const maxSparkSteps = 30;
const maxQueries = 200;
const maxLoad = 7;

/** The steps of a page about calls: fine ones where they are read from spans, else whole minutes. */
export function callSteps(window: TimeWindow): Steps {
  return chooseSteps(window, maxSteps, window.toMs - window.fromMs <= finestWindowMs ? fineStepMs : minuteMs);
}

/** Every panel of the page Databases. */
export async function listDatabases(
  asker: Asker,
  reader: MetricReader,
  question: DatabasesQuestion,
): Promise<DatabasesAnswer> {
  const { env, db, compare, nowMs } = question;
  const steps = callSteps(question);
  const metrics = new MetricQuestions(reader, asker);
  const seconds = windowSeconds(steps, nowMs);
  const peers = (await readPeers(asker, 'client', { env }, steps)).filter(({ peer }) => peerType(peer, false) === 'db');
  const shown = db === undefined ? peers : peers.filter(({ peer }) => peer === db);
  const scope = { env, peers: shown.map(({ peer }) => peer) };
  const before = compare === undefined ? undefined : callSteps(compare);
  const nothing = scope.peers.length === 0;
  const [operations, operationsBefore, busy, rowsPerCall, pools, collections] = await Promise.all([
    nothing ? [] : readOperations(asker, 'client', scope, steps, maxQueries),
    nothing || before === undefined ? [] : readOperations(asker, 'client', scope, before, maxQueries * 2),
    nothing ? new Map<string, ReadonlyMap<number, number>>() : readBusy(asker, 'client', scope, steps, maxQueries),
    readRowsPerCall(metrics, question),
    readPools(metrics, steps, question),
    readCollections(metrics, question),
  ]);
  const allNs = peers.reduce((sum, { red }) => sum + red.durationNs, 0);
  const shownNs = sumOf(shown).durationNs;
  return {
    stepsMs: [...steps.stepsMs],
    stepMs: steps.stepMs,
    lastStepIncomplete: (steps.stepsMs.at(-1) ?? 0) + steps.stepMs > Math.min(nowMs, question.toMs),
    databases: peers.map(({ peer, services, red }): DatabaseRow => ({
      ...databaseName(peer),
      ...callFigures(red, seconds),
      name: peer,
      services: [...services],
      share: allNs === 0 ? 0 : red.durationNs / allNs,
    })),
    queries: queryRows(operations, operationsBefore, { steps, nowMs, seconds, shownNs, busy, rowsPerCall }),
    load: loadOf(operations, busy, steps, nowMs),
    ...pools,
    ...collections,
    metricsMissing: metrics.missing,
  };
}

/** `postgresql shop` is the system and its namespace. */
export function databaseName(peer: string): { readonly system: string; readonly namespace: string } {
  const space = peer.indexOf(' ');
  return space < 0
    ? { system: peer, namespace: '' }
    : { system: peer.slice(0, space), namespace: peer.slice(space + 1) };
}

function queryRows(
  operations: readonly Operation[],
  before: readonly Operation[],
  of: {
    readonly steps: Steps;
    readonly nowMs: number;
    readonly seconds: number;
    readonly shownNs: number;
    readonly busy: ReadonlyMap<string, ReadonlyMap<number, number>>;
    readonly rowsPerCall: ReadonlyMap<string, number>;
  },
): QueryRow[] {
  const { steps, nowMs, seconds, shownNs, busy, rowsPerCall } = of;
  const sparks = chooseSteps(steps.window, maxSparkSteps, steps.stepMs);
  const earlier = new Map(before.map(one => [operationKey(one.peer, one.operation), callFigures(one.red, 1).p95Ms]));
  return operations.map(({ peer, operation, services, red }) => {
    const key = operationKey(peer, operation);
    const figures = callFigures(red, seconds);
    const nsByStep = new Map<number, number>();
    for (const [step, ns] of busy.get(key) ?? []) {
      const spark = Math.floor(step / sparks.stepMs) * sparks.stepMs;
      nsByStep.set(spark, (nsByStep.get(spark) ?? 0) + ns);
    }
    return {
      ...figures,
      database: peer,
      summary: operation,
      hash: queryHash(operation),
      services: [...services],
      rowsPerCall: rowsPerCall.get(key) ?? null,
      share: shownNs === 0 ? 0 : red.durationNs / shownNs,
      spark: busySeries(nsByStep, sparks, nowMs).map(value => value ?? 0),
      p95Change: changeOf(figures.p95Ms, earlier.get(key)),
    };
  });
}

/** The queries that take most time, and the rest of those that are listed. */
function loadOf(
  operations: readonly Operation[],
  busy: ReadonlyMap<string, ReadonlyMap<number, number>>,
  steps: Steps,
  nowMs: number,
): DatabasesAnswer['load'] {
  const nsOf = ({ peer, operation }: Operation): ReadonlyMap<number, number> =>
    busy.get(operationKey(peer, operation)) ?? new Map<number, number>();
  const filled = (nsByStep: ReadonlyMap<number, number>): (number | null)[] =>
    busySeries(nsByStep, steps, nowMs).map(value => value ?? 0);
  const rest = new Map<number, number>();
  for (const one of operations.slice(maxLoad)) {
    for (const [step, ns] of nsOf(one)) rest.set(step, (rest.get(step) ?? 0) + ns);
  }
  return [
    ...operations.slice(0, maxLoad).map(one => ({ name: one.operation, database: one.peer, busy: filled(nsOf(one)) })),
    ...(rest.size === 0 ? [] : [{ name: 'Other', database: '', busy: filled(rest) }]),
  ];
}

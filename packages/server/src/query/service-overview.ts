import type { DependencyRow, EndpointRow, OverviewAnswer, ServiceChartsAnswer } from '@bellwether/model';
import { type Asker, ask } from './asker.js';
import { groupBy } from './group-by.js';
import { calledServices } from './called-services.js';
import { durationHeatmap } from './calls/duration-heatmap.js';
import {
  type Red,
  type RedRow,
  addRed,
  callKinds,
  entryKinds,
  readRed,
  redColumns,
  series,
  serviceStatus,
  totals,
  windowSeconds,
} from './red.js';
import { peerType } from './peer-type.js';
import { fineStepMs, finestWindowMs, minuteMs, redSource } from './red-source.js';
import { seenDeploys } from './seen-deploys.js';
import { type Steps, type TimeWindow, chooseSteps, inWindow, windowParams } from './time-window.js';

export interface OverviewQuestion extends TimeWindow {
  readonly service: string;
  readonly env: string | undefined;
  /** An earlier window of the same length to compare with. */
  readonly compare: TimeWindow | undefined;
  readonly nowMs: number;
}

const maxSteps = 150;
const maxSparkSteps = 30;
const hourMs = 3_600_000;
const maxEndpoints = 100;
const maxPeers = 50;
const maxAddresses = 10;
const maxLayers = 5;
const deployLookbackMs = 24 * hourMs;

/** A service's requests by step: what its page paints first, an eighth of the work of the whole. */
export async function serviceCharts(asker: Asker, question: OverviewQuestion): Promise<ServiceChartsAnswer> {
  return (await readCharts(new OverviewReader(asker, question), question, stepsOf(question))).answer;
}

interface OverviewSteps {
  readonly steps: Steps;
  readonly stepsBefore: Steps | undefined;
  /** Its steps are shorter than a minute. */
  readonly isShort: boolean;
}

function stepsOf(question: OverviewQuestion): OverviewSteps {
  const isShort = question.toMs - question.fromMs <= finestWindowMs;
  const steps = chooseSteps(question, maxSteps, isShort ? fineStepMs : minuteMs);
  const stepsBefore =
    question.compare === undefined
      ? undefined
      : shifted(steps, Math.floor((question.compare.fromMs - question.fromMs) / steps.stepMs) * steps.stepMs);
  return { steps, stepsBefore, isShort };
}

interface Charts {
  readonly answer: ServiceChartsAnswer;
  readonly requests: ReadonlyMap<number, Red>;
  readonly all: Red;
}

async function readCharts(
  reader: OverviewReader,
  question: OverviewQuestion,
  { steps, stepsBefore, isShort }: OverviewSteps,
): Promise<Charts> {
  const [now, before, isScaled] = await Promise.all([
    reader.requests(steps),
    stepsBefore === undefined ? undefined : reader.requests(stepsBefore),
    isShort ? reader.isScaled(steps.window) : reader.isSampledBySender(steps.window),
  ]);
  const all = addRed([...now.values()]);
  const allBefore = before === undefined ? undefined : addRed([...before.values()]);
  const seconds = windowSeconds(steps, question.nowMs);
  const lastStepMs = steps.stepsMs.at(-1) ?? 0;
  const answer = {
    service: question.service,
    status: serviceStatus(all),
    stepsMs: [...steps.stepsMs],
    stepMs: steps.stepMs,
    isScaled,
    lastStepIncomplete: lastStepMs + steps.stepMs > Math.min(question.nowMs, question.toMs),
    now: series(now, steps, question.nowMs),
    before: before === undefined || stepsBefore === undefined ? null : series(before, stepsBefore, question.nowMs),
    totals: totals(all, seconds),
    totalsBefore: allBefore === undefined ? null : totals(allBefore, seconds),
    heatmap: durationHeatmap(now, steps),
  };
  return { answer, requests: now, all };
}

/** Every panel of a service's page. */
export async function serviceOverview(asker: Asker, question: OverviewQuestion): Promise<OverviewAnswer> {
  const chosen = stepsOf(question);
  const { steps, stepsBefore } = chosen;
  const sparks = chooseSteps(steps.window, maxSparkSteps, steps.stepMs);
  const reader = new OverviewReader(asker, question);

  const [
    charts,
    endpoints,
    endpointsBefore,
    addresses,
    addressesBefore,
    versions,
    deploys,
    seen,
    errors,
    received,
    answering,
  ] = await Promise.all([
    readCharts(reader, question, chosen),
    reader.endpoints(steps, sparks.stepMs),
    stepsBefore === undefined ? [] : reader.endpoints(stepsBefore, sparks.stepMs),
    reader.calls(steps),
    stepsBefore === undefined ? [] : reader.calls(stepsBefore),
    reader.versions(steps.window),
    seenDeploys(asker, { ...steps.window, service: question.service, env: question.env }),
    reader.instances(question),
    reader.errors(question),
    reader.logsAndMetrics(question),
    calledServices(asker, question.service, question),
  ]);
  const named = (call: Call): Call => ({ ...call, peer: answering.get(call.address) ?? call.address });
  const calls = addresses.map(named);
  const callsBefore = addressesBefore.map(named);

  const { requests, all } = charts;
  const seconds = windowSeconds(steps, question.nowMs);
  return {
    ...charts.answer,
    version: versions.current,
    environments: versions.environments,
    instances: seen.instances.length,
    runtime: seen.runtime,
    layers: layers(requests, calls, steps),
    endpoints: endpointRows(endpoints, endpointsBefore, { sparks, seconds, allNs: all.durationNs }),
    dependencies: dependencyRows(calls, callsBefore, { seconds, services: new Set(answering.values()) }),
    errors,
    deploys: deploys.map(({ version, atMs, isRollback }) => ({ version, at: atMs, isRollback })),
    instancesSeen: seen.instances,
    received: { spans: versions.isSeen, ...received },
  };
}

interface Endpoint {
  readonly operation: string;
  readonly kind: number;
  readonly stepMs: number;
  readonly red: Red;
}

interface Call {
  readonly peer: string;
  /** The peer as the spans name it. */
  readonly address: string;
  readonly kind: number;
  readonly stepMs: number;
  readonly red: Red;
}

const stepColumn = 'toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step';

/** What the page asks of one service in one environment. */
class OverviewReader {
  readonly #asker: Asker;
  readonly #scope: string;
  readonly #params: { readonly service: string; readonly env: string };

  constructor(asker: Asker, { service, env }: OverviewQuestion) {
    this.#asker = asker;
    const inEnv = env === undefined ? '' : ' AND environment = {env:String}';
    this.#scope = `workspace = {workspace:String} AND service = {service:String}${inEnv}`;
    this.#params = { service, env: env ?? '' };
  }

  #where(column: 'ts' | 'minute'): string {
    return `WHERE ${this.#scope} AND ${inWindow(column)}`;
  }

  #ask<Row>(sql: string, window: TimeWindow, stepMs = 0): Promise<readonly Row[]> {
    return ask<Row>(this.#asker, { sql, params: { ...this.#params, ...windowParams(window), stepMs } });
  }

  /** Do some spans stand for others? */
  async isScaled(window: TimeWindow): Promise<boolean> {
    const [row] = await this.#ask<{ most: number }>(
      `SELECT max(weight) AS most\nFROM spans\n${this.#where('ts')}`,
      window,
    );
    return (row?.most ?? 1) > 1;
  }

  /** Did the service itself send only a share of its spans? Then its minutes are estimates too; what we sample is counted before. */
  async isSampledBySender(window: TimeWindow): Promise<boolean> {
    const rows = await this.#ask<{ found: number }>(
      `SELECT 1 AS found\nFROM spans\n${this.#where('ts')} AND weight > 1 AND position(trace_state, 'th:') > 0\nLIMIT 1`,
      window,
    );
    return rows.length > 0;
  }

  async requests({ window, stepMs }: Steps): Promise<ReadonlyMap<number, Red>> {
    const rows = await this.#ask<RedRow & { step: string }>(
      `SELECT ${stepColumn}, ${redColumns}\n${redSource(this.#scope, entryKinds, stepMs)}\nGROUP BY step`,
      window,
      stepMs,
    );
    return new Map(rows.map(row => [Number(row.step), readRed(row)]));
  }

  /** In steps of `sparkMs`, from the source that steps of `stepMs` have. */
  async endpoints({ window, stepMs }: Steps, sparkMs: number): Promise<readonly Endpoint[]> {
    const source = redSource(this.#scope, entryKinds, stepMs);
    const rows = await this.#ask<RedRow & { operation: string; kind: number; step: string }>(
      `SELECT operation, kind, ${stepColumn}, ${redColumns}
${source} AND (operation, kind) IN (
  SELECT operation, kind ${source} GROUP BY operation, kind ORDER BY sum(duration_ns) DESC LIMIT ${maxEndpoints}
)
GROUP BY operation, kind, step`,
      window,
      sparkMs,
    );
    return rows.map(row => ({ operation: row.operation, kind: row.kind, stepMs: Number(row.step), red: readRed(row) }));
  }

  async calls({ window, stepMs }: Steps): Promise<readonly Call[]> {
    const source = redSource(this.#scope, callKinds, stepMs);
    const rows = await this.#ask<RedRow & { peer: string; kind: number; step: string }>(
      `SELECT peer, kind, ${stepColumn}, ${redColumns}
${source} AND peer IN (SELECT peer ${source} GROUP BY peer ORDER BY sum(duration_ns) DESC LIMIT ${maxPeers})
GROUP BY peer, kind, step`,
      window,
      stepMs,
    );
    return rows.map(row => ({
      peer: row.peer,
      address: row.peer,
      kind: row.kind,
      stepMs: Number(row.step),
      red: readRed(row),
    }));
  }

  /** Which version runs, and where the service was seen. */
  async versions(window: TimeWindow): Promise<{
    readonly isSeen: boolean;
    readonly current: string;
    readonly environments: string[];
  }> {
    const rows = await this.#ask<{ version: string; environments: string[]; first: string; last: string }>(
      `SELECT version, groupUniqArray(100)(environment) AS environments,
  toInt64(toUnixTimestamp(min(minute))) AS first, toInt64(toUnixTimestamp(max(minute))) AS last
FROM operation_minutes
${this.#where('minute')}
GROUP BY version
ORDER BY first, version`,
      { fromMs: window.fromMs - deployLookbackMs, toMs: window.toMs },
    );
    const inRange = rows.filter(row => Number(row.last) * 1000 >= window.fromMs);
    const current = inRange.toSorted((a, b) => Number(b.last) - Number(a.last) || Number(b.first) - Number(a.first))[0];
    return {
      isSeen: current !== undefined,
      current: current?.version ?? '',
      environments: [...new Set(inRange.flatMap(row => row.environments))].filter(name => name !== '').sort(),
    };
  }

  /** Resources that sent spans in the last hour of the window: over a longer time restarts would count as instances. */
  async instances({ fromMs, toMs }: TimeWindow): Promise<{
    readonly instances: OverviewAnswer['instancesSeen'];
    readonly runtime: string;
  }> {
    const window = { fromMs: Math.max(fromMs, toMs - hourMs), toMs };
    const [seen, resources] = await Promise.all([
      this.#ask<{ resource: string; last: string }>(
        `SELECT toString(resource_id) AS resource, toUnixTimestamp64Milli(max(ts)) AS last
FROM spans
${this.#where('ts')}
GROUP BY resource_id
ORDER BY last DESC, resource
LIMIT 200`,
        window,
      ),
      this.#ask<{ resource: string; version: string; facts: Readonly<Record<string, string>> }>(
        `SELECT toString(id) AS resource, any(version) AS version,
  any(mapFilter((k, v) -> k IN ('service.instance.id', 'host.name', 'process.runtime.name', 'process.runtime.version'), attrs)) AS facts
FROM resources
WHERE workspace = {workspace:String} AND service = {service:String}
GROUP BY id`,
        window,
      ),
    ]);
    const known = new Map(resources.map(row => [row.resource, row]));
    const instances = seen.map(({ resource, last }) => {
      const { version = '', facts = {} } = known.get(resource) ?? {};
      const host = facts['host.name'] ?? '';
      const name = facts['service.instance.id'] ?? host;
      return { instance: name === '' ? resource : name, host, version, lastSeen: Number(last), facts };
    });
    const runtime = instances[0]?.facts ?? {};
    return {
      // An instance may have had several resources: newest first, the first one tells.
      instances: [...groupBy(instances, ({ instance }) => instance).values()].flatMap(([newest]) =>
        newest === undefined
          ? []
          : [{ instance: newest.instance, host: newest.host, version: newest.version, lastSeen: newest.lastSeen }],
      ),
      runtime: `${runtime['process.runtime.name'] ?? ''} ${runtime['process.runtime.version'] ?? ''}`.trim(),
    };
  }

  async errors(window: TimeWindow): Promise<OverviewAnswer['errors']> {
    const rows = await this.#ask<{
      type: string;
      message: string;
      n: string;
      first: string;
      last: string;
      trace: string;
    }>(
      `SELECT error_type AS type, argMax(status_message, ts) AS message, round(sum(weight)) AS n,
  toInt64(toUnixTimestamp64Milli(min(ts))) AS first, toInt64(toUnixTimestamp64Milli(max(ts))) AS last,
  lower(hex(argMax(trace_id, ts))) AS trace
FROM spans
${this.#where('ts')} AND ${entryKinds} AND status_code = 2
GROUP BY type
ORDER BY n DESC, type
LIMIT 20`,
      window,
    );
    return rows.map(row => ({
      type: row.type,
      message: row.message,
      count: Number(row.n),
      firstSeen: Number(row.first),
      lastSeen: Number(row.last),
      sampleTraceId: row.trace,
    }));
  }

  async logsAndMetrics(window: TimeWindow): Promise<{ readonly logs: boolean; readonly metrics: boolean }> {
    const rows = await this.#ask<{ signal: string }>(
      `SELECT 'logs' AS signal FROM logs ${this.#where('ts')} LIMIT 1
UNION ALL
SELECT 'metrics' AS signal FROM metric_series WHERE workspace = {workspace:String} AND service = {service:String} LIMIT 1`,
      window,
    );
    const signals = rows.map(row => row.signal);
    return { logs: signals.includes('logs'), metrics: signals.includes('metrics') };
  }
}

function shifted(steps: Steps, byMs: number): Steps {
  return {
    stepMs: steps.stepMs,
    stepsMs: steps.stepsMs.map(stepMs => stepMs + byMs),
    window: { fromMs: steps.window.fromMs + byMs, toMs: steps.window.toMs + byMs },
  };
}

/** Own time is what the calls leave over; calls that ran side by side can not make it negative. */
function layers(requests: ReadonlyMap<number, Red>, calls: readonly Call[], steps: Steps): OverviewAnswer['layers'] {
  const nsOf = new Map<string, Map<number, number>>();
  const wholeNs = new Map<string, number>();
  for (const { peer, stepMs, red } of calls) {
    const byStep = nsOf.get(peer) ?? new Map<number, number>();
    nsOf.set(peer, byStep.set(stepMs, (byStep.get(stepMs) ?? 0) + red.durationNs));
    wholeNs.set(peer, (wholeNs.get(peer) ?? 0) + red.durationNs);
  }
  const peers = [...wholeNs].sort(([, a], [, b]) => b - a).map(([peer]) => peer);
  const shown = peers.slice(0, maxLayers);
  const rest = peers.slice(maxLayers);
  const perRequest = (of: (stepMs: number, red: Red) => number): (number | null)[] =>
    steps.stepsMs.map(stepMs => {
      const red = requests.get(stepMs);
      return red === undefined || red.count === 0 ? null : Math.max(of(stepMs, red), 0) / red.count / 1e6;
    });
  const at = (peer: string, stepMs: number): number => nsOf.get(peer)?.get(stepMs) ?? 0;
  const sumAt = (names: readonly string[], stepMs: number): number =>
    names.reduce((sum, peer) => sum + at(peer, stepMs), 0);
  return [
    { name: 'App', ms: perRequest((stepMs, red) => red.durationNs - sumAt(peers, stepMs)) },
    ...shown.map(peer => ({ name: peer === '' ? 'Other' : peer, ms: perRequest(stepMs => at(peer, stepMs)) })),
    ...(rest.length === 0 ? [] : [{ name: 'Other', ms: perRequest(stepMs => sumAt(rest, stepMs)) }]),
  ];
}

const kindName = (kind: number): string => (kind === 5 ? 'consumer' : 'server');

const change = (now: number | null, before: number | null | undefined): number | null =>
  now === null || before === null || before === undefined || before === 0 ? null : now / before - 1;

function endpointRows(
  endpoints: readonly Endpoint[],
  before: readonly Endpoint[],
  { sparks, seconds, allNs }: { readonly sparks: Steps; readonly seconds: number; readonly allNs: number },
): EndpointRow[] {
  const key = ({ operation, kind }: Endpoint): string => `${kind} ${operation}`;
  const earlier = groupBy(before, key);
  return [...groupBy(endpoints, key)]
    .flatMap(([name, parts]): EndpointRow[] => {
      const [first] = parts;
      if (first === undefined) return [];
      const red = addRed(parts.map(part => part.red));
      const figures = totals(red, seconds);
      const partsBefore = earlier.get(name);
      const figuresBefore =
        partsBefore === undefined ? undefined : totals(addRed(partsBefore.map(part => part.red)), seconds);
      const p95At = new Map(parts.map(part => [part.stepMs, totals(part.red, 1).p95Ms]));
      return [
        {
          ...figures,
          operation: first.operation,
          kind: kindName(first.kind),
          timeShare: allNs === 0 ? 0 : red.durationNs / allNs,
          p95Spark: sparks.stepsMs.map(stepMs => p95At.get(stepMs) ?? null),
          p95Change: change(figures.p95Ms, figuresBefore?.p95Ms),
        },
      ];
    })
    .sort((a, b) => b.timeShare - a.timeShare);
}

function dependencyRows(
  calls: readonly Call[],
  before: readonly Call[],
  { seconds, services }: { readonly seconds: number; readonly services: ReadonlySet<string> },
): DependencyRow[] {
  const earlier = groupBy(before, call => call.peer);
  return [...groupBy(calls, call => call.peer)]
    .map(([peer, parts]) => {
      const red = addRed(parts.map(part => part.red));
      const figures = totals(red, seconds);
      const partsBefore = earlier.get(peer);
      const figuresBefore =
        partsBefore === undefined ? undefined : totals(addRed(partsBefore.map(part => part.red)), seconds);
      return {
        peer,
        type: services.has(peer)
          ? 'http'
          : peerType(
              peer,
              parts.some(part => part.kind === 4),
            ),
        addresses: [...new Set(parts.map(part => part.address))].slice(0, maxAddresses),
        callsPerSecond: figures.requestsPerSecond,
        errorRatio: figures.errorRatio,
        p95Ms: figures.p95Ms,
        p95Change: change(figures.p95Ms, figuresBefore?.p95Ms),
      };
    })
    .sort((a, b) => b.callsPerSecond - a.callsPerSecond);
}

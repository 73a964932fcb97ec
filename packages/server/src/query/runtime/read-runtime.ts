import type { InstanceRow, LimitForecast, RuntimeAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { callSteps } from '../databases/list-databases.js';
import {
  inEnvironment,
  MetricQuestions,
  type MetricReader,
  type MetricSeries,
  type MetricValue,
  quoted,
  rangeOf,
} from '../metric-reader.js';
import { entryKinds } from '../red.js';
import { type TimeWindow, inWindow, windowParams } from '../time-window.js';
import { limitForecast } from './limit-forecast.js';
import { outlierOf } from './outliers.js';

export interface RuntimeQuestion extends TimeWindow {
  readonly service: string;
  readonly env: string | undefined;
  readonly nowMs: number;
}

const hourMs = 3_600_000;
const maxInstances = 200;
const shownInstances = 8;

const each = (expr: string, how = 'max'): string => `${how} by (instance) (${expr})`;

/** The processes of a service: how each does, what it takes, and when something is full. */
export async function readRuntime(
  asker: Asker,
  reader: MetricReader,
  question: RuntimeQuestion,
): Promise<RuntimeAnswer> {
  const { service, env, toMs, nowMs } = question;
  const steps = callSteps(question);
  const metrics = new MetricQuestions(reader, asker);
  const job = `job=~${quoted(`(?:.+/)?${service.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`)}`)}`;
  const of = (metric: string, more = ''): string => inEnvironment(`${metric}{${job}${more}}`, env);
  const rate = (metric: string): string => inEnvironment(`rate(${metric}{${job}}[${rangeOf(steps.stepMs)}])`, env);
  const cpu = each(rate('process_cpu_time_seconds_total'), 'sum');
  const memory = each(of('process_memory_usage_bytes'));
  const heapUsed = each(of('v8js_memory_heap_used_bytes'), 'sum');
  const heapMax = each(of('v8js_memory_heap_max_bytes'));
  const utilization = each(of('nodejs_eventloop_utilization_ratio'));
  const delay = each(of('nodejs_eventloop_delay_p99_seconds'));
  const gc = each(`histogram_sum(${rate('v8js_gc_duration_seconds')})`, 'sum');
  const disk = (state: string): string =>
    `max by (system_filesystem_mountpoint) (${of('system_filesystem_usage_bytes', `, system_filesystem_state=${quoted(state)}`)})`;
  const pool = (metric: string, more = ''): string =>
    `sum by (instance, db_client_connection_pool_name) (${of(metric, more)})`;
  const [
    requests,
    cpus,
    memories,
    heaps,
    heapLimits,
    utilizations,
    delays,
    gcs,
    uptimes,
    diskUsed,
    diskFree,
    limits,
    poolUsed,
    poolMax,
  ] = await Promise.all([
    readInstances(asker, question),
    metrics.over(cpu, steps),
    metrics.over(memory, steps),
    metrics.over(heapUsed, steps),
    metrics.at(heapMax, toMs),
    metrics.over(utilization, steps),
    metrics.over(delay, steps),
    metrics.over(gc, steps),
    metrics.at(each(of('process_uptime_seconds')), toMs),
    metrics.over(disk('used'), steps),
    metrics.at(disk('free'), toMs),
    metrics.at(each(of('container_memory_limit_bytes')), toMs),
    metrics.over(pool('db_client_connection_count', ', db_client_connection_state="used"'), steps),
    metrics.at(pool('db_client_connection_max'), toMs),
  ]);
  const heapMaxOf = byInstance(heapLimits);
  const uptimeOf = byInstance(uptimes);
  const rows = requests.map((row): Omit<InstanceRow, 'outlier'> => {
    const heap = lastOf(heaps, row.instance);
    const heapLimit = heapMaxOf.get(row.instance);
    const delaySeconds = lastOf(delays, row.instance);
    return {
      ...row,
      cpu: lastOf(cpus, row.instance),
      memoryBytes: lastOf(memories, row.instance),
      heapShare: heap === null || heapLimit === undefined || heapLimit === 0 ? null : heap / heapLimit,
      loopUtilization: lastOf(utilizations, row.instance),
      loopDelayP99Ms: delaySeconds === null ? null : delaySeconds * 1000,
      uptimeSeconds: uptimeOf.get(row.instance) ?? null,
    };
  });
  const memoryLimitOf = byInstance(limits);
  const forecasts = [
    ...diskUsed.flatMap(({ labels, values }) => {
      const mount = labels.get('system_filesystem_mountpoint') ?? '';
      const free = diskFree.find(one => (one.labels.get('system_filesystem_mountpoint') ?? '') === mount)?.value;
      const used = lastKnown(values);
      return free === undefined || used === null
        ? []
        : [forecast('disk', mount, values, used + free, steps.stepMs, 'bytes')];
    }),
    ...memories.flatMap(series => instanceForecast('memory', series, memoryLimitOf, steps.stepMs)),
    ...heaps.flatMap(series => instanceForecast('heap', series, heapMaxOf, steps.stepMs)),
    ...poolUsed.flatMap(({ labels, values }) => {
      const name = labels.get('db_client_connection_pool_name') ?? '';
      const instance = labels.get('instance') ?? '';
      const limit = poolMax.find(
        one => one.labels.get('db_client_connection_pool_name') === name && one.labels.get('instance') === instance,
      )?.value;
      return limit === undefined
        ? []
        : [forecast('pool', `${name} of ${instance}`, values, limit, steps.stepMs, 'connections')];
    }),
  ];
  return {
    stepsMs: [...steps.stepsMs],
    stepMs: steps.stepMs,
    lastStepIncomplete: (steps.stepsMs.at(-1) ?? 0) + steps.stepMs > Math.min(nowMs, toMs),
    instances: rows.map(row => ({ ...row, outlier: outlierOf(row, rows) })),
    cpu: shown(cpus),
    memory: shown(memories),
    heap: shown(heaps),
    loopUtilization: shown(utilizations),
    loopDelayP99: shown(delays),
    gc: shown(gcs),
    forecasts: forecasts
      .sort((a, b) => (a.seconds ?? Infinity) - (b.seconds ?? Infinity) || b.used / b.limit - a.used / a.limit)
      .slice(0, 50),
    metricsMissing: metrics.missing,
  };
}

function byInstance(values: readonly MetricValue[]): ReadonlyMap<string, number> {
  return new Map(values.map(({ labels, value }) => [labels.get('instance') ?? '', value]));
}

function lastKnown(values: MetricSeries['values']): number | null {
  return values.findLast(value => value !== null) ?? null;
}

function lastOf(series: readonly MetricSeries[], instance: string): number | null {
  return lastKnown(series.find(({ labels }) => labels.get('instance') === instance)?.values ?? []);
}

/** The largest ones by name, so that one has the same colour in each chart. */
function shown(series: readonly MetricSeries[]): RuntimeAnswer['cpu'] {
  return series
    .map(({ labels, values }) => ({ instance: labels.get('instance') ?? '', values: [...values] }))
    .sort((a, b) => (lastKnown(b.values) ?? 0) - (lastKnown(a.values) ?? 0) || a.instance.localeCompare(b.instance))
    .slice(0, shownInstances)
    .sort((a, b) => a.instance.localeCompare(b.instance));
}

function forecast(
  what: LimitForecast['what'],
  name: string,
  values: MetricSeries['values'],
  limit: number,
  stepMs: number,
  unit: LimitForecast['unit'],
): LimitForecast {
  return { what, name, used: lastKnown(values) ?? 0, limit, unit, ...limitForecast(values, stepMs, limit) };
}

function instanceForecast(
  what: 'memory' | 'heap',
  { labels, values }: MetricSeries,
  limits: ReadonlyMap<string, number>,
  stepMs: number,
): readonly LimitForecast[] {
  const instance = labels.get('instance') ?? '';
  const limit = limits.get(instance);
  return limit === undefined ? [] : [forecast(what, instance, values, limit, stepMs, 'bytes')];
}

/** Instances that sent spans in the last hour of the window, with what they were asked; from spans, each for as many as it stands for. */
async function readInstances(
  asker: Asker,
  { service, env, fromMs, toMs, nowMs }: RuntimeQuestion,
): Promise<
  readonly Pick<
    InstanceRow,
    'instance' | 'host' | 'version' | 'lastSeen' | 'requests' | 'requestsPerSecond' | 'errorRatio' | 'p95Ms'
  >[]
> {
  const window = { fromMs: Math.max(fromMs, toMs - hourMs), toMs };
  const seconds = Math.max((Math.min(toMs, nowMs) - window.fromMs) / 1000, 1);
  const rows = await ask<{
    instance: string;
    host: string;
    version: string;
    last: string;
    requests: number;
    failed: number;
    p95: number;
  }>(asker, {
    sql: `SELECT if(named.instance = '', toString(seen.resource), named.instance) AS instance, any(named.host) AS host, argMax(named.version, seen.last) AS version,
  toUnixTimestamp64Milli(max(seen.last)) AS last, sum(seen.requests) AS requests, sum(seen.failed) AS failed, quantileTDigestMerge(0.95)(seen.durations) AS p95
FROM (
  SELECT resource_id AS resource, max(ts) AS last, sumIf(toFloat64(weight), ${entryKinds}) AS requests, sumIf(toFloat64(weight), ${entryKinds} AND status_code = 2) AS failed,
    quantileTDigestStateIf(0.95)(duration_ns, ${entryKinds}) AS durations
  FROM spans
  WHERE workspace = {workspace:String} AND service = {service:String} AND ${inWindow()}${env === undefined ? '' : ' AND environment = {env:String}'}
  GROUP BY resource_id
) AS seen
LEFT JOIN (
  SELECT id, any(version) AS version, any(attrs['host.name']) AS host,
    any(if(attrs['service.instance.id'] != '', attrs['service.instance.id'], attrs['host.name'])) AS instance
  FROM resources
  WHERE workspace = {workspace:String} AND service = {service:String}
  GROUP BY id
) AS named ON named.id = seen.resource
GROUP BY instance
ORDER BY requests DESC, instance
LIMIT ${maxInstances}`,
    params: { ...windowParams(window), service, env: env ?? '' },
  });
  return rows.map(row => ({
    instance: row.instance,
    host: row.host,
    version: row.version,
    lastSeen: Number(row.last),
    requests: Math.round(row.requests),
    requestsPerSecond: row.requests / seconds,
    errorRatio: row.requests === 0 ? null : row.failed / row.requests,
    p95Ms: row.requests === 0 ? null : row.p95 / 1e6,
  }));
}

import {
  type Buckets,
  type FloatHistogram,
  type Labels,
  type RawSeries,
  type Matcher,
  QueryError,
  customSchema,
  labelsOf,
  metricName,
  noBuckets,
} from '@bellwether/promql';
import { z } from 'zod';
import { type TimeWindow, inWindow, windowParams } from '../query/time-window.js';
import type { Family } from './catalogue.js';
import type { Matching } from './matching.js';
import { type Reader, compactRows } from './reader.js';

/**
 * Metrics that nobody sent: requests, errors and durations of all spans, from the rows that the receiver counts before any sampling
 * (docs/adr/0005), under the names of OpenTelemetry's span metrics connector.
 *
 * They are counters from the beginning of what is asked for, so only `rate`, `increase` and the like mean something. Rows are by the minute; between
 * two minutes the counters rise evenly.
 */
export const callsMetric = 'traces_span_metrics_calls_total';
export const durationMetric = 'traces_span_metrics_duration_seconds';

const minuteMs = 60_000;

/** A counter goes on for so long after its last request, then it ends: as a service that is still scraped but asked for nothing. */
const goesOnMs = 5 * minuteMs;

/** More groups than this are not a chart any more. */
const maxGroups = 20_000;

const kinds: readonly string[] = [
  '',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
];

/** Buckets of `red_minutes` are 8 per power of two nanoseconds: from 1 µs to 73 minutes each has its bound, the rest falls into the first and the last. */
const firstBucket = 80;
const lastBucket = 336;
const bounds: Float64Array = Float64Array.from({ length: lastBucket - firstBucket }, (_, at) =>
  Number((2 ** ((firstBucket + at + 1) / 8) / 1e9).toPrecision(6)),
);

/** Of these metrics, those that matchers name. Matchers that name no metric mean what was sent, and not these. */
export function askedSpanMetrics(matchers: readonly Matcher[], matching: Matching): readonly string[] {
  const named = matchers.filter(({ name, op }) => name === metricName && (op === '=' || op === '=~'));
  if (!named.some(({ value }) => value.includes('span_metrics'))) return [];
  const onName = matchers.filter(({ name }) => name === metricName);
  return [callsMetric, durationMetric].filter(metric => onName.every(matcher => matching.matches(matcher, metric)));
}

/** Which of these metrics are wanted, what a series has to fulfil, and of which time (both ends included). */
export interface SpanMetricsQuestion {
  readonly metrics: readonly string[];
  readonly matchers: readonly Matcher[];
  readonly startMs: number;
  readonly endMs: number;
  /** The range of the range selector, if there is one: samples are a quarter of it apart, 15 s to a minute. */
  readonly rangeMs: number | undefined;
  readonly nowMs: number;
  /** Samples, and buckets of those that are histograms, at most. */
  readonly maxSamples: number;
}

const groupRow = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.number(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
]);
const minuteRow = z.tuple([z.string(), z.coerce.number(), z.coerce.number(), z.coerce.number(), z.coerce.number()]);
const minuteRowWithBuckets = z.tuple([...minuteRow.def.items, z.record(z.string(), z.coerce.number())]);

interface Group {
  readonly id: string;
  readonly service: string;
  readonly operation: string;
  readonly kind: number;
  readonly peer: string;
  readonly environment: string;
  readonly version: string;
  readonly tenantId: string;
}

const groupColumns = 'service, operation, kind, peer, environment, version, tenant_id';
const groupId = `cityHash64(${groupColumns})`;

/** More wanted groups than this are picked here and not by the engine. */
const maxIdsAsked = 2000;

/** The series of the question. Throws `QueryError` when spans have too many different operations and tenants in that time. */
export async function spanMetrics(
  reader: Reader,
  matching: Matching,
  question: SpanMetricsQuestion,
): Promise<readonly RawSeries[]> {
  const window = minutesOf(question);
  const groups = await spanGroups(reader, window);
  const isWanted = (labels: Labels): boolean => matching.fits(question.matchers, labels);
  const wanted = groups.filter(group => seriesLabels(group, question.metrics).some(isWanted));
  if (wanted.length === 0) return [];
  const durations = question.metrics.includes(durationMetric);
  const some = wanted.length < groups.length && wanted.length <= maxIdsAsked;
  const rows = compactRows(
    await reader.read({
      sql: `SELECT toString(${groupId}) AS id, toInt64(toUnixTimestamp(minute)) AS at, sum(count), sum(errors), sum(duration_ns)${durations ? ', sumMap(durations)' : ''}
FROM red_minutes
WHERE workspace = {workspace:String} AND ${inWindow('minute')}${some ? ` AND ${groupId} IN {ids:Array(UInt64)}` : ''}
GROUP BY id, at
ORDER BY id, at`,
      params: { ...windowParams(window), ...(some ? { ids: `[${wanted.map(({ id }) => id).join(',')}]` } : {}) },
    }),
  );
  const minutes = new Map<string, Minute[]>();
  for (const row of rows) {
    const [id, minute] = readMinute(row, durations, question.nowMs);
    const before = minutes.get(id);
    if (before === undefined) minutes.set(id, [minute]);
    else before.push(minute);
  }
  let samples = 0;
  const hold = (more: number): void => {
    samples += more;
    if (samples > question.maxSamples) {
      throw new QueryError(
        'execution',
        `query processing would load too many samples into memory in query execution: spans of this time are of ${groups.length} operations and tenants, name some or ask for a shorter time`,
      );
    }
  };
  return wanted.flatMap(group => groupSeries(group, minutes.get(group.id) ?? [], question, { isWanted, hold }));
}

/** Labels of all series of these metrics in a time, for `/series` and the like. */
export async function spanMetricLabels(
  reader: Reader,
  matching: Matching,
  question: Pick<SpanMetricsQuestion, 'metrics' | 'matchers' | 'startMs' | 'endMs'>,
): Promise<readonly Labels[]> {
  const groups = await spanGroups(reader, minutesOf(question));
  return groups.flatMap(group =>
    seriesLabels(group, question.metrics).filter(labels => matching.fits(question.matchers, labels)),
  );
}

const totalsRow = z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number()]);

/** What the metric browser says of these metrics; nothing when there were no spans in that time. */
export async function spanFamilies(reader: Reader, startMs: number, endMs: number): Promise<readonly Family[]> {
  const window = minutesOf({ startMs, endMs });
  const [row] = compactRows(
    await reader.read({
      sql: `SELECT count(), toInt64(toUnixTimestamp(max(minute))), uniq(${groupColumns})
FROM red_minutes
WHERE workspace = {workspace:String} AND ${inWindow('minute')}`,
      params: windowParams(window),
    }),
  );
  const [rows, lastSeconds, groups] = totalsRow.parse(row ?? [0, 0, 0]);
  if (rows === 0) return [];
  const seen = { origin: 'spans', lastSeenMs: lastSeconds * 1000 } as const;
  return [
    {
      ...seen,
      name: callsMetric,
      metric: callsMetric,
      type: 'counter',
      unit: '',
      help: 'Spans of servers, clients, producers and consumers, counted before any sampling',
      series: 2 * groups,
    },
    {
      ...seen,
      name: durationMetric,
      metric: durationMetric,
      type: 'histogram',
      unit: 'seconds',
      help: 'How long these spans took, as a native histogram, counted before any sampling',
      series: groups,
    },
  ];
}

function minutesOf({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }): TimeWindow {
  return { fromMs: Math.floor(startMs / minuteMs) * minuteMs, toMs: endMs + 1 };
}

async function spanGroups(reader: Reader, window: TimeWindow): Promise<readonly Group[]> {
  const rows = compactRows(
    await reader.read({
      sql: `SELECT toString(${groupId}), ${groupColumns}
FROM red_minutes
WHERE workspace = {workspace:String} AND ${inWindow('minute')}
GROUP BY ${groupColumns}
LIMIT ${maxGroups + 1}`,
      params: windowParams(window),
    }),
  );
  if (rows.length > maxGroups) {
    throw new QueryError(
      'execution',
      `spans of this time have more than ${maxGroups} different operations and tenants: ask for a shorter time`,
    );
  }
  return rows.map(row => {
    const [id, service, operation, kind, peer, environment, version, tenantId] = groupRow.parse(row);
    return { id, service, operation, kind, peer, environment, version, tenantId };
  });
}

type Status = 'STATUS_CODE_UNSET' | 'STATUS_CODE_ERROR';

function groupLabels(group: Group, metric: string, status: Status | undefined): Labels {
  return labelsOf([
    ['__name__', metric],
    ['service_name', group.service],
    ['span_name', group.operation],
    ['span_kind', kinds[group.kind] ?? ''],
    ['peer', group.peer],
    ['deployment_environment_name', group.environment],
    ['service_version', group.version],
    ['tenant_id', group.tenantId],
    ['status_code', status ?? ''],
  ]);
}

function seriesLabels(group: Group, metrics: readonly string[]): readonly Labels[] {
  return metrics.flatMap(metric =>
    metric === durationMetric
      ? [groupLabels(group, metric, undefined)]
      : [groupLabels(group, metric, 'STATUS_CODE_UNSET'), groupLabels(group, metric, 'STATUS_CODE_ERROR')],
  );
}

/** A minute of a group, and the moment up to which it is known. */
interface Minute {
  readonly startMs: number;
  readonly endMs: number;
  readonly calls: number;
  readonly failed: number;
  readonly seconds: number;
  readonly buckets: ReadonlyMap<number, number>;
}

function groupSeries(
  group: Group,
  minutes: readonly Minute[],
  question: SpanMetricsQuestion,
  { isWanted, hold }: { readonly isWanted: (labels: Labels) => boolean; readonly hold: (samples: number) => void },
): readonly RawSeries[] {
  const timesMs = sampleTimes(minutes, sampleSpacingMs(question.rangeMs), question);
  if (timesMs.length === 0) return [];
  const series: RawSeries[] = [];
  const counter = (status: Status, of: (minute: Minute) => number): void => {
    const labels = groupLabels(group, callsMetric, status);
    if (!isWanted(labels) || minutes.every(minute => of(minute) === 0)) return;
    hold(timesMs.length);
    series.push({
      labels,
      timesMs: Float64Array.from(timesMs),
      values: cumulative(minutes, timesMs, of),
      histogramTimesMs: noTimes,
      histograms: [],
    });
  };
  if (question.metrics.includes(callsMetric)) {
    counter('STATUS_CODE_UNSET', minute => minute.calls - minute.failed);
    counter('STATUS_CODE_ERROR', minute => minute.failed);
  }
  const labels = groupLabels(group, durationMetric, undefined);
  if (question.metrics.includes(durationMetric) && isWanted(labels)) {
    series.push({
      labels,
      timesMs: noTimes,
      values: noTimes,
      histogramTimesMs: Float64Array.from(timesMs),
      histograms: cumulativeHistograms(minutes, timesMs, hold),
    });
  }
  return series;
}

const noTimes = new Float64Array(0);

function readMinute(row: unknown, durations: boolean, nowMs: number): readonly [id: string, minute: Minute] {
  const [id, atSeconds, calls, failed, ns, counts = {}] = durations
    ? minuteRowWithBuckets.parse(row)
    : [...minuteRow.parse(row), undefined];
  const startMs = atSeconds * 1000;
  const buckets = new Map<number, number>();
  for (const [bucket, count] of Object.entries(counts)) {
    // The first bucket also holds what is shorter; what is longer than the last bound has the index after it.
    const index = Math.min(Math.max(Number(bucket) - firstBucket, 0), bounds.length);
    buckets.set(index, (buckets.get(index) ?? 0) + count);
  }
  const endMs = Math.min(startMs + minuteMs, Math.max(nowMs, startMs + 1));
  return [id, { startMs, endMs, calls, failed, seconds: ns / 1e9, buckets }];
}

/** A quarter of the range, so that every range holds samples enough. */
function sampleSpacingMs(rangeMs: number | undefined): number {
  const quarter = (rangeMs ?? minuteMs) / 4;
  return quarter >= minuteMs ? minuteMs : quarter >= 30_000 ? 30_000 : 15_000;
}

/** Whole multiples of the spacing while there is traffic and a while after it, from the start of the first minute: there the counters are 0. */
function sampleTimes(
  minutes: readonly Minute[],
  spacingMs: number,
  { startMs, endMs, nowMs }: SpanMetricsQuestion,
): number[] {
  const timesMs: number[] = [];
  const lastMs = Math.min(endMs, nowMs);
  let nextMs = -Infinity;
  for (const minute of minutes) {
    nextMs = Math.max(nextMs, minute.startMs, Math.ceil(startMs / spacingMs) * spacingMs);
    for (; nextMs <= Math.min(minute.startMs + minuteMs + goesOnMs, lastMs); nextMs += spacingMs) timesMs.push(nextMs);
  }
  return timesMs;
}

/** The counter at each time: all minutes before it, and the part of its own minute that has passed. */
function cumulative(
  minutes: readonly Minute[],
  timesMs: readonly number[],
  of: (minute: Minute) => number,
): Float64Array {
  const values = new Float64Array(timesMs.length);
  let passed = 0;
  let at = 0;
  for (let i = 0; i < timesMs.length; i++) {
    const timeMs = timesMs[i]!;
    for (; at < minutes.length && minutes[at]!.endMs <= timeMs; at++) passed += of(minutes[at]!);
    const minute = minutes[at];
    values[i] = passed + (minute === undefined ? 0 : of(minute) * passedPart(minute, timeMs));
  }
  return values;
}

function passedPart(minute: Minute, timeMs: number): number {
  return Math.max(timeMs - minute.startMs, 0) / (minute.endMs - minute.startMs);
}

function cumulativeHistograms(
  minutes: readonly Minute[],
  timesMs: readonly number[],
  hold: (samples: number) => void,
): readonly FloatHistogram[] {
  // All samples share the indexes of the buckets that are ever used: two of them need no matching.
  const indexes = Int32Array.from(new Set(minutes.flatMap(minute => [...minute.buckets.keys()]))).sort();
  hold(timesMs.length * (indexes.length + 1));
  const placeOf = new Map([...indexes].map((index, place) => [index, place]));
  const passed = new Float64Array(indexes.length);
  let count = 0;
  let sum = 0;
  let at = 0;
  return timesMs.map(timeMs => {
    for (; at < minutes.length && minutes[at]!.endMs <= timeMs; at++) {
      const minute = minutes[at]!;
      count += minute.calls;
      sum += minute.seconds;
      for (const [index, n] of minute.buckets) passed[placeOf.get(index)!]! += n;
    }
    const minute = minutes[at];
    const part = minute === undefined ? 0 : passedPart(minute, timeMs);
    if (minute === undefined || part === 0) return histogram({ indexes, counts: passed.slice() }, count, sum);
    const counts = passed.slice();
    for (const [index, n] of minute.buckets) counts[placeOf.get(index)!]! += n * part;
    return histogram({ indexes, counts }, count + minute.calls * part, sum + minute.seconds * part);
  });
}

function histogram(positive: Buckets, count: number, sum: number): FloatHistogram {
  return {
    counterResetHint: 'unknown',
    schema: customSchema,
    zeroThreshold: 0,
    zeroCount: 0,
    count,
    sum,
    positive,
    negative: noBuckets,
    customValues: bounds,
  };
}

import type { Question } from '../promql/question.js';

/** Parameters of a request to the Prometheus API: of its address and of its form, which may repeat. */
export class PrometheusParameters {
  readonly #all: URLSearchParams;

  constructor(address: URLSearchParams, form: URLSearchParams | undefined) {
    // Those of the form come first, as in Go.
    this.#all = form === undefined ? address : new URLSearchParams([...form, ...address]);
  }

  text(name: string): string {
    return this.#all.get(name) ?? '';
  }

  texts(name: string): readonly string[] {
    return this.#all.getAll(name);
  }

  /** Milliseconds since 1970. */
  time(name: string, otherwiseMs: number | undefined): number {
    const text = this.text(name);
    const ms = text === '' && otherwiseMs !== undefined ? otherwiseMs : readTimeMs(text);
    if (ms === undefined) throw new BadParameter(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
    return ms;
  }

  durationMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    const ms = readDurationMs(text);
    if (ms === undefined) throw new BadParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration`);
    return ms;
  }

  /** A whole number that is not negative; 0 when it is not given. */
  count(name: string, otherwise = 0): number {
    const text = this.text(name);
    if (text === '') return otherwise;
    if (/^-\d+$/.test(text)) throw new BadParameter(name, `${name} must be non-negative`);
    if (!/^\+?\d{1,15}$/.test(text)) throw new BadParameter(name, `${JSON.stringify(text)} is not a whole number`);
    return Number(text);
  }
}

/** A parameter that can not be read: 400 with Prometheus' words. */
export class BadParameter extends Error {
  override readonly name = 'BadParameter';
  constructor(parameter: string, what: string) {
    super(parameter === '' ? what : `invalid parameter "${parameter}": ${what}`);
  }
}

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** The first and last time that Go's API can name, which Prometheus' clients send for "always", as times that are exact here. */
const always: ReadonlyMap<string, number> = new Map([
  ['-292273086-05-16T16:47:06Z', -9_000_000_000_000_000],
  ['292277025-08-18T07:12:54.999999999Z', 9_000_000_000_000_000],
]);

/** Seconds since 1970 or RFC 3339, as milliseconds. */
export function readTimeMs(text: string): number | undefined {
  if (decimal.test(text)) {
    const seconds = Number(text);
    // Farther times than a Date has would lose their milliseconds anyway.
    return Number.isFinite(seconds) && Math.abs(seconds) < 9e12 ? Math.round(seconds * 1000) : undefined;
  }
  const ms = rfc3339.test(text) ? Date.parse(text) : always.get(text);
  return ms === undefined || Number.isNaN(ms) ? undefined : Math.trunc(ms);
}

const unitsMs: readonly (readonly [unit: string, ms: number])[] = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];
const duration = new RegExp(`^${unitsMs.map(([unit]) => `(?:(\\d{1,15})${unit})?`).join('')}$`);

/** Seconds, or a duration of Prometheus (`1h30m`), as milliseconds. */
export function readDurationMs(text: string): number | undefined {
  if (decimal.test(text)) {
    const seconds = Number(text);
    return Math.abs(seconds) < 9e12 ? Math.round(seconds * 1000) : undefined;
  }
  const found = text === '' ? null : duration.exec(text);
  if (found === null) return undefined;
  return unitsMs.reduce((sum, [, ms], at) => sum + Number(found[at + 1] ?? 0) * ms, 0);
}

const minTimeMs = always.get('-292273086-05-16T16:47:06Z') ?? 0;
const maxTimeMs = always.get('292277025-08-18T07:12:54.999999999Z') ?? 0;

/** More points a series has in no answer. */
const maxPoints = 11_000;

interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

/** Without times: whatever there is. */
function rangeOf(parameters: PrometheusParameters): Range {
  const range = { startMs: parameters.time('start', minTimeMs), endMs: parameters.time('end', maxTimeMs) };
  return orderly(range);
}

function orderly<T extends Range>(range: T): T {
  if (range.endMs < range.startMs) throw new BadParameter('end', 'end timestamp must not be before start time');
  return range;
}

function evaluated(parameters: PrometheusParameters): {
  readonly query: string;
  readonly lookbackMs: number | undefined;
  readonly limit: number;
  readonly withStats: boolean;
} {
  const lookbackMs = parameters.durationMs('lookback_delta');
  if (lookbackMs !== undefined && lookbackMs <= 0) throw new BadParameter('lookback_delta', 'it must be positive');
  return {
    query: parameters.text('query'),
    lookbackMs,
    limit: parameters.count('limit'),
    withStats: parameters.text('stats') !== '',
  };
}

function stepped(parameters: PrometheusParameters): Range & { readonly stepMs: number } {
  const range = orderly({ startMs: parameters.time('start', undefined), endMs: parameters.time('end', undefined) });
  const stepMs = parameters.durationMs('step');
  if (stepMs === undefined) throw new BadParameter('step', 'cannot parse "" to a valid duration');
  if (stepMs <= 0) {
    throw new BadParameter(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  if ((range.endMs - range.startMs) / stepMs > maxPoints) {
    throw new BadParameter(
      '',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { ...range, stepMs };
}

/** What requests mean, by kind. `nowMs` is the time of a query that names none. */
export const readQuestion = {
  instant: (parameters: PrometheusParameters, nowMs: number): Question => ({
    kind: 'instant',
    timeMs: parameters.time('time', nowMs),
    ...evaluated(parameters),
  }),
  range: (parameters: PrometheusParameters): Question => ({
    kind: 'range',
    ...stepped(parameters),
    ...evaluated(parameters),
  }),
  /** With `start`, `end` and `step` as a range, with `time` (or nothing) at one moment. */
  explain(parameters: PrometheusParameters, nowMs: number): Question {
    const timeMs = parameters.time('time', nowMs);
    const range = parameters.text('step') === '' ? { startMs: timeMs, endMs: timeMs, stepMs: 0 } : stepped(parameters);
    return { kind: 'explain', ...range, ...evaluated(parameters) };
  },
  exemplars: (parameters: PrometheusParameters): Question => ({
    kind: 'exemplars',
    query: parameters.text('query'),
    ...rangeOf(parameters),
  }),
  series(parameters: PrometheusParameters): Question {
    const match = parameters.texts('match[]');
    if (match.length === 0) throw new BadParameter('', 'no match[] parameter provided');
    return { kind: 'series', match, limit: parameters.count('limit'), ...rangeOf(parameters) };
  },
  labels: (parameters: PrometheusParameters): Question => ({
    kind: 'labels',
    match: parameters.texts('match[]'),
    limit: parameters.count('limit'),
    ...rangeOf(parameters),
  }),
  labelValues: (parameters: PrometheusParameters, label: string): Question => ({
    kind: 'labelValues',
    label,
    match: parameters.texts('match[]'),
    limit: parameters.count('limit'),
    ...rangeOf(parameters),
  }),
  metadata: (parameters: PrometheusParameters): Question => ({
    kind: 'metadata',
    metric: parameters.text('metric'),
    limit: parameters.count('limit'),
    limitPerMetric: parameters.count('limit_per_metric'),
  }),
  cardinality(parameters: PrometheusParameters): Question {
    const limit = parameters.count('limit', 10);
    if (limit < 1 || limit > 10_000) throw new BadParameter('limit', 'it must be from 1 to 10000');
    return { kind: 'cardinality', limit };
  },
  metrics: (parameters: PrometheusParameters): Question => ({
    kind: 'metrics',
    search: parameters.text('search'),
    limit: Math.min(parameters.count('limit', 10_000), 100_000),
  }),
  format: (parameters: PrometheusParameters): Question => ({ kind: 'format', query: parameters.text('query') }),
  parse: (parameters: PrometheusParameters): Question => ({ kind: 'parse', query: parameters.text('query') }),
};

import { ApiFailure } from './api-client.js';

/** The labels of one series; the name of its metric, when it has one, is `__name__`. */
export type Labels = { readonly [label: string]: string };

/** Bounds and count of one bucket of a native histogram, as text of numbers; `boundary` says which bound belongs to it. */
export type HistogramSample = {
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly (readonly [boundary: number, low: string, high: string, count: string])[];
};

/** One series of an answer; times are milliseconds since 1970. A scalar is a series without labels. */
export type AnswerSeries = {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
  readonly histograms: readonly { readonly timeMs: number; readonly histogram: HistogramSample }[];
};

export type QueryResult = {
  readonly type: 'matrix' | 'vector' | 'scalar' | 'string';
  readonly series: readonly AnswerSeries[];
  /** Of a query that gives a string. */
  readonly text: string | undefined;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
};

/** One exemplar: a sample that names the trace it came from. */
export type Exemplar = {
  readonly seriesLabels: Labels;
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
};

export type MetricMetadata = { readonly type: string; readonly help: string; readonly unit: string };

export type RangeQuery = {
  readonly expr: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
};

type Params = { readonly [key: string]: string | number | readonly string[] | undefined };

const root = '/api/v1';
/** Beyond this the address would get too long for some proxies: the question goes into the body. */
const longestAddress = 2000;

/** Evaluates at steps of the range: a matrix. */
export async function queryRange(
  { expr, fromMs, toMs, stepMs }: RangeQuery,
  signal: AbortSignal,
): Promise<QueryResult> {
  const params = { query: expr, start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) };
  return readResult(await ask('/query_range', params, signal, expr));
}

/** Evaluates at one moment. */
export async function queryInstant(expr: string, atMs: number, signal: AbortSignal): Promise<QueryResult> {
  return readResult(await ask('/query', { query: expr, time: seconds(atMs) }, signal, expr));
}

/** The exemplars of the series that the expression selects. */
export async function queryExemplars(
  { expr, fromMs, toMs }: Omit<RangeQuery, 'stepMs'>,
  signal: AbortSignal,
): Promise<readonly Exemplar[]> {
  const { data } = await ask('/query_exemplars', { query: expr, start: seconds(fromMs), end: seconds(toMs) }, signal);
  return list(data).flatMap(one => {
    const { seriesLabels, exemplars } = record(one);
    return list(exemplars).map((exemplar): Exemplar => {
      const { labels, timestamp, value } = record(exemplar);
      return {
        seriesLabels: readLabels(seriesLabels),
        labels: readLabels(labels),
        timeMs: Math.round(Number(timestamp) * 1000),
        value: readNumber(value),
      };
    });
  });
}

export type LabelQuery = {
  readonly fromMs: number;
  readonly toMs: number;
  /** Only series that one of these selects. */
  readonly match?: readonly string[];
  readonly limit?: number;
};

function labelParams({ fromMs, toMs, match, limit }: LabelQuery): Params {
  return { start: seconds(fromMs), end: seconds(toMs), 'match[]': match, limit };
}

export async function fetchLabelNames(query: LabelQuery, signal: AbortSignal): Promise<readonly string[]> {
  return strings((await ask('/labels', labelParams(query), signal)).data);
}

/** The values of a label; `__name__` gives the names of the metrics. */
export async function fetchLabelValues(
  label: string,
  query: LabelQuery,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return strings((await ask(`/label/${encodeURIComponent(label)}/values`, labelParams(query), signal)).data);
}

export async function fetchSeries(query: LabelQuery, signal: AbortSignal): Promise<readonly Labels[]> {
  return list((await ask('/series', labelParams(query), signal)).data).map(readLabels);
}

/** Type, unit and help by metric. Where senders disagree the first one counts. */
export async function fetchMetadata(signal: AbortSignal): Promise<ReadonlyMap<string, MetricMetadata>> {
  const { data } = await ask('/metadata', { limit_per_metric: 1 }, signal);
  const found = new Map<string, MetricMetadata>();
  for (const [metric, senders] of Object.entries(record(data))) {
    const { type, help, unit } = record(list(senders)[0]);
    found.set(metric, { type: text(type), help: text(help), unit: text(unit) });
  }
  return found;
}

type Answer = { readonly data: unknown; readonly warnings: readonly string[]; readonly infos: readonly string[] };

/** GET, or POST as a form where the address would get too long. `expr` is where an error's place is looked up. */
async function ask(path: string, params: Params, signal: AbortSignal, expr?: string): Promise<Answer> {
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'object' ? value : [value]) form.append(key, String(one));
  }
  const query = form.toString();
  const isLong = query.length > longestAddress;
  let response: Response;
  try {
    response = isLong
      ? await fetch(root + path, { method: 'POST', body: form, signal })
      : await fetch(query === '' ? root + path : `${root}${path}?${query}`, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiFailure(0, {
      code: 'unreachable',
      message: 'Bellwether does not answer. Is it still running?',
      requestId: '',
    });
  }
  const body: unknown = await response.json().catch(() => undefined);
  const { status, data, error, errorType, warnings, infos } = record(body);
  if (response.ok && status === 'success') return { data, warnings: strings(warnings), infos: strings(infos) };
  const said = typeof error === 'string' ? error : text(record(error)['message']);
  const place = expr === undefined ? undefined : errorPlace(said, expr);
  throw new ApiFailure(response.status, {
    code: typeof errorType === 'string' ? errorType : 'internal',
    message: said === '' ? notAnswered(response.status) : said,
    requestId: response.headers.get('x-request-id') ?? '',
    ...(place !== undefined && { position: place }),
  });
}

function notAnswered(status: number): string {
  return status >= 502 && status <= 504
    ? 'Bellwether is starting or restarting. Try again in a moment.'
    : `The server answered ${status} without saying why.`;
}

/**
 * Where `2:5: parse error: ...` points to in the expression: from there to the end of the word.
 * Undefined when the message names no place.
 */
export function errorPlace(message: string, expr: string): { readonly from: number; readonly to: number } | undefined {
  const found = /(?:^|[ "(])(\d{1,6}):(\d{1,6}): parse error/.exec(message);
  if (found === null) return undefined;
  const lines = expr.split('\n').slice(0, Number(found[1]) - 1);
  const before = lines.reduce((sum, line) => sum + line.length + 1, 0);
  const from = Math.min(before + Math.max(Number(found[2]) - 1, 0), expr.length);
  const word = /^[\w.:]+/.exec(expr.slice(from))?.[0].length ?? 1;
  return { from, to: Math.min(from + word, expr.length) };
}

function readResult({ data, warnings, infos }: Answer): QueryResult {
  const { resultType, result } = record(data);
  switch (resultType) {
    case 'matrix':
    case 'vector':
      return { type: resultType, series: list(result).map(readSeries), text: undefined, warnings, infos };
    case 'scalar':
      return { type: 'scalar', series: [readSeries({ metric: {}, value: result })], text: undefined, warnings, infos };
    case 'string':
      return { type: 'string', series: [], text: text(list(result)[1]), warnings, infos };
    default:
      throw new Error(`the answer has a result of the unknown kind "${String(resultType)}"`);
  }
}

function readSeries(raw: unknown): AnswerSeries {
  const { metric, values, value, histograms, histogram } = record(raw);
  const points = value === undefined ? list(values) : [value];
  const wide = histogram === undefined ? list(histograms) : [histogram];
  return {
    labels: readLabels(metric),
    timesMs: points.map(timeOf),
    values: points.map(point => readNumber(list(point)[1])),
    histograms: wide.map(point => ({ timeMs: timeOf(point), histogram: readHistogram(list(point)[1]) })),
  };
}

function timeOf(point: unknown): number {
  return Math.round(Number(list(point)[0]) * 1000);
}

function readHistogram(raw: unknown): HistogramSample {
  const { count, sum, buckets } = record(raw);
  return {
    count: readNumber(count),
    sum: readNumber(sum),
    buckets: list(buckets).map(bucket => {
      const [boundary, low, high, inside] = list(bucket);
      return [Number(boundary), text(low), text(high), text(inside)];
    }),
  };
}

/** `+Inf` is no number to JavaScript. */
function readNumber(raw: unknown): number {
  if (raw === '+Inf') return Infinity;
  return raw === '-Inf' ? -Infinity : Number(raw);
}

function readLabels(raw: unknown): Labels {
  const labels: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(record(raw))) labels[name] = text(value);
  return labels;
}

function seconds(ms: number): string {
  return String(Math.round(ms) / 1000);
}

// The answers come from our own server; what is not as expected reads as empty rather than failing the whole page.
function record(raw: unknown): { readonly [key: string]: unknown } {
  return typeof raw === 'object' && raw !== null ? { ...raw } : {};
}

function list(raw: unknown): readonly unknown[] {
  return Array.isArray(raw) ? raw : [];
}

function text(raw: unknown): string {
  return typeof raw === 'string' ? raw : '';
}

function strings(raw: unknown): readonly string[] {
  return list(raw).filter(one => typeof one === 'string');
}

import { z } from 'zod';
import { compareLabels } from '../value/labels.js';
import type { Answer, AnswerSeries, Held, Target } from './target.test-support.js';
import type { TestSeries } from './test-series.test-support.js';
import { writeRequest } from './write-request.test-support.js';

const histogram = z.object({
  count: z.string(),
  sum: z.string(),
  buckets: z
    .array(
      z.tuple([z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]), z.string(), z.string(), z.string()]),
    )
    .optional(),
});
const floatPoint = z.tuple([z.number(), z.string()]);
const histogramPoint = z.tuple([z.number(), histogram]);
const metric = z.record(z.string(), z.string());
const data = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: floatPoint }),
  z.object({ resultType: z.literal('string'), result: floatPoint }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric, value: floatPoint.optional(), histogram: histogramPoint.optional() })),
  }),
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({ metric, values: z.array(floatPoint).optional(), histograms: z.array(histogramPoint).optional() }),
    ),
  }),
]);
const texts = z.array(z.string()).optional();
const body = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data, warnings: texts, infos: texts }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));

function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

function seriesOf(
  labels: Readonly<Record<string, string>>,
  floats: readonly (readonly [number, string])[],
  histograms: readonly (readonly [number, z.output<typeof histogram>])[],
): AnswerSeries {
  const points: [number, Held][] = floats.map(([seconds, text]) => [Math.round(seconds * 1000), numberOf(text)]);
  for (const [seconds, { count, sum, buckets }] of histograms) {
    points.push([Math.round(seconds * 1000), buckets === undefined ? { count, sum } : { count, sum, buckets }]);
  }
  return { key: keyOf(labels), points: points.sort(([a], [b]) => a - b) };
}

function answerOf(parsed: z.output<typeof body>): Answer {
  if (parsed.status === 'error') return { status: 'error', kind: parsed.errorType, message: parsed.error };
  const said = [...(parsed.warnings ?? []), ...(parsed.infos ?? [])];
  const { data } = parsed;
  const answered = { status: 'success', type: data.resultType, said } as const;
  switch (data.resultType) {
    case 'scalar':
      return { ...answered, series: [seriesOf({}, [data.result], [])] };
    case 'string':
      return { ...answered, series: [], text: data.result[1] };
    case 'vector':
      return {
        ...answered,
        series: data.result.map(one =>
          seriesOf(one.metric, one.value ? [one.value] : [], one.histogram ? [one.histogram] : []),
        ),
      };
    case 'matrix':
      return {
        ...answered,
        series: data.result.map(one => seriesOf(one.metric, one.values ?? [], one.histograms ?? [])),
      };
  }
}

/** How much time a request may hold: a database refuses what is too old beside what it has, and a series holds one kind of sample at a time. */
const phaseMs = 30 * 60_000;

/** The series cut in pieces to be written one after the other, each with points of one kind. */
export function phasesOf(series: readonly TestSeries[]): readonly (readonly TestSeries[])[] {
  const phases = new Map<number, TestSeries[]>();
  for (const { labels, points } of series) {
    let run = 0;
    let before: string | undefined;
    let slot: number | undefined;
    let piece: (typeof points)[number][] = [];
    for (const point of points) {
      const kind = typeof point[1] === 'object' ? 'histogram' : 'float';
      const here = Math.floor(point[0] / phaseMs);
      if (slot !== here || kind !== before) {
        run = slot === here ? run + 1 : 0;
        piece = [];
        const phase = here * 1000 + run;
        const all = phases.get(phase);
        if (all === undefined) phases.set(phase, [{ labels, points: piece }]);
        else all.push({ labels, points: piece });
      }
      slot = here;
      before = kind;
      piece.push(point);
    }
  }
  return [...phases].sort(([a], [b]) => a - b).map(([, pieces]) => pieces);
}

interface Endpoints {
  /** Where `/api/v1/query` is. */
  readonly api: string;
  /** The whole URL of remote write. */
  readonly write: string;
  /** Resolves when what was written can be queried. */
  flush?(): Promise<void>;
  stop(): Promise<void>;
}

/** Anything that speaks Prometheus' HTTP API. */
export function httpTarget({ api, write, flush, stop }: Endpoints): Target {
  async function ask(path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    const response = await fetch(`${api}${path}`, { method: 'POST', body: new URLSearchParams(form) });
    return answerOf(body.parse(await response.json()));
  }
  return {
    async write(series) {
      const headers = {
        'content-encoding': 'snappy',
        'content-type': 'application/x-protobuf',
        'x-prometheus-remote-write-version': '0.1.0',
      };
      // By their labels: a Prometheus keeps series in the order in which it met them, and limitk and errors show it.
      const sorted = series.toSorted((a, b) => compareLabels(a.labels, b.labels));
      for (const phase of phasesOf(sorted)) {
        for (let at = 0; at < phase.length; at += 2000) {
          const request = writeRequest(phase.slice(at, at + 2000));
          const response = await fetch(write, {
            method: 'POST',
            headers,
            body: new Uint8Array(request),
          });
          const said = await response.text();
          if (!response.ok) throw new Error(`${write} refused series with ${response.status}: ${said}`);
        }
      }
      await flush?.();
    },
    query: (expr, timeMs) => ask('/api/v1/query', { query: expr, time: String(timeMs / 1000) }),
    queryRange: (expr, { startMs, endMs, stepMs }) =>
      ask('/api/v1/query_range', {
        query: expr,
        start: String(startMs / 1000),
        end: String(endMs / 1000),
        step: String(stepMs / 1000),
      }),
    stop,
  };
}

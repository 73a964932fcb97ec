import { evaluate } from '../evaluate/evaluate.js';
import { instantSteps, rangeSteps } from '../evaluate/grid.js';
import type { EvaluateOptions } from '../evaluate/options.js';
import type { QueryResult } from '../evaluate/result.js';
import { histogramJson } from '../histogram/json.js';
import { MemorySource } from '../memory-source.js';
import { ParseError } from '../parse/parse-error.js';
import { parseExpr } from '../parse/parse-expr.js';
import { annotationText } from '../value/annotations.js';
import type { SelectRequest, Source } from '../source.js';
import { compareLabels, labelsRecord, labelValue, metricName, type Labels } from '../value/labels.js';
import { matches } from '../value/matcher.js';
import { QueryError } from '../value/query-error.js';
import type { RawSeries, Steps } from '../value/series.js';
import type { Answer, AnswerSeries, Held, Target } from './target.test-support.js';
import type { TestSeries } from './test-series.test-support.js';

const keyOf = (labels: Labels): string => JSON.stringify(labelsRecord(labels));

function matrixSeries({ labels, timesMs, values, histogramTimesMs, histograms }: RawSeries): AnswerSeries {
  const points: [number, Held][] = Array.from(values, (value, at) => [timesMs[at]!, value]);
  for (const [at, one] of histograms.entries()) points.push([histogramTimesMs[at]!, histogramJson(one)]);
  return { key: keyOf(labels), points: points.sort(([a], [b]) => a - b) };
}

function answerOf({ value, annotations }: QueryResult, expr: string): Answer {
  const said = annotations.map(annotation => annotationText(annotation, expr));
  const answered = { status: 'success', type: value.type, said } as const;
  switch (value.type) {
    case 'scalar':
      return { ...answered, series: [{ key: '{}', points: [[value.timeMs, value.value]] }] };
    case 'string':
      return { ...answered, series: [], text: value.value };
    case 'vector':
      return {
        ...answered,
        series: value.samples.map(({ labels, value: held }) => ({
          key: keyOf(labels),
          points: [[value.timeMs, typeof held === 'number' ? held : histogramJson(held)]],
        })),
      };
    case 'matrix':
      return { ...answered, series: value.series.map(matrixSeries) };
  }
}

/** Samples in memory, each metric apart, so that thousands of them do not slow each other down. */
class MetricSources implements Source {
  readonly #byName = new Map<string, MemorySource>();

  write({ labels, points }: TestSeries): void {
    const name = labelValue(labels, metricName);
    let source = this.#byName.get(name);
    if (source === undefined) this.#byName.set(name, (source = new MemorySource()));
    for (const [timeMs, point] of points) source.append(labels, timeMs, point);
  }

  async select(request: SelectRequest): Promise<readonly RawSeries[]> {
    const named = request.matchers.filter(({ name }) => name === metricName);
    const sources = [...this.#byName].filter(([name]) => named.every(matcher => matches(matcher, name)));
    const found = await Promise.all(sources.map(([, source]) => source.select(request)));
    return found.flat().sort((a, b) => compareLabels(a.labels, b.labels));
  }
}

/** Our engine over samples in memory. */
export function engineTarget(options: EvaluateOptions = {}): Target {
  const source = new MetricSources();
  async function run(expr: string, steps: Steps): Promise<Answer> {
    try {
      const parsed = parseExpr(expr, { experimentalFunctions: true, durationExpressions: true });
      return answerOf(await evaluate({ expr: parsed, steps }, source, options, new AbortController().signal), expr);
    } catch (error) {
      if (!(error instanceof ParseError || error instanceof QueryError)) throw error;
      const kind = error instanceof QueryError ? error.kind : 'bad_data';
      // As the HTTP API puts it.
      const message = kind === 'bad_data' ? `invalid parameter "query": ${error.message}` : error.message;
      return { status: 'error', kind, message };
    }
  }
  return {
    write(series) {
      for (const one of series) source.write(one);
      return Promise.resolve();
    },
    query: (expr, timeMs) => run(expr, instantSteps(timeMs)),
    queryRange: (expr, { startMs, endMs, stepMs }) => run(expr, rangeSteps(startMs, endMs, stepMs)),
    stop: () => Promise.resolve(),
  };
}

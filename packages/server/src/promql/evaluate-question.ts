import {
  type EvaluateOptions,
  type Expr,
  QueryError,
  type QueryResult,
  QueryRun,
  type RawSeries,
  type Steps,
  parseExpr,
} from '@bellwether/promql';
import { bareAnswer, queryAnswer, said } from './answer-text.js';
import type { Answer, Question, QuestionLimits } from './question.js';
import type { Reader } from './reader.js';
import type { SeriesIndex } from './series-index.js';
import { type SelectReport, StoreSource, tooManySamples } from './store-source.js';

type Asked = Extract<Question, { kind: 'instant' | 'range' | 'explain' }>;

/** As in Prometheus: no chart has more points. */
const maxSteps = 11_000;

/** What the store sends for a sample: series, time and value. A histogram takes more, in memory too. */
const sampleBytes = 24;

/** The features that say how a query may be written. */
export function parsed(query: string, { features }: Pick<QuestionLimits, 'features'>): Expr {
  return parseExpr(query, {
    experimentalFunctions: features.includes('promql-experimental-functions'),
    durationExpressions: features.includes('promql-duration-expr'),
  });
}

function stepsOf(question: Asked): Steps {
  if (question.kind === 'instant') return { startMs: question.timeMs, stepMs: 0, count: 1 };
  const { startMs, endMs, stepMs } = question;
  if (stepMs === 0) return { startMs: endMs, stepMs: 0, count: 1 };
  if (endMs < startMs) {
    throw new QueryError('bad_data', 'invalid parameter "end": end timestamp must not be before start time');
  }
  if ((endMs - startMs) / stepMs > maxSteps) {
    throw new QueryError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { startMs, stepMs, count: Math.floor((endMs - startMs) / stepMs) + 1, endMs };
}

/** What a query took, by part. */
interface Timings {
  readonly parseMs: number;
  readonly fetchMs: number;
  readonly evaluateMs: number;
  readonly startedMs: number;
}

/** Evaluates a query over the store. */
export async function evaluateQuestion(
  question: Asked,
  reader: Reader,
  index: SeriesIndex,
  limits: QuestionLimits,
): Promise<Answer> {
  const startedMs = performance.now();
  const expr = parsed(question.query, limits);
  const steps = stepsOf(question);
  const options: EvaluateOptions = {
    ...(question.lookbackMs !== undefined && { lookbackMs: question.lookbackMs }),
    prometheus2: limits.features.includes('prometheus-2'),
    delayedNameRemoval: limits.features.includes('promql-delayed-name-removal'),
    typeAndUnitLabels: limits.features.includes('type-and-unit-labels'),
    maxSamples: limits.maxSamples,
    deadlineMs: limits.deadlineMs,
  };
  const run = new QueryRun(expr, steps, options);
  const parsedMs = performance.now();
  let fetchedBytes = 0;
  let evaluateMs = 0;
  const give = (request: number, part: readonly RawSeries[]): void => {
    const givenMs = performance.now();
    run.give(request, part);
    evaluateMs += performance.now() - givenMs;
  };
  const counting: Reader = {
    ...reader,
    async read(statement) {
      const bytes = await reader.read(statement);
      fetchedBytes += bytes.length;
      return bytes;
    },
    readBlocks: (statement, onBlock) =>
      reader.readBlocks(statement, bytes => {
        fetchedBytes += bytes.length;
        // All selectors together, while they come: what one may read is limited by the store, how many there are is not.
        if ((heldBytes += bytes.length) > limits.maxSamples * sampleBytes) throw tooManySamples();
        onBlock(bytes);
      }),
  };
  let heldBytes = 0;
  const source = new StoreSource(counting, index, limits.maxSeries, limits.maxSamples);
  const inParts: number[] = [];
  await Promise.all(
    run.requests.map(async (request, at) => {
      if (run.forgets(at) && (await source.needsParts(request))) inParts.push(at);
      else give(at, await source.select(request));
    }),
  );
  // One after the other, so that one part is held at a time.
  for (const at of inParts) {
    const before = heldBytes;
    await source.selectInParts(run.requests[at]!, part => {
      give(at, part);
      heldBytes = before;
    });
  }
  const fetchedMs = performance.now();
  const result = run.finish();
  const timings = {
    startedMs,
    parseMs: parsedMs - startedMs,
    fetchMs: fetchedMs - parsedMs - evaluateMs,
    evaluateMs: performance.now() - fetchedMs + evaluateMs,
  };
  if (question.kind === 'explain')
    return explained(question.query, result, source.reports, { ...timings, fetchedBytes });
  return queryAnswer(
    question.query,
    result,
    question.limit,
    question.withStats ? JSON.stringify(statistics(result, timings)) : '',
  );
}

/** As Prometheus' `stats=all` names them. */
function statistics({ stats }: QueryResult, { parseMs, fetchMs, evaluateMs, startedMs }: Timings): object {
  return {
    timings: {
      evalTotalTime: (performance.now() - startedMs) / 1000,
      resultSortTime: 0,
      queryPreparationTime: (parseMs + fetchMs) / 1000,
      innerEvalTime: evaluateMs / 1000,
      execQueueTime: 0,
      execTotalTime: (performance.now() - startedMs) / 1000,
    },
    samples: { totalQueryableSamples: stats.samples, peakSamples: stats.peakSamples },
  };
}

/** What each selector fetched, and what the query took: for "explain this query". */
function explained(
  query: string,
  { value, stats, annotations }: QueryResult,
  reports: readonly SelectReport[],
  { parseMs, fetchMs, evaluateMs, startedMs, fetchedBytes }: Timings & { readonly fetchedBytes: number },
): Answer {
  const series = value.type === 'matrix' ? value.series.length : value.type === 'vector' ? value.samples.length : 1;
  return bareAnswer({
    selectors: reports,
    result: { type: value.type, series },
    series: stats.series,
    samples: stats.samples,
    peakSamples: stats.peakSamples,
    parseMs,
    fetchMs,
    evaluateMs,
    totalMs: performance.now() - startedMs,
    fetchedBytes,
    ...said(annotations, query),
  });
}

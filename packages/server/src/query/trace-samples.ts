import type { TraceSample, TraceSamplesAnswer } from '@bellwether/model';
import { type Asker, ask } from './asker.js';
import { searchFilter } from './compile-search.js';
import { chooseSteps, inWindow, windowParams } from './time-window.js';
import type { SearchQuestion } from './trace-search.js';

/** `steps`: how many steps the slowest are asked for of; 0 for none. `only`: of nothing else. */
export type SamplesQuestion = SearchQuestion & { readonly steps: number; readonly only: 'steps' | undefined };

type SampleRow = readonly [
  traceId: string,
  spanId: string,
  timeMs: string,
  durationMs: number,
  service: string,
  name: string,
  failed: number,
];

const sampleColumns =
  'lower(hex(trace_id)), lower(hex(span_id)), toUnixTimestamp64Milli(ts), duration_ns / 1000000, service, name, status_code = 2';

/** Spans that stand for all that match: a fast, a typical, a slow and a failed one, and the slowest of each step of time. */
export async function traceSamples(asker: Asker, question: SamplesQuestion): Promise<TraceSamplesAnswer> {
  const { condition, params: filterParams } = await searchFilter(asker, question.search, 'spans');
  const { env } = question;
  const steps = chooseSteps(question, Math.max(question.steps, 1));
  const params = {
    ...filterParams,
    ...windowParams(question),
    stepMs: steps.stepMs,
    ...(env !== undefined && { env }),
  };
  const where = `WHERE workspace = {workspace:String} AND ${inWindow()}${env === undefined ? '' : ' AND environment = {env:String}'} AND ${condition}`;
  const [overall, ofSteps] = await Promise.all([
    question.only === 'steps'
      ? undefined
      : ask<{
          n: string;
          fastest: SampleRow;
          typical: SampleRow;
          slowest: SampleRow;
          failures: string;
          failed: SampleRow;
        }>(asker, {
          sql: `WITH (SELECT quantile(0.5)(duration_ns) FROM spans ${where}) AS median
SELECT count() AS n, argMin((${sampleColumns}), (duration_ns, ts)) AS fastest, argMin((${sampleColumns}), (abs(duration_ns - median), ts)) AS typical,
  argMax((${sampleColumns}), (duration_ns, ts)) AS slowest, countIf(status_code = 2) AS failures, argMaxIf((${sampleColumns}), ts, status_code = 2) AS failed
FROM spans
${where}`,
          params,
        }),
    question.steps === 0
      ? []
      : ask<{ slowest: SampleRow }>(asker, {
          sql: `SELECT intDiv(toUnixTimestamp64Milli(ts), {stepMs:Int64}) AS step, argMax((${sampleColumns}), (duration_ns, ts)) AS slowest
FROM spans
${where}
GROUP BY step
ORDER BY step
LIMIT 200`,
          params,
        }),
  ]);
  const slowestOfSteps = ofSteps.map(({ slowest }) => readSample(slowest));
  const [all] = overall ?? [];
  if (all === undefined || Number(all.n) === 0)
    return { fastest: null, typical: null, slowest: null, failed: null, slowestOfSteps };
  return {
    fastest: readSample(all.fastest),
    typical: readSample(all.typical),
    slowest: readSample(all.slowest),
    failed: Number(all.failures) === 0 ? null : readSample(all.failed),
    slowestOfSteps,
  };
}

function readSample([traceId, spanId, timeMs, durationMs, service, name, failed]: SampleRow): TraceSample {
  return { traceId, spanId, timeMs: Number(timeMs), durationMs, service, name, failed: failed === 1 };
}

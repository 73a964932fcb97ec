import { z } from 'zod';
import type { Question } from '../promql/question.js';
import type { WorkerPool } from '../promql/worker-pool.js';
import type { Asker } from '../query/asker.js';
import { type MetricReader, MetricsUnavailable } from '../query/metric-reader.js';

const labels = z.record(z.string(), z.string());
const sample = z.tuple([z.number(), z.string()]);
const answered = z.object({
  data: z.object({
    // Histograms have no number: whoever asks takes their count, sum or quantile.
    result: z.array(z.object({ metric: labels, value: sample.optional(), values: z.array(sample).optional() })),
  }),
});
const failed = z.object({ error: z.string() });

/** Series of an answer at most: a page shows a hundredth of them. */
const maxSeries = 2000;

/** Metrics as the pages' own questions read them: through the threads that answer the Prometheus API. */
export function metricAnswers(pool: WorkerPool): MetricReader {
  const evaluated = { lookbackMs: undefined, limit: maxSeries, withStats: false };
  async function ask(question: Question, asker: Asker): Promise<z.infer<typeof answered>['data']['result']> {
    const { status, body } = await pool.ask(question, asker);
    const text: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
    if (status !== 200) throw new MetricsUnavailable(failed.parse(text).error);
    return answered.parse(text).data.result;
  }
  return {
    async at(asker, query, timeMs) {
      const result = await ask({ ...evaluated, kind: 'instant', query, timeMs }, asker);
      return result.flatMap(({ metric, value }) => {
        const number = finite(value?.[1]);
        return number === null ? [] : [{ labels: new Map(Object.entries(metric)), value: number }];
      });
    },
    async over(asker, query, { stepsMs, stepMs }) {
      const startMs = (stepsMs[0] ?? 0) + stepMs;
      const endMs = (stepsMs.at(-1) ?? 0) + stepMs;
      const result = await ask({ ...evaluated, kind: 'range', query, startMs, endMs, stepMs }, asker);
      return result.map(({ metric, values = [] }) => {
        const at = new Map(values.map(([seconds, text]) => [Math.round(seconds * 1000) - stepMs, finite(text)]));
        return { labels: new Map(Object.entries(metric)), values: stepsMs.map(step => at.get(step) ?? null) };
      });
    },
  };
}

function finite(text: string | undefined): number | null {
  const number = text === undefined ? NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

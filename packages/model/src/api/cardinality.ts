import { z } from 'zod';
import { timeRange } from './time-range.js';

/** GET /api/bw/v1/cardinality?from&to — the metrics with the most series in the range, and which labels make them. */
export const cardinalityQuery = timeRange;

const label = z.object({
  key: z.string(),
  /** How many values it has: about, beyond some ten thousand. */
  values: z.number(),
  /** Up to three of them. */
  examples: z.array(z.string()),
});

export const cardinalityAnswer = z.object({
  /** Of all metrics. */
  series: z.number(),
  /** Most series first, at most 50. */
  metrics: z.array(
    z.object({
      metric: z.string(),
      type: z.string(),
      services: z.array(z.string()),
      series: z.number(),
      /** Most values first, at most 8: the first is what explodes. */
      labels: z.array(label),
    }),
  ),
  /** Metrics that had more series than they may, the latest first. */
  overflows: z.array(
    z.object({
      metric: z.string(),
      limit: z.number(),
      /** Points without a series of their own, since the receiver started. */
      points: z.number(),
      last: z.number(),
    }),
  ),
});

export type CardinalityAnswer = z.infer<typeof cardinalityAnswer>;

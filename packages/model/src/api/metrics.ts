import { z } from 'zod';

/** What one selector of a PromQL query made the store do. */
export const explainedSelector = z.object({
  selector: z.string(),
  /** Stored metrics behind its name. */
  metrics: z.number(),
  /** Series that matched, whether they have samples in the range or not. */
  matched: z.number(),
  series: z.number(),
  samples: z.number(),
  startMs: z.number(),
  endMs: z.number(),
  /** Time to find the series, and to read their samples. */
  findMs: z.number(),
  readMs: z.number(),
});

export const explainAnswer = z.object({
  selectors: z.array(explainedSelector),
  result: z.object({ type: z.enum(['matrix', 'vector', 'scalar', 'string']), series: z.number() }),
  /** Fetched by all selectors. */
  series: z.number(),
  samples: z.number(),
  /** The most samples held at once while it was evaluated. */
  peakSamples: z.number(),
  parseMs: z.number(),
  fetchMs: z.number(),
  evaluateMs: z.number(),
  totalMs: z.number(),
  /** What the samples fetched took in memory. */
  fetchedBytes: z.number(),
  warnings: z.array(z.string()),
  infos: z.array(z.string()),
});
export type ExplainAnswer = z.output<typeof explainAnswer>;

export const metricsAnswer = z.object({
  /** How many match, of which `metrics` are the first. */
  total: z.number(),
  metrics: z.array(
    z.object({
      /** In Prometheus' form. */
      name: z.string(),
      /** As it came. */
      metric: z.string(),
      origin: z.enum(['prometheus', 'otlp', 'spans']),
      type: z.string(),
      unit: z.string(),
      help: z.string(),
      /** About how many; a new day counts a series again for a while. */
      series: z.number(),
      lastSeen: z.number(),
    }),
  ),
});
export type MetricsAnswer = z.output<typeof metricsAnswer>;

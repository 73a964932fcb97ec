import { resolve } from 'node:path';
import type { Config } from '../../config/schema.js';

/** How StatsD is aggregated. */
export interface StatsdOptions {
  /** Path of a unix stream socket to listen on besides the port. */
  readonly socket: string | undefined;
  readonly flushMs: number;
  /** A gauge is sent at every flush until nobody set it for so long. */
  readonly gaugeMs: number;
  /** `+3` and `-3` change a gauge (`delta`), or are its value (`value`, as Datadog's agent has it). */
  readonly signedGauges: 'delta' | 'value';
  /** Series in memory, of all metrics. */
  readonly maxSeries: number;
  readonly maxSeriesPerMetric: number;
}

/** As the configuration has them. */
export function statsdOptions(ingest: Config['ingest']): StatsdOptions {
  return {
    socket: ingest.statsdSocket === undefined ? undefined : resolve(ingest.statsdSocket),
    flushMs: ingest.statsdFlushSeconds * 1000,
    gaugeMs: ingest.statsdGaugeSeconds * 1000,
    signedGauges: ingest.statsdSignedGauges,
    maxSeries: ingest.statsdMaxSeries,
    maxSeriesPerMetric: Math.max(1, Math.trunc(ingest.statsdMaxSeries / 10)),
  };
}

export const defaultStatsdOptions: StatsdOptions = {
  socket: undefined,
  flushMs: 10_000,
  gaugeMs: 300_000,
  signedGauges: 'delta',
  maxSeries: 50_000,
  maxSeriesPerMetric: 5000,
};

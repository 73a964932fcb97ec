import type { Metrics, Point } from '../core/metrics.js';
import type { Signal } from './batch.js';

/**
 * Why something was not delivered: there was no room in memory (`full`), the destination did not want it (`refused`), a single item was too large for it (`too-large`), or the
 * spool had no room for it (`spool-full`), kept it too long (`spool-age`) or gave back other bytes than were written (`corrupt`).
 */
export type LossReason = 'full' | 'refused' | 'too-large' | 'spool-full' | 'spool-age' | 'corrupt';

/** Counts what one destination did not get, as the metric `bellwether.sdk.dropped` and for the report. */
export class Losses {
  readonly total: Record<Signal, number> = { traces: 0, logs: 0, metrics: 0 };
  readonly #points = new Map<string, Point>();
  readonly #metrics: Metrics;
  readonly #destination: string;

  constructor(metrics: Metrics, destination: string) {
    this.#metrics = metrics;
    this.#destination = destination;
  }

  count(signal: Signal, items: number, reason: LossReason): void {
    if (items <= 0) return;
    this.total[signal] += items;
    const key = `${signal} ${reason}`;
    let point = this.#points.get(key);
    if (point === undefined) {
      point = this.#metrics
        .metric({
          name: 'bellwether.sdk.dropped',
          unit: '{item}',
          description: 'Spans, log records and series that did not reach their destination',
          kind: 'counter',
          scope: '@bellwether/node',
        })
        .point({ signal, reason, destination: this.#destination });
      this.#points.set(key, point);
    }
    point.value += items;
  }
}

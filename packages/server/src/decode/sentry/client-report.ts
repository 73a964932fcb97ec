import type { Measurement } from './metric-points.js';
import { isObject, listOf, numberIn, textOf, type JsonObject } from './exact-json.js';
import { timeNs } from './sentry-time.js';

/** Items that an SDK threw away before they could be sent, and why: it says so itself. */
export interface ClientDropped {
  /** Sentry's word for the kind of data: `error`, `transaction`, `span`, `log_item`, ... */
  readonly category: string;
  readonly reason: string;
  readonly quantity: number;
}

const lists = ['discarded_events', 'rate_limited_events', 'filtered_events', 'filtered_sampling_events'];

/** https://develop.sentry.dev/sdk/telemetry/client-reports/ */
export function clientReport(report: JsonObject): readonly ClientDropped[] {
  return lists.flatMap(list =>
    listOf(report, list).flatMap((entry): readonly ClientDropped[] => {
      if (!isObject(entry)) return [];
      const quantity = numberIn(entry, 'quantity') ?? 0;
      if (!Number.isSafeInteger(quantity) || quantity <= 0) return [];
      const category = (textOf(entry, 'category') ?? 'unknown').slice(0, 60);
      return [{ category, reason: (textOf(entry, 'reason') ?? 'unknown').slice(0, 60), quantity }];
    }),
  );
}

/** The same as the counter `sentry.client_report.discarded`. */
export function clientReportCounts(
  report: JsonObject,
  dropped: readonly ClientDropped[],
  resource: Measurement['resource'],
  receivedNs: bigint,
): readonly Measurement[] {
  return dropped.map(({ category, reason, quantity }) => ({
    resource,
    name: 'sentry.client_report.discarded',
    kind: 'counter',
    unit: '{item}',
    attributes: new Map([
      ['sentry.client_report.category', category],
      ['sentry.client_report.reason', reason],
    ]),
    timeNs: timeNs(report.get('timestamp')) ?? receivedNs,
    value: quantity,
  }));
}

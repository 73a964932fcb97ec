import type { CardinalityAnswer, ExplainAnswer, MetricsAnswer } from '@bellwether/model';
import { apiUrl, fetchCardinality, fetchJson } from '../api-client.js';
import type { RangeQuery } from '../prometheus-client.js';
import type { Interval } from '../time-range.js';

/** Every metric, at most as many as a list can hold. */
export function fetchMetrics(limit: number, signal: AbortSignal): Promise<MetricsAnswer> {
  return fetchJson(apiUrl('/metrics', { limit }), { signal });
}

/** What a query fetches and what it takes; it is evaluated for that. */
export function fetchExplain({ expr, fromMs, toMs, stepMs }: RangeQuery, signal: AbortSignal): Promise<ExplainAnswer> {
  const body = new URLSearchParams({
    query: expr,
    start: String(fromMs / 1000),
    end: String(toMs / 1000),
    step: String(stepMs / 1000),
  });
  return fetchJson(apiUrl('/explain'), { method: 'POST', body, signal });
}

/** The metrics with the most series, and their labels. */
export function fetchLargest({ fromMs, toMs }: Interval, signal: AbortSignal): Promise<CardinalityAnswer> {
  return fetchCardinality({ from: fromMs, to: toMs }, signal);
}

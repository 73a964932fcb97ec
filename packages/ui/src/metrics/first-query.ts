import { labelText } from './series-names.js';

/** What is known of a metric before it is queried. */
export type MetricFacts = { readonly name: string; readonly type: string };

/** `up`, or `{"http.server.duration"}` where the name is no identifier. */
export function selectorOf(metric: string): string {
  return /^[a-zA-Z_:][\w:]*$/.test(metric)
    ? metric
    : `{${labelText(metric) === metric ? `"${metric}"` : labelText(metric)}}`;
}

/**
 * The question that a person most likely has about a metric: how fast a counter grows, how slow the slow ones of a
 * histogram are, and of anything else what it is.
 */
export function firstQuery({ name, type }: MetricFacts): string {
  const selector = selectorOf(name);
  if (type === 'histogram' || name.endsWith('_bucket')) {
    return name.endsWith('_bucket')
      ? `histogram_quantile(0.95, sum by (le) (rate(${selector}[5m])))`
      : `histogram_quantile(0.95, sum(rate(${selector}[5m])))`;
  }
  const isCounter =
    type === 'counter' || (type === '' || type === 'unknown' ? /_(total|sum|count)$/.test(name) : false);
  const isPartOfOther = (type === 'summary' || type === 'histogram') && /_(sum|count)$/.test(name);
  return isCounter || isPartOfOther ? `sum(rate(${selector}[5m]))` : selector;
}

import type { Labels } from '../prometheus-client.js';

/** `http_requests_total{job="api"}`: a series as PromQL writes it. A name that is no identifier stands in the braces. */
export function seriesText(labels: Labels): string {
  const { __name__: name = '' } = labels;
  const isPlain = /^[a-zA-Z_:][\w:]*$/.test(name);
  const inner = Object.keys(labels)
    .filter(label => label !== '__name__')
    .toSorted()
    .map(label => `${labelText(label)}=${JSON.stringify(labels[label])}`);
  if (isPlain) return inner.length === 0 ? name : `${name}{${inner.join(', ')}}`;
  return `{${[...(name === '' ? [] : [JSON.stringify(name)]), ...inner].join(', ')}}`;
}

/** A label's name as it stands in a query; since Prometheus 3 any text may be one, in quotes. */
export function labelText(label: string): string {
  return /^[a-zA-Z_]\w*$/.test(label) ? label : JSON.stringify(label);
}

/** `{{service}} {{ code }}` filled with a series' labels; what it does not have is left out. */
export function fillLegend(format: string, labels: Labels): string {
  return format
    .replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, label: string) =>
      Object.hasOwn(labels, label) ? (labels[label] ?? '') : '',
    )
    .trim();
}

/**
 * What tells the series of one query apart: the values of labels that are not the same in all of them.
 * `checkout` rather than `http_requests_total{job="shop", service_name="checkout", ...}`; the table names all labels.
 */
export function shortNames(series: readonly Labels[], whole: string): readonly string[] {
  if (series.length === 1) return [whole];
  const labels = new Set(series.flatMap(one => Object.keys(one)));
  const differing = [...labels].filter(label => new Set(series.map(one => one[label] ?? '')).size > 1).toSorted();
  const order = differing.includes('__name__') ? ['__name__', ...differing.filter(l => l !== '__name__')] : differing;
  return series.map(one => {
    const parts = order.flatMap(label => {
      const value = one[label];
      if (value === undefined || value === '') return [];
      return [label !== '__name__' && saysLittle.test(value) ? `${label} ${value}` : value];
    });
    return parts.length === 0 ? (series.length === 1 ? whole : '(no labels)') : parts.join(', ');
  });
}

/** A number, or a word like `true`, says nothing without what it is about. */
const saysLittle = /^(?:[\d.+-]+|[+-]?Inf|true|false|yes|no|on|off|.)$/;

/** The same names, each only once: what comes again gets a number. */
export function distinct(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map(name => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

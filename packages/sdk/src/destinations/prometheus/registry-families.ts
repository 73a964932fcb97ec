import type { Family, Sample } from './family.js';

/** What we touch of a registry of `prom-client`. */
export interface PrometheusRegistry {
  getMetricsAsJSON(): Promise<readonly unknown[]>;
}

export function isPrometheusRegistry(value: unknown): value is PrometheusRegistry {
  return isObject(value) && typeof value['getMetricsAsJSON'] === 'function';
}

const maxSamples = 100_000;

/** The metrics of an application's own `prom-client` registry. What is not as expected is left out. */
export async function registryFamilies(registry: PrometheusRegistry): Promise<readonly Family[]> {
  const families: Family[] = [];
  let count = 0;
  for (const metric of await registry.getMetricsAsJSON()) {
    const family = familyOf(metric);
    if (family === undefined) continue;
    count += family.samples.length;
    if (count > maxSamples) break;
    families.push(family);
  }
  return families;
}

function familyOf(metric: unknown): Family | undefined {
  if (!isObject(metric) || typeof metric['name'] !== 'string' || !Array.isArray(metric['values'])) return undefined;
  const said = metric['type'];
  const isCounter = said === 'counter' && metric['name'].endsWith('_total');
  const name = isCounter ? metric['name'].slice(0, -'_total'.length) : metric['name'];
  if (!/^[A-Za-z_:][\w:]*$/.test(name)) return undefined;
  // A counter without `_total` is none in OpenMetrics.
  const type = isCounter
    ? 'counter'
    : said === 'gauge' || said === 'histogram' || said === 'summary'
      ? said
      : 'unknown';
  const help = typeof metric['help'] === 'string' ? metric['help'] : '';
  const values: readonly unknown[] = metric['values'];
  const samples = values.flatMap(value => sampleOf(value, metric['name'], isCounter) ?? []);
  return { name, type, help, samples };
}

function sampleOf(value: unknown, name: unknown, isCounter: boolean): Sample | undefined {
  if (!isObject(value) || typeof value['value'] !== 'number') return undefined;
  const shown = typeof value['metricName'] === 'string' ? value['metricName'] : undefined;
  const suffix = isCounter
    ? '_total'
    : shown?.startsWith(String(name)) === true
      ? shown.slice(String(name).length)
      : '';
  return {
    suffix,
    labels: labelsOf(value['labels']),
    value: value['value'],
    exemplar: exemplarOf(value['exemplar']),
  };
}

function labelsOf(labels: unknown): Sample['labels'] {
  if (!isObject(labels)) return [];
  return Object.entries(labels)
    .filter(([label]) => /^[A-Za-z_]\w*$/.test(label))
    .map(([label, text]) => [label, label === 'le' && text === Infinity ? '+Inf' : String(text)]);
}

function exemplarOf(exemplar: unknown): Sample['exemplar'] {
  if (!isObject(exemplar) || typeof exemplar['value'] !== 'number') return undefined;
  const labels = labelsOf(exemplar['labelSet']);
  if (labels.length === 0) return undefined;
  const at = exemplar['timestamp'];
  return { labels, value: exemplar['value'], unixSeconds: typeof at === 'number' ? at : undefined };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

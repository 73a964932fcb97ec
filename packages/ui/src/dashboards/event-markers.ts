import type { Marker } from '../charts/plot.js';
import type { AnswerSeries } from '../prometheus-client.js';

type Samples = Pick<AnswerSeries, 'labels' | 'timesMs' | 'values'>;

/** What says which version of a service was there when: the metrics that are made of spans. */
export const versionsExpr = (services: readonly string[]): string => {
  const some = services.length === 0 ? '' : `,service_name=~${JSON.stringify(services.map(escaped).join('|'))}`;
  return `count by (service_name, service_version) (traces_span_metrics_calls_total{service_version!=""${some}})`;
};

/** Alerts as Prometheus records them, from whichever of its kind they come. */
export const alertsExpr = 'max by (alertname, severity) (ALERTS{alertstate="firing"})';

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** When a version of a service came that was not its first one in this time. */
export function deployMarkers(series: readonly Samples[]): readonly Marker[] {
  const byService = new Map<string, { readonly version: string; readonly atMs: number }[]>();
  for (const { labels, timesMs } of series) {
    const [atMs] = timesMs;
    const service = labels['service_name'] ?? '';
    if (atMs === undefined) continue;
    const versions = byService.get(service) ?? [];
    byService.set(service, versions);
    versions.push({ version: labels['service_version'] ?? '', atMs });
  }
  const isOne = byService.size === 1;
  return [...byService].flatMap(([service, versions]) => {
    const sorted = versions.toSorted((a, b) => a.atMs - b.atMs);
    const firstMs = sorted[0]?.atMs ?? 0;
    return sorted
      .filter(({ atMs }) => atMs > firstMs)
      .map(({ version, atMs }) => ({ atMs, label: isOne ? version : `${service} ${version}` }));
  });
}

/** When an alert began to fire; after a gap it began anew. */
export function alertMarkers(series: readonly Samples[], stepMs: number): readonly Marker[] {
  return series.flatMap(({ labels, timesMs, values }) =>
    beginnings(timesMs, values, stepMs).map(atMs => ({ atMs, label: `Alert ${labels['alertname'] ?? ''}`.trim() })),
  );
}

/** The moments at which a series begins to be there above 0. */
export function beginnings(timesMs: readonly number[], values: readonly number[], stepMs: number): readonly number[] {
  const found: number[] = [];
  let beforeMs = -Infinity;
  let wasOn = false;
  timesMs.forEach((atMs, at) => {
    const isOn = (values[at] ?? 0) > 0;
    if (isOn && (!wasOn || atMs - beforeMs > stepMs * 1.5)) found.push(atMs);
    wasOn = isOn;
    beforeMs = atMs;
  });
  return found;
}

/** `{{job}} on {{ instance }}` with a series' labels; a label that it does not have is nothing. */
export function legendName(format: string, labels: ReadonlyMap<string, string>): string {
  return format.replaceAll(/\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => labels.get(name) ?? '');
}

/** `http_requests_total{job="api"}`, as Prometheus writes a series. */
export function seriesName(labels: ReadonlyMap<string, string>): string {
  const metric = labels.get('__name__') ?? '';
  const rest = [...labels].filter(([name]) => name !== '__name__').map(([name, value]) => `${name}="${value}"`);
  return rest.length === 0 && metric !== '' ? metric : `${metric}{${rest.join(', ')}}`;
}

/** The shortest names that tell these series apart: the value of the one label that differs, else the labels that do. */
export function automaticNames(series: readonly ReadonlyMap<string, string>[], expr: string): readonly string[] {
  const [first] = series;
  if (first === undefined) return [];
  if (series.length === 1) return [first.size === 0 ? expr : seriesName(first)];
  const names = new Set(series.flatMap(labels => [...labels.keys()]));
  const differing = [...names].filter(name => series.some(labels => labels.get(name) !== first.get(name)));
  const [only, ...others] = differing;
  if (only !== undefined && others.length === 0) return series.map(labels => labels.get(only) ?? seriesName(labels));
  return series.map(labels => seriesName(new Map([...labels].filter(([name]) => differing.includes(name)))));
}

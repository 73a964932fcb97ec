/** A line of Prometheus' text format. */
export interface MetricLine {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** The samples of our own `/metrics`. Lines of another form are left out. */
export function metricLines(text: string): readonly MetricLine[] {
  return text.split('\n').flatMap(line => {
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || Number.isNaN(Number(value))) return [];
    const pairs = labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
    return [{ name, labels: new Map([...pairs].map(([, key = '', text = '']) => [key, text])), value: Number(value) }];
  });
}

/** The sum of the samples of one name; of those only that have all of `labels`. */
export function sumOf(
  lines: readonly MetricLine[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return lines
    .filter(line => line.name === name && Object.entries(labels).every(([key, text]) => line.labels.get(key) === text))
    .reduce((sum, { value }) => sum + value, 0);
}

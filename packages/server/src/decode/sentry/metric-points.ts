import type { Attributes, ExponentialItem, Group, MetricItem, NumberItem, Value } from '../otlp-writer.js';
import { ExponentialSketch } from '../statsd/exponential-sketch.js';

export type PointKind = 'counter' | 'gauge' | 'distribution';

/** One measurement. */
export interface Measurement {
  readonly resource: ReadonlyMap<string, Value>;
  readonly name: string;
  readonly kind: PointKind;
  readonly unit: string;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly timeNs: bigint;
  readonly value: number;
}

interface Series {
  readonly first: Measurement;
  firstNs: bigint;
  lastNs: bigint;
  readonly values: number[];
  readonly gauges: NumberItem[];
}

/**
 * Measurements of one request, those of one series together: counters become one delta sum, distributions one delta exponential histogram, gauges stay
 * points. Sums begin when their first measurement was made.
 */
export function metricGroups(measurements: readonly Measurement[]): readonly Group<MetricItem>[] {
  const series = new Map<string, Series>();
  for (const measurement of measurements) {
    const { resource, name, kind, unit, attributes, timeNs, value } = measurement;
    const key = [name, kind, unit, keyOf(resource), keyOf(attributes)].join('\n');
    let one = series.get(key);
    if (one === undefined) {
      one = { first: measurement, firstNs: timeNs, lastNs: timeNs, values: [], gauges: [] };
      series.set(key, one);
    }
    if (timeNs < one.firstNs) one.firstNs = timeNs;
    if (timeNs > one.lastNs) one.lastNs = timeNs;
    if (kind === 'gauge') one.gauges.push({ attributes, timeNs, value });
    else one.values.push(value);
  }
  const groups = new Map<string, { resource: Attributes; items: MetricItem[] }>();
  for (const one of series.values()) {
    const key = keyOf(one.first.resource);
    const group = groups.get(key);
    const item = metricOf(one);
    if (group === undefined) groups.set(key, { resource: one.first.resource, items: [item] });
    else group.items.push(item);
  }
  return [...groups.values()];
}

function metricOf({ first, firstNs, lastNs, values, gauges }: Series): MetricItem {
  const { name, unit, attributes } = first;
  const window = { attributes, startNs: firstNs, timeNs: lastNs };
  switch (first.kind) {
    case 'gauge':
      return { name, unit, type: 'gauge', points: gauges };
    case 'counter': {
      const value = values.reduce((sum, each) => sum + each, 0);
      const isMonotonic = values.every(each => each >= 0);
      return { name, unit, type: 'sum', isMonotonic, temporality: 'delta', points: [{ ...window, value }] };
    }
    case 'distribution': {
      const sketch = new ExponentialSketch();
      for (const value of values) sketch.add(value, 1);
      const point: ExponentialItem = { ...window, ...sketch.point() };
      return { name, unit, type: 'exponential_histogram', temporality: 'delta', points: [point] };
    }
  }
}

/** The same text for the same names and values. */
export function keyOf(attributes: ReadonlyMap<string, Value>): string {
  return JSON.stringify([...attributes], (_name, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : value,
  );
}

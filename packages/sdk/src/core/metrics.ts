import type { Attributes } from '@opentelemetry/api';
import { attributeBytes } from '../otlp/key-value.js';
import { ExponentialHistogram } from './exponential-histogram.js';

export type MetricKind = 'counter' | 'upDownCounter' | 'gauge' | 'histogram';

export interface MetricDefinition {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: MetricKind;
  /** The instrumentation scope's name. */
  readonly scope: string;
}

/** One series. `attributes` are encoded with the tag that its kind's data points use. */
export interface Point {
  readonly attributes: Uint8Array;
  value: number;
  readonly histogram: ExponentialHistogram | undefined;
}

/** Series per metric; further ones are summed into one with `otel.metric.overflow=true`, and counted. */
export const maxSeries = 2000;

/** A metric and its series. */
export class Metric {
  readonly definition: MetricDefinition;
  readonly points = new Map<string, Point>();
  overflowed = 0;

  constructor(definition: MetricDefinition) {
    this.definition = definition;
  }

  /** The series with these attributes. Callers on a hot path keep it instead of asking again. */
  point(attributes: Attributes): Point {
    const key = seriesKey(attributes);
    const known = this.points.get(key);
    if (known !== undefined) return known;
    if (this.points.size >= maxSeries) {
      this.overflowed++;
      return this.points.get(overflowKey) ?? this.#add(overflowKey, { 'otel.metric.overflow': true });
    }
    return this.#add(key, attributes);
  }

  #add(key: string, attributes: Attributes): Point {
    const histogram = this.definition.kind === 'histogram' ? new ExponentialHistogram() : undefined;
    // ExponentialHistogramDataPoint.attributes = 1, NumberDataPoint.attributes = 7
    const point = {
      attributes: attributeBytes(histogram === undefined ? 0x3a : 0x0a, attributes),
      value: 0,
      histogram,
    };
    this.points.set(key, point);
    return point;
  }
}

const overflowKey = 'overflow';

function seriesKey(attributes: Attributes): string {
  const keys = Object.keys(attributes);
  if (keys.length > 1) keys.sort();
  let text = '';
  for (const key of keys) text += `${JSON.stringify(key)}:${JSON.stringify(attributes[key])},`;
  return text;
}

/** All metrics of the process. */
export class Metrics {
  readonly all = new Map<string, Metric>();
  readonly #observers = new Set<() => void>();

  /** The metric of this name and scope; the first definition stays. */
  metric(definition: MetricDefinition): Metric {
    const key = `${definition.scope}\n${definition.name}`;
    let metric = this.all.get(key);
    if (metric === undefined) {
      metric = new Metric(definition);
      this.all.set(key, metric);
    }
    return metric;
  }

  /** `observe` is called before each export, to set gauges and observed counters. */
  beforeExport(observe: () => void): () => void {
    this.#observers.add(observe);
    return () => this.#observers.delete(observe);
  }

  /** `failed` is given what an observer throws: it may be the application's. */
  observeAll(failed: (error: unknown) => void): void {
    for (const observe of this.#observers) {
      try {
        observe();
      } catch (error) {
        failed(error);
      }
    }
  }
}

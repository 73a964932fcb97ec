import type { ExponentialItem, Group, MetricItem, NumberItem } from '../otlp-writer.js';
import type { Identity } from './identity.js';

export type NumberMetric = { readonly name: string } & (
  | { readonly type: 'gauge' }
  | { readonly type: 'sum'; readonly temporality: 'delta'; readonly isMonotonic: boolean }
);

interface SketchMetric {
  readonly name: string;
  readonly unit?: string;
}

interface Points {
  readonly identity: Identity;
  readonly numbers: Map<string, { readonly metric: NumberMetric; readonly points: NumberItem[] }>;
  readonly sketches: Map<string, { readonly metric: SketchMetric; readonly points: ExponentialItem[] }>;
}

/** Points by resource and metric, in the order they came. */
export class MetricGroups {
  readonly #groups = new Map<string, Points>();

  number(metric: NumberMetric, identity: Identity, point: Omit<NumberItem, 'attributes'>): void {
    const { numbers } = this.#group(identity);
    const key = `${metric.type} ${metric.name}`;
    let found = numbers.get(key);
    if (found === undefined) numbers.set(key, (found = { metric, points: [] }));
    found.points.push({ ...point, attributes: identity.attributes });
  }

  /** A point of a delta exponential histogram. */
  sketch(metric: SketchMetric, identity: Identity, point: Omit<ExponentialItem, 'attributes'>): void {
    const { sketches } = this.#group(identity);
    const key = `${metric.unit ?? ''} ${metric.name}`;
    let found = sketches.get(key);
    if (found === undefined) sketches.set(key, (found = { metric, points: [] }));
    found.points.push({ ...point, attributes: identity.attributes });
  }

  #group(identity: Identity): Points {
    let group = this.#groups.get(identity.resourceKey);
    if (group === undefined)
      this.#groups.set(identity.resourceKey, (group = { identity, numbers: new Map(), sketches: new Map() }));
    return group;
  }

  get points(): number {
    let points = 0;
    for (const { numbers, sketches } of this.#groups.values())
      for (const metric of [...numbers.values(), ...sketches.values()]) points += metric.points.length;
    return points;
  }

  groups(): readonly Group<MetricItem>[] {
    return [...this.#groups.values()].map(({ identity, numbers, sketches }) => ({
      resource: identity.resource,
      items: [
        ...[...numbers.values()].map(({ metric, points }): MetricItem => ({ ...metric, points })),
        ...[...sketches.values()].map(({ metric, points }): MetricItem => ({
          ...metric,
          type: 'exponential_histogram',
          temporality: 'delta',
          points,
        })),
      ],
    }));
  }
}

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

/** As much as goes into one request. */
export interface Piece {
  readonly groups: readonly Group<MetricItem>[];
  /** Data points in the groups. */
  readonly points: number;
}

interface Points {
  readonly identity: Identity;
  readonly numbers: Map<string, { readonly metric: NumberMetric; readonly points: NumberItem[] }>;
  readonly sketches: Map<string, { readonly metric: SketchMetric; readonly points: ExponentialItem[] }>;
}

const maxPoints = 5000;

/** Points by resource and metric, in the order they came, in pieces of at most 5,000. */
export class MetricPieces {
  readonly #pieces: Piece[] = [];
  readonly #groups = new Map<string, Points>();
  #points = 0;

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

  /** What comes now is another piece. */
  cut(): void {
    if (this.#points === 0) return;
    const groups = [...this.#groups.values()].map(({ identity, numbers, sketches }) => ({
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
    this.#pieces.push({ groups, points: this.#points });
    this.#groups.clear();
    this.#points = 0;
  }

  pieces(): readonly Piece[] {
    this.cut();
    return this.#pieces;
  }

  #group(identity: Identity): Points {
    if (this.#points >= maxPoints) this.cut();
    this.#points += 1;
    let group = this.#groups.get(identity.resourceKey);
    if (group === undefined)
      this.#groups.set(identity.resourceKey, (group = { identity, numbers: new Map(), sketches: new Map() }));
    return group;
  }
}

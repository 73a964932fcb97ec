import { attributeWidth } from '../decode/attributes.js';
import type { Temporality, MetricType } from '../decode/otlp-metrics.js';
import { ByteDictionary } from './byte-dictionary.js';
import { attributeAt, type Attribute } from './value-text.js';
import { hash64, type KnownResource, type KnownScope } from './vocabulary.js';
import type { Words } from './words.js';

/** A series as its samples need it. `idLow` and `idHigh` are the halves of its 64-bit id. */
export interface KnownSeries {
  readonly idLow: number;
  readonly idHigh: number;
  readonly metric: number;
  readonly attributes: readonly Attribute[];
  readonly kind: SeriesKind;
  readonly resource: KnownResource;
  readonly scope: KnownScope;
  /** The day (since 1970) for which its row was last written. */
  writtenDay: number;
}

/** What all points of a metric in a request have in common. `metric`, `unit` and `description` are words. */
export interface SeriesKind {
  readonly metric: number;
  readonly type: MetricType;
  readonly temporality: Temporality;
  readonly isMonotonic: boolean;
  readonly unit: number;
  readonly description: number;
  /** Goes with these three; made once per metric and request. */
  readonly key: number;
}

const maxSeries = 200_000;
/** Quantiles of one summary that are remembered. */
const maxDerived = 100;
const maxBytes = 64 * 1024 * 1024;

/** Series are told apart by the bytes their attributes came in up to this length; longer ones are worked out each time. */
const maxKeyBytes = 16 * 1024;

/**
 * Series recognised by the bytes of their attributes, so that a sample of a known series costs one look-up. Only a cache: an id is a hash of what
 * the series is, whoever works it out.
 */
export class SeriesCache {
  private readonly kinds = new ByteDictionary();
  private readonly keys = new ByteDictionary();
  private readonly series: KnownSeries[] = [];
  private readonly derivedOf = new WeakMap<KnownSeries, Map<string, KnownSeries>>();
  private readonly scratch = new Uint8Array(maxKeyBytes);

  get isFull(): boolean {
    return this.series.length > maxSeries || this.keys.usedBytes > maxBytes || this.kinds.usedBytes > maxBytes;
  }

  kind(kind: Omit<SeriesKind, 'key'>, resource: KnownResource, scope: KnownScope): SeriesKind {
    const { metric, type, temporality, isMonotonic, unit, description } = kind;
    const bytes = Buffer.from(
      JSON.stringify([
        metric,
        type,
        temporality,
        isMonotonic,
        unit,
        description,
        resource.workspace,
        resource.idLow,
        resource.idHigh,
        scope.name,
        scope.version,
        scope.attributes,
      ]),
    );
    return { ...kind, key: this.kinds.id(bytes, 0, bytes.length) };
  }

  /** The series of a point with `count` attributes from number `first` of `columns` on. */
  of(
    words: Words,
    kind: SeriesKind,
    resource: KnownResource,
    scope: KnownScope,
    body: Uint8Array,
    columns: Int32Array,
    first: number,
    count: number,
  ): KnownSeries {
    const length = this.writeKey(kind.key, body, columns, first, count);
    if (length < 0) return worked(words, kind, resource, scope, readAttributes(words, body, columns, first, count));
    const id = this.keys.id(this.scratch, 0, length);
    return (this.series[id] ??= worked(
      words,
      kind,
      resource,
      scope,
      readAttributes(words, body, columns, first, count),
    ));
  }

  /** The series of the same point under another name or with one more attribute: how a summary becomes plain series. */
  derived(
    words: Words,
    from: KnownSeries,
    name: string,
    extra: readonly Attribute[],
    isMonotonic: boolean,
  ): KnownSeries {
    let known = this.derivedOf.get(from);
    if (known === undefined) this.derivedOf.set(from, (known = new Map()));
    const key = JSON.stringify([name, extra]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const kind: SeriesKind = { ...from.kind, metric: words.ofText(name), isMonotonic };
    const own = from.attributes.filter(({ key }) => !extra.some(attribute => attribute.key === key));
    const series = worked(words, kind, from.resource, from.scope, [...own, ...extra]);
    if (known.size < maxDerived) known.set(key, series);
    return series;
  }

  /** Writes what tells the series apart to `scratch` and returns its length, or -1 when it is too long. */
  private writeKey(kind: number, body: Uint8Array, columns: Int32Array, first: number, count: number): number {
    const { scratch } = this;
    new DataView(scratch.buffer).setUint32(0, kind);
    let to = 4;
    for (let at = first * attributeWidth; at < (first + count) * attributeWidth; at += attributeWidth) {
      const keyLength = columns[at + 1]! >>> 3;
      const valueLength = columns[at + 3]!;
      if (to + keyLength + valueLength + 9 > maxKeyBytes) return -1;
      scratch[to++] = columns[at + 1]! & 7;
      to = writeSlice(scratch, to, body, columns[at]!, keyLength);
      to = writeSlice(scratch, to, body, columns[at + 2]!, valueLength);
    }
    return to;
  }
}

function writeSlice(scratch: Uint8Array, at: number, body: Uint8Array, from: number, length: number): number {
  let to = at;
  scratch[to++] = length & 255;
  scratch[to++] = length >>> 8;
  for (let i = 0; i < length; i++) scratch[to++] = body[from + i]!;
  return to;
}

function readAttributes(
  words: Words,
  body: Uint8Array,
  columns: Int32Array,
  first: number,
  count: number,
): readonly Attribute[] {
  const attributes = new Map<string, Attribute>();
  for (let i = first; i < first + count; i++) {
    const attribute = attributeAt(body, columns, i, words.scrubber);
    if (attribute === undefined) continue;
    attributes.delete(attribute.key);
    attributes.set(attribute.key, attribute);
  }
  return [...attributes.values()];
}

function worked(
  words: Words,
  kind: SeriesKind,
  resource: KnownResource,
  scope: KnownScope,
  own: readonly Attribute[],
): KnownSeries {
  const attributes = [...own, ...scope.attributes.filter(({ key }) => !own.some(attribute => attribute.key === key))];
  const identity = [words.text(kind.metric), kind.type, `${resource.idHigh}.${resource.idLow}`, words.text(scope.name)];
  const [idLow, idHigh] = hash64(attributes, identity);
  return { idLow, idHigh, metric: kind.metric, attributes, kind, resource, scope, writtenDay: -1 };
}

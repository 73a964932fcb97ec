import { hash } from 'node:crypto';
import { attributeWidth } from '../decode/attributes.js';
import type { MetricBatch } from '../decode/otlp-metrics.js';
import type { AnyPoint } from './added-values.js';
import { seriesHash } from './series-guard.js';

/** A series that is told apart by more has a hash in its place, so that nobody fills the memory with long attributes. */
const longestKey = 256;

/** Bytes of a metric's name that count by themselves. */
const longestName = 1000;

/** An attribute as it stands in the request; `value` are the bytes after the tag. */
export interface WireAttribute {
  readonly key: string;
  readonly kind: number;
  readonly value: Uint8Array;
}

/** The attributes of a point, in the order they came. */
export function attributesOf({ body, attributes }: MetricBatch, point: AnyPoint): readonly WireAttribute[] {
  return Array.from({ length: point.attributes }, (_, i) => {
    const at = (point.firstAttribute + i) * attributeWidth;
    const keyAndKind = attributes[at + 1]!;
    return {
      key: latin1(body, attributes[at]!, keyAndKind >>> 3),
      kind: keyAndKind & 7,
      value: body.subarray(attributes[at + 2]!, attributes[at + 2]! + attributes[at + 3]!),
    };
  });
}

/** What tells the series of a request apart. What many of them share is read once: a resource may be long, and have many points. */
export class SeriesNames {
  readonly #workspace: string;
  readonly #batch: MetricBatch;
  readonly #metrics: string[] = [];
  readonly #prefixes: string[] = [];
  readonly #resources: string[] = [];
  readonly #scopes: string[] = [];
  readonly #hashes: number[] = [];

  constructor(workspace: string, batch: MetricBatch) {
    this.#workspace = workspace;
    this.#batch = batch;
  }

  /** The metric's name; of a very long one its beginning and a hash. */
  metric(index: number): string {
    const { body, metrics } = this.#batch;
    const { nameAt, nameLength } = metrics[index]!;
    return (this.#metrics[index] ??=
      nameLength <= longestName
        ? textAt(body, nameAt, nameLength)
        : `${textAt(body, nameAt, longestName)}… ${hash('sha256', body.subarray(nameAt, nameAt + nameLength), 'base64')}`);
  }

  /** All that tells the series apart, the attributes in the order they came. */
  key(index: number, attributes: readonly WireAttribute[]): string {
    const own = attributes.map(
      ({ key, kind, value }) => `${key.length}:${key}${kind}${value.length}:${latin1(value, 0, value.length)}`,
    );
    return shortened(`${this.#prefix(index)}${own.join('')}`);
  }

  /** The same without attributes as a number, without making text of it. */
  hash(index: number): number {
    const known = this.#hashes[index];
    if (known !== undefined) return known;
    const shared = Buffer.from(this.#prefix(index));
    return (this.#hashes[index] = seriesHash(0, shared, 0, shared.length));
  }

  #prefix(index: number): string {
    const known = this.#prefixes[index];
    if (known !== undefined) return known;
    const { body, metrics, resources, scopes } = this.#batch;
    const { type, isMonotonic, unitAt, unitLength, resource, scope } = metrics[index]!;
    const slice = (places: Int32Array, place: number): string =>
      shortened(`${places[place * 2 + 1]!}:${latin1(body, places[place * 2]!, places[place * 2 + 1]!)}`);
    const ofResource = (this.#resources[resource] ??= slice(resources, resource));
    const ofScope = (this.#scopes[scope] ??= slice(scopes, scope));
    const unit = shortened(latin1(body, unitAt, unitLength));
    const what = `${this.#workspace}\n${type}${isMonotonic ? '+' : ''}\n${this.metric(index)}\n${unit}\n`;
    return (this.#prefixes[index] = `${what}${ofResource}${ofScope}`);
  }
}

function shortened(key: string): string {
  return key.length > longestKey ? hash('sha256', key, 'base64') : key;
}

/** What tells a point's series apart as a number; `ofMetric` is `SeriesNames.hash`. */
export function hashOf({ body, attributes }: MetricBatch, point: AnyPoint, ofMetric: number): number {
  let hash = ofMetric;
  const end = (point.firstAttribute + point.attributes) * attributeWidth;
  for (let at = point.firstAttribute * attributeWidth; at < end; at += attributeWidth) {
    hash = seriesHash(hash, body, attributes[at]!, attributes[at + 1]! >>> 3);
    hash = seriesHash(hash, body, attributes[at + 2]!, attributes[at + 3]!);
  }
  return hash;
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1');
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString();
}

import type { MetricKind, Point } from '../core/metrics.js';
import { type OtlpValue, attributesIn } from './otlp-reader.js';

const known = new WeakMap<Point, ReadonlyMap<string, string>>();

/** A series' attributes as texts, read once from what is encoded for OTLP. */
export function seriesLabels(point: Point, kind: MetricKind): ReadonlyMap<string, string> {
  let labels = known.get(point);
  if (labels === undefined) {
    const { buffer, byteOffset, byteLength } = point.attributes;
    const encoded = Buffer.from(buffer, byteOffset, byteLength);
    const attributes = attributesIn(encoded, kind === 'histogram' ? 1 : 7);
    labels = new Map([...attributes].map(([name, value]) => [name, labelText(value)]));
    known.set(point, labels);
  }
  return labels;
}

function labelText(value: OtlpValue): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

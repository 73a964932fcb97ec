import type { Metric, Point } from '../core/metrics.js';
import { ByteWriter } from './byte-writer.js';

const cumulative = 2;

/**
 * Metrics as fields of an OTLP `ScopeMetrics` (`metrics = 2`), all cumulative since `startUnixMs`. Metrics without a series are left out.
 */
export function writeMetric(out: ByteWriter, metric: Metric, startUnixMs: number, unixMs: number): number {
  const { definition, points } = metric;
  let written = 0;
  const start = out.open(0x12, 4);
  out.text(0x0a, definition.name);
  if (definition.description !== '') out.text(0x12, definition.description);
  if (definition.unit !== '') out.text(0x1a, definition.unit);
  const histogram = definition.kind === 'histogram';
  // Metric { gauge = 5; sum = 7; exponential_histogram = 10 }
  const data = out.open(histogram ? 0x52 : definition.kind === 'gauge' ? 0x2a : 0x3a, 4);
  for (const point of points.values()) {
    if (histogram && (point.histogram?.count ?? 0) === 0) continue;
    written++;
    const at = out.open(0x0a, 4);
    if (histogram) writeHistogramPoint(out, point, startUnixMs, unixMs);
    else writeNumberPoint(out, point, startUnixMs, unixMs);
    out.close(at, 4);
  }
  if (definition.kind !== 'gauge') {
    out.byte(0x10);
    out.byte(cumulative);
  }
  if (definition.kind === 'counter') {
    out.byte(0x18);
    out.byte(1);
  }
  out.close(data, 4);
  out.close(start, 4);
  return written;
}

/** `NumberDataPoint { start = 2; time = 3; as_double = 4; as_int = 6 (sfixed64); attributes = 7 }` */
function writeNumberPoint(out: ByteWriter, point: Point, startUnixMs: number, unixMs: number): void {
  out.byte(0x11);
  out.nanoseconds(startUnixMs);
  out.byte(0x19);
  out.nanoseconds(unixMs);
  if (Number.isSafeInteger(point.value) && point.value >= 0) {
    out.byte(0x31);
    out.fixed64(point.value);
  } else {
    out.byte(0x21);
    out.double(point.value);
  }
  out.raw(point.attributes);
}

/**
 * `ExponentialHistogramDataPoint { attributes = 1; start = 2; time = 3; count = 4; sum = 5; scale = 6; zero_count = 7;
 * positive = 8 { offset = 1; bucket_counts = 2 packed }; min = 12; max = 13 }`
 */
function writeHistogramPoint(out: ByteWriter, point: Point, startUnixMs: number, unixMs: number): void {
  const { histogram } = point;
  if (histogram === undefined) return;
  out.raw(point.attributes);
  out.byte(0x11);
  out.nanoseconds(startUnixMs);
  out.byte(0x19);
  out.nanoseconds(unixMs);
  out.byte(0x21);
  out.fixed64(histogram.count);
  out.byte(0x29);
  out.double(histogram.sum);
  out.byte(0x30);
  out.sint32(histogram.scale);
  out.byte(0x39);
  out.fixed64(histogram.zeroCount);
  let first = 0;
  let last = histogram.counts.length - 1;
  while (first <= last && histogram.counts[first] === 0) first++;
  while (last > first && histogram.counts[last] === 0) last--;
  if (first <= last) {
    const buckets = out.open(0x42, 3);
    out.byte(0x08);
    out.sint32(histogram.offset + first);
    const counts = out.open(0x12, 3);
    for (let at = first; at <= last; at++) out.varint(histogram.counts[at]!);
    out.close(counts, 3);
    out.close(buckets, 3);
  }
  out.byte(0x61);
  out.double(histogram.min);
  out.byte(0x69);
  out.double(histogram.max);
}

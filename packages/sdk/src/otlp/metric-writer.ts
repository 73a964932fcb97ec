import type { HistogramFigures } from '../core/exponential-histogram.js';
import type { MetricDeltas } from '../core/metric-deltas.js';
import type { Metric } from '../core/metrics.js';
import { ByteWriter } from './byte-writer.js';

/** `AggregationTemporality` on the wire. */
const delta = 1;
const cumulative = 2;

/** The time that a metric is told of, on the wall clock; with `deltas`, what came in it, else what there is since then. */
export interface MetricTimes {
  readonly startUnixMs: number;
  readonly unixMs: number;
  readonly deltas?: MetricDeltas | undefined;
}

/**
 * Metrics as fields of an OTLP `ScopeMetrics` (`metrics = 2`). Metrics without a series are left out, and with `deltas` series to which nothing came.
 */
export function writeMetric(out: ByteWriter, metric: Metric, { startUnixMs, unixMs, deltas }: MetricTimes): number {
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
    const told = deltas === undefined ? point : deltas.of(metric, point);
    if (told === undefined) continue;
    written++;
    const at = out.open(0x0a, 4);
    const { attributes } = point;
    if (told.histogram !== undefined) writeHistogramPoint(out, attributes, told.histogram, startUnixMs, unixMs);
    else writeNumberPoint(out, attributes, told.value, startUnixMs, unixMs);
    out.close(at, 4);
  }
  if (definition.kind !== 'gauge') {
    out.byte(0x10);
    out.byte(deltas === undefined || definition.kind === 'upDownCounter' ? cumulative : delta);
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
function writeNumberPoint(
  out: ByteWriter,
  attributes: Uint8Array,
  value: number,
  startUnixMs: number,
  unixMs: number,
): void {
  out.byte(0x11);
  out.nanoseconds(startUnixMs);
  out.byte(0x19);
  out.nanoseconds(unixMs);
  if (Number.isSafeInteger(value) && value >= 0) {
    out.byte(0x31);
    out.fixed64(value);
  } else {
    out.byte(0x21);
    out.double(value);
  }
  out.raw(attributes);
}

/**
 * `ExponentialHistogramDataPoint { attributes = 1; start = 2; time = 3; count = 4; sum = 5; scale = 6; zero_count = 7;
 * positive = 8 { offset = 1; bucket_counts = 2 packed }; min = 12; max = 13 }`
 */
function writeHistogramPoint(
  out: ByteWriter,
  attributes: Uint8Array,
  histogram: HistogramFigures,
  startUnixMs: number,
  unixMs: number,
): void {
  out.raw(attributes);
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
  const { min, max } = histogram;
  if (min === undefined || max === undefined) return;
  out.byte(0x61);
  out.double(min);
  out.byte(0x69);
  out.double(max);
}

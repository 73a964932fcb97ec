import { ProtobufWriter } from '../decode/protobuf-writer.js';

/** A `MetricFamily` as a test writes it down; what is left out is not written. */
export interface WrittenFamily {
  readonly name: string;
  readonly help?: string;
  readonly unit?: string;
  readonly type: number;
  readonly metrics: readonly WrittenMetric[];
}

export interface WrittenMetric {
  readonly labels?: Readonly<Record<string, string>>;
  readonly timeMs?: number;
  /** Field of `Metric` (2 gauge, 3 counter, 5 untyped) and its value. */
  readonly number?: readonly [field: number, value: number];
  readonly exemplar?: WrittenExemplar;
  readonly createdMs?: number;
  readonly summary?: {
    readonly count: number;
    readonly sum: number;
    readonly quantiles: readonly (readonly [number, number])[];
  };
  readonly histogram?: WrittenHistogram;
}

export interface WrittenExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timeMs?: number;
}

export interface WrittenHistogram {
  readonly count: number;
  readonly sum: number;
  readonly isFloat?: boolean;
  readonly buckets?: readonly { readonly count: number; readonly le: number; readonly exemplar?: WrittenExemplar }[];
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly positiveSpans?: readonly (readonly [offset: number, length: number])[];
  readonly positiveDeltas?: readonly number[];
  readonly positiveCounts?: readonly number[];
  readonly exemplars?: readonly WrittenExemplar[];
}

/** The families one after the other, each after its length. */
export function familyBytes(families: readonly WrittenFamily[]): Buffer {
  const out = new ProtobufWriter(1024);
  for (const family of families) {
    const message = new ProtobufWriter(1024);
    text(message, 1, family.name);
    if (family.help !== undefined) text(message, 2, family.help);
    number(message, 3, family.type);
    for (const metric of family.metrics) nested(message, 4, () => writeMetric(message, metric));
    if (family.unit !== undefined) text(message, 5, family.unit);
    out.bytes(message.take());
  }
  return Buffer.from(out.take());
}

function writeMetric(out: ProtobufWriter, metric: WrittenMetric): void {
  writeLabels(out, metric.labels ?? {});
  if (metric.number !== undefined) {
    const [field, value] = metric.number;
    nested(out, field, () => {
      double(out, 1, value);
      if (metric.exemplar !== undefined) writeExemplar(out, 2, metric.exemplar);
      if (metric.createdMs !== undefined) writeTime(out, 3, metric.createdMs);
    });
  }
  const { summary, histogram } = metric;
  if (summary !== undefined)
    nested(out, 4, () => {
      number(out, 1, summary.count);
      double(out, 2, summary.sum);
      for (const [quantile, value] of summary.quantiles)
        nested(out, 3, () => {
          double(out, 1, quantile);
          double(out, 2, value);
        });
    });
  if (histogram !== undefined) nested(out, 7, () => writeHistogram(out, histogram, metric.createdMs));
  if (metric.timeMs !== undefined) number(out, 6, metric.timeMs);
}

function writeHistogram(out: ProtobufWriter, histogram: WrittenHistogram, createdMs: number | undefined): void {
  const { isFloat = false } = histogram;
  if (isFloat) double(out, 4, histogram.count);
  else number(out, 1, histogram.count);
  double(out, 2, histogram.sum);
  for (const { count, le, exemplar } of histogram.buckets ?? [])
    nested(out, 3, () => {
      if (isFloat) double(out, 4, count);
      else number(out, 1, count);
      double(out, 2, le);
      if (exemplar !== undefined) writeExemplar(out, 3, exemplar);
    });
  if (histogram.schema !== undefined) signed(out, 5, histogram.schema);
  if (histogram.zeroThreshold !== undefined) double(out, 6, histogram.zeroThreshold);
  if (histogram.zeroCount !== undefined) {
    if (isFloat) double(out, 8, histogram.zeroCount);
    else number(out, 7, histogram.zeroCount);
  }
  for (const [offset, length] of histogram.positiveSpans ?? [])
    nested(out, 12, () => {
      signed(out, 1, offset);
      number(out, 2, length);
    });
  for (const delta of histogram.positiveDeltas ?? []) signed(out, 13, delta);
  for (const count of histogram.positiveCounts ?? []) double(out, 14, count);
  if (createdMs !== undefined) writeTime(out, 15, createdMs);
  for (const exemplar of histogram.exemplars ?? []) writeExemplar(out, 16, exemplar);
}

function writeExemplar(out: ProtobufWriter, field: number, { labels, value, timeMs }: WrittenExemplar): void {
  nested(out, field, () => {
    writeLabels(out, labels);
    double(out, 2, value);
    if (timeMs !== undefined) writeTime(out, 3, timeMs);
  });
}

function writeLabels(out: ProtobufWriter, labels: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(labels))
    nested(out, 1, () => {
      text(out, 1, name);
      text(out, 2, value);
    });
}

function writeTime(out: ProtobufWriter, field: number, timeMs: number): void {
  nested(out, field, () => {
    number(out, 1, Math.floor(timeMs / 1000));
    number(out, 2, (timeMs % 1000) * 1_000_000);
  });
}

function nested(out: ProtobufWriter, field: number, write: () => void): void {
  out.tag(field, 2);
  out.message(write);
}

function text(out: ProtobufWriter, field: number, value: string): void {
  out.tag(field, 2);
  out.bytes(Buffer.from(value));
}

function number(out: ProtobufWriter, field: number, value: number): void {
  out.tag(field, 0);
  out.varint(BigInt(value));
}

function signed(out: ProtobufWriter, field: number, value: number): void {
  number(out, field, value < 0 ? -value * 2 - 1 : value * 2);
}

function double(out: ProtobufWriter, field: number, value: number): void {
  out.tag(field, 1);
  out.double(value);
}

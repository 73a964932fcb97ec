import { bytes, double, fixed64, int } from '../protobuf.test-support.js';

/** Writes remote-write requests of both versions from one description, as Prometheus does: what is 0 or '' is left out. */

export interface WrittenHistogram {
  readonly ms: number;
  readonly schema: number;
  /** Whole counts are written as deltas, others as they are. */
  readonly isFloat?: boolean;
  readonly count: number;
  /** Bits. */
  readonly sum: bigint;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly positive?: WrittenBuckets;
  readonly negative?: WrittenBuckets;
  readonly bounds?: readonly number[];
  readonly resetHint?: number;
  readonly startMs?: number;
}

export interface WrittenBuckets {
  readonly spans: readonly (readonly [offset: number, length: number])[];
  readonly counts: readonly number[];
}

export type WrittenLabels = readonly (readonly [name: string, value: string])[];

export interface WrittenSeries {
  readonly labels: WrittenLabels;
  /** Time in ms, and a number or the bits of one. */
  readonly samples?: readonly (readonly [ms: number | bigint, value: number | bigint])[];
  readonly histograms?: readonly WrittenHistogram[];
  readonly exemplars?: readonly { readonly labels: WrittenLabels; readonly value: number; readonly ms?: number }[];
  /** Of 2.0. */
  readonly type?: number;
  readonly unit?: string;
  readonly help?: string;
}

export interface WrittenFamily {
  readonly name: string;
  readonly type: number;
  readonly help: string;
  readonly unit: string;
}

const none = Buffer.alloc(0);

function sample([ms, value]: readonly [number | bigint, number | bigint]): Buffer {
  const written = typeof value === 'bigint' ? fixed64(1, value) : Object.is(value, 0) ? none : double(1, value);
  return Buffer.concat([written, BigInt(ms) === 0n ? none : int(2, ms)]);
}

const zigzag = (value: number): bigint => BigInt(value < 0 ? -value * 2 - 1 : value * 2);

function side(
  fields: readonly [number, number, number],
  isFloat: boolean,
  buckets: WrittenBuckets | undefined,
): Buffer {
  if (buckets === undefined) return none;
  const { spans, counts } = buckets;
  const deltas = counts.map((count, i) => count - (counts[i - 1] ?? 0));
  return Buffer.concat([
    ...spans.map(([offset, length]) => bytes(fields[0], int(1, zigzag(offset)), int(2, length))),
    isFloat
      ? bytes(fields[2], ...counts.map(count => double(1, count).subarray(1)))
      : bytes(fields[1], ...deltas.map(delta => int(1, zigzag(delta)).subarray(1))),
  ]);
}

export function histogramMessage(histogram: WrittenHistogram): Buffer {
  const { ms, schema, isFloat = false, count, sum, zeroThreshold = 0, zeroCount = 0, resetHint = 0 } = histogram;
  return Buffer.concat([
    isFloat ? double(2, count) : int(1, count),
    fixed64(3, sum),
    int(4, zigzag(schema)),
    double(5, zeroThreshold),
    isFloat ? double(7, zeroCount) : int(6, zeroCount),
    side([8, 9, 10], isFloat, histogram.negative),
    side([11, 12, 13], isFloat, histogram.positive),
    int(14, resetHint),
    int(15, ms),
    bytes(16, ...(histogram.bounds ?? []).map(bound => double(1, bound).subarray(1))),
    histogram.startMs === undefined ? none : int(17, histogram.startMs),
  ]);
}

const label = ([name, value]: readonly [string, string]): Buffer => bytes(1, bytes(1, name), bytes(2, value));

export function writeRequest1(series: readonly WrittenSeries[], families: readonly WrittenFamily[] = []): Buffer {
  return Buffer.concat([
    ...series.map(({ labels, samples = [], exemplars = [], histograms = [] }) =>
      bytes(
        1,
        ...labels.map(label),
        ...samples.map(one => bytes(2, sample(one))),
        ...exemplars.map(({ labels, value, ms }) =>
          bytes(3, ...labels.map(label), double(2, value), ms === undefined ? none : int(3, ms)),
        ),
        ...histograms.map(one => bytes(4, histogramMessage(one))),
      ),
    ),
    ...families.map(({ name, type, help, unit }) =>
      bytes(3, int(1, type), bytes(2, name), bytes(4, help), bytes(5, unit)),
    ),
  ]);
}

export function writeRequest2(series: readonly WrittenSeries[]): Buffer {
  const symbols = new Map([['', 0]]);
  const ref = (text: string): number => {
    const known = symbols.get(text);
    if (known !== undefined) return known;
    symbols.set(text, symbols.size);
    return symbols.size - 1;
  };
  const refs = (labels: WrittenLabels): Buffer => bytes(1, ...labels.flat().map(text => int(1, ref(text)).subarray(1)));
  const written = series.map(({ labels, samples = [], exemplars = [], histograms = [], type = 0, unit, help }) =>
    bytes(
      5,
      refs(labels),
      ...samples.map(one => bytes(2, sample(one))),
      ...histograms.map(one => bytes(3, histogramMessage(one))),
      ...exemplars.map(({ labels, value, ms }) =>
        bytes(4, refs(labels), double(2, value), ms === undefined ? none : int(3, ms)),
      ),
      bytes(5, int(1, type), int(3, ref(help ?? '')), int(4, ref(unit ?? ''))),
    ),
  );
  return Buffer.concat([...[...symbols.keys()].map(symbol => bytes(4, symbol)), ...written]);
}

import { ProtobufWriter } from '../decode/protobuf-writer.js';
import type { BucketSide, Exemplar, Labels, MetricType, NativeHistogram } from './exposition.js';

/** What is known of a metric family. */
export interface Family {
  type: MetricType;
  help: string;
  unit: string;
}

/** One series and what it has at one time. */
export interface Row {
  readonly labels: Labels;
  readonly family: Family | undefined;
  readonly timeMs: number;
  /** When counting began; 0: not said. */
  readonly startMs: number;
  readonly value: number | NativeHistogram | Stale;
  readonly exemplars: readonly Exemplar[];
}

/** The series ended. */
export type Stale = 'stale sample' | 'stale histogram';

const types: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** Prometheus' two NaN: the mark for a series that ended, and the one that is meant as a value. */
const staleNaN = 0x7ff0000000000002n;
const plainNaN = 0x7ff8000000000001n;

/**
 * Writes a message of Prometheus' remote write 2.0, `io.prometheus.write.v2.Request` (https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/): texts stand
 * once in `symbols`, everything else names them by their place.
 */
export class WriteRequest {
  readonly #symbols = new Map<string, number>([['', 0]]);
  readonly #out = new ProtobufWriter(1 << 16);
  readonly #sampleBytes = Buffer.allocUnsafe(32);
  #rows = 0;

  /** Series written so far. */
  get rows(): number {
    return this.#rows;
  }

  add({ labels, family, timeMs, startMs, value, exemplars }: Row): void {
    const out = this.#out;
    this.#rows++;
    out.tag(5, 2);
    out.message(() => {
      this.#labels(labels);
      if (typeof value === 'number' || value === 'stale sample') this.#sample(value, timeMs);
      else {
        out.tag(3, 2);
        out.message(() => this.#histogram(value, timeMs));
      }
      for (const exemplar of exemplars) this.#exemplar(exemplar, timeMs);
      if (family !== undefined) {
        out.tag(5, 2);
        out.message(() => {
          this.#number(1, types.indexOf(family.type));
          this.#number(3, this.#symbol(family.help));
          this.#number(4, this.#symbol(family.unit));
        });
      }
      if (startMs !== 0) {
        out.tag(6, 0);
        out.varint(BigInt(startMs));
      }
    });
  }

  /** The message. Nothing may be added afterwards. */
  take(): Uint8Array {
    const symbols = new ProtobufWriter(1 << 14);
    for (const symbol of this.#symbols.keys()) {
      symbols.tag(4, 2);
      symbols.bytes(Buffer.from(symbol));
    }
    return Buffer.concat([symbols.take(), this.#out.take()]);
  }

  #symbol(text: string): number {
    const known = this.#symbols.get(text);
    if (known !== undefined) return known;
    const next = this.#symbols.size;
    this.#symbols.set(text, next);
    return next;
  }

  #labels(labels: Labels): void {
    const out = this.#out;
    out.tag(1, 2);
    out.message(() => {
      for (const { name, value } of labels) {
        out.whole(this.#symbol(name));
        out.whole(this.#symbol(value));
      }
    });
  }

  /** In one piece, since there are many: `value` (9) and `timestamp` (16). */
  #sample(value: number | 'stale sample', timeMs: number): void {
    const bytes = this.#sampleBytes;
    bytes[0] = 9;
    if (typeof value === 'number' && !Number.isNaN(value)) bytes.writeDoubleLE(value, 1);
    else bytes.writeBigUInt64LE(valueBits(value), 1);
    bytes[9] = 16;
    let at = 10;
    let rest = timeMs;
    // A time before 1970 is a large number in 64 bits.
    if (rest < 0) {
      let wide = BigInt.asUintN(64, BigInt(timeMs));
      for (; wide > 127n; wide >>= 7n) bytes[at++] = Number(wide & 127n) | 128;
      rest = Number(wide);
    }
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
    bytes[at++] = rest;
    this.#out.tag(2, 2);
    this.#out.bytes(bytes.subarray(0, at));
  }

  #histogram(value: NativeHistogram | 'stale histogram', timeMs: number): void {
    const out = this.#out;
    if (value === 'stale histogram') {
      out.tag(3, 1);
      out.fixed64(staleNaN);
    } else {
      const { isFloat, isGauge, count, sum, schema, zeroThreshold, zeroCount, positive, negative } = value;
      if (isFloat) this.#double(2, count);
      else this.#number(1, count);
      out.tag(3, 1);
      out.fixed64(valueBits(sum));
      this.#signed(4, schema);
      this.#double(5, zeroThreshold);
      if (isFloat) this.#double(7, zeroCount);
      else this.#number(6, zeroCount);
      this.#side(negative, isFloat, { spans: 8, deltas: 9, counts: 10 });
      this.#side(positive, isFloat, { spans: 11, deltas: 12, counts: 13 });
      if (isGauge) this.#number(14, 3);
    }
    out.tag(15, 0);
    out.varint(BigInt(timeMs));
  }

  #side(
    { spans, deltas, counts }: BucketSide,
    isFloat: boolean,
    field: { readonly spans: number; readonly deltas: number; readonly counts: number },
  ): void {
    const out = this.#out;
    for (const { offset, length } of spans) {
      out.tag(field.spans, 2);
      out.message(() => {
        this.#signed(1, offset);
        this.#number(2, length);
      });
    }
    if (isFloat ? counts.length === 0 : deltas.length === 0) return;
    out.tag(isFloat ? field.counts : field.deltas, 2);
    out.message(() => {
      if (isFloat) for (const count of counts) out.double(count);
      else for (const delta of deltas) out.varint(zigzag(delta));
    });
  }

  #exemplar({ labels, value, timeMs }: Exemplar, sampleTimeMs: number): void {
    const out = this.#out;
    out.tag(4, 2);
    out.message(() => {
      this.#labels(labels);
      out.tag(2, 1);
      out.fixed64(valueBits(value));
      out.tag(3, 0);
      out.varint(BigInt(timeMs ?? sampleTimeMs));
    });
  }

  #number(field: number, value: number): void {
    if (value === 0) return;
    this.#out.tag(field, 0);
    this.#out.whole(value);
  }

  #signed(field: number, value: number): void {
    if (value === 0) return;
    this.#out.tag(field, 0);
    this.#out.varint(zigzag(value));
  }

  #double(field: number, value: number): void {
    this.#out.tag(field, 1);
    this.#out.double(value);
  }
}

const eightBytes = new DataView(new ArrayBuffer(8));

function valueBits(value: number | 'stale sample'): bigint {
  if (value === 'stale sample') return staleNaN;
  if (Number.isNaN(value)) return plainNaN;
  eightBytes.setFloat64(0, value);
  return eightBytes.getBigUint64(0);
}

function zigzag(value: number): bigint {
  const whole = BigInt(value);
  return whole >= 0n ? whole * 2n : -whole * 2n - 1n;
}

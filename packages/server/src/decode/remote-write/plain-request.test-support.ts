/**
 * Remote-write requests read the plain way, to compare with: every message becomes a list of its fields, big integers and all, and what they mean is
 * looked up from there. Slow, and nothing in it is shared with the decoder.
 */
export interface PlainHistogram {
  readonly ms: bigint;
  readonly count: number;
  readonly sum: bigint;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** Prometheus' index and count of every bucket with a count. */
  readonly positive: readonly (readonly [index: number, count: number])[];
  readonly negative: readonly (readonly [index: number, count: number])[];
  readonly bounds: readonly number[];
  readonly resetHint: number;
}

export interface PlainSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Time in ms and the bits of the value. */
  readonly samples: readonly (readonly [ms: bigint, bits: bigint])[];
  readonly histograms: readonly PlainHistogram[];
  readonly exemplars: readonly {
    readonly labels: readonly (readonly [name: string, value: string])[];
    readonly value: number;
    readonly ms: bigint;
  }[];
  readonly type: number;
  readonly unit: string;
  readonly help: string;
}

export interface PlainRequest {
  readonly series: readonly PlainSeries[];
  readonly families: readonly {
    readonly name: string;
    readonly type: number;
    readonly help: string;
    readonly unit: string;
  }[];
}

type Field = { readonly number: number; readonly value: bigint | Buffer };

function fieldsOf(message: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('cut off');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    if ((tag & 7) === 0) fields.push({ number, value: varint() });
    else if ((tag & 7) === 1) {
      fields.push({ number, value: message.readBigUInt64LE(at) });
      at += 8;
    } else {
      const length = Number(varint());
      fields.push({ number, value: message.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

const last = (fields: readonly Field[], number: number): bigint => {
  const value = fields.findLast(field => field.number === number)?.value ?? 0n;
  return typeof value === 'bigint' ? value : 0n;
};
const messages = (fields: readonly Field[], number: number): readonly Buffer[] =>
  fields.flatMap(field => (field.number === number && typeof field.value !== 'bigint' ? [field.value] : []));
const text = (fields: readonly Field[], number: number): string => messages(fields, number).at(-1)?.toString() ?? '';
const has = (fields: readonly Field[], number: number): boolean => fields.some(field => field.number === number);
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const zigzag = (value: bigint): number => Number((value >> 1n) ^ -(value & 1n));

function double(bits: bigint): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bits);
  return bytes.readDoubleLE();
}

/** Varints of a field that may be packed or not. */
function varints(fields: readonly Field[], number: number): readonly bigint[] {
  return fields.flatMap(field => {
    if (field.number !== number) return [];
    if (typeof field.value === 'bigint') return [field.value];
    // A packed list has no tags: with one put before each varint it is read as fields.
    const values: bigint[] = [];
    let value = 0n;
    let shift = 0n;
    for (const byte of field.value) {
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
      if (byte > 127) continue;
      values.push(BigInt.asUintN(64, value));
      value = 0n;
      shift = 0n;
    }
    return values;
  });
}

function doubles(fields: readonly Field[], number: number): readonly number[] {
  return fields.flatMap(field => {
    if (field.number !== number) return [];
    const { value } = field;
    if (typeof value === 'bigint') return [double(value)];
    return Array.from({ length: value.length / 8 }, (_, i) => value.readDoubleLE(i * 8));
  });
}

function buckets(
  fields: readonly Field[],
  spans: number,
  deltas: number,
  counts: number,
): readonly (readonly [number, number])[] {
  const absolute = doubles(fields, counts);
  const relative = varints(fields, deltas).map(zigzag);
  let index = 0;
  let taken = 0;
  let count = 0;
  const found: [number, number][] = [];
  for (const span of messages(fields, spans).map(fieldsOf)) {
    index += zigzag(last(span, 1));
    for (let left = Number(last(span, 2)); left > 0; left--) {
      count = absolute.length > 0 ? absolute[taken]! : count + relative[taken]!;
      taken++;
      if (count !== 0) found.push([index, count]);
      index++;
    }
  }
  return found;
}

function histogram(message: Buffer): PlainHistogram {
  const fields = fieldsOf(message);
  return {
    ms: signed(last(fields, 15)),
    count: has(fields, 2) ? double(last(fields, 2)) : Number(last(fields, 1)),
    sum: last(fields, 3),
    schema: zigzag(last(fields, 4)),
    zeroThreshold: double(last(fields, 5)),
    zeroCount: has(fields, 7) ? double(last(fields, 7)) : Number(last(fields, 6)),
    positive: buckets(fields, 11, 12, 13),
    negative: buckets(fields, 8, 9, 10),
    bounds: doubles(fields, 16),
    resetHint: Number(last(fields, 14)),
  };
}

export function readPlain(version: 1 | 2, body: Buffer): PlainRequest {
  const request = fieldsOf(body);
  const symbols = messages(request, 4).map(String);
  const labels = (fields: readonly Field[]): readonly (readonly [string, string])[] => {
    if (version === 1)
      return messages(fields, 1)
        .map(fieldsOf)
        .map(label => [text(label, 1), text(label, 2)] as const);
    const refs = varints(fields, 1).map(Number);
    return refs.flatMap((ref, i) => (i % 2 === 0 ? [[symbols[ref]!, symbols[refs[i + 1]!]!] as const] : []));
  };
  const [samples, histograms, exemplars] = version === 1 ? [2, 4, 3] : [2, 3, 4];
  return {
    series: messages(request, version === 1 ? 1 : 5)
      .map(fieldsOf)
      .map(fields => {
        const metadata = version === 1 ? [] : fieldsOf(messages(fields, 5).at(-1) ?? Buffer.alloc(0));
        return {
          labels: labels(fields),
          samples: messages(fields, samples)
            .map(fieldsOf)
            .map(sample => [signed(last(sample, 2)), last(sample, 1)] as const),
          histograms: messages(fields, histograms).map(histogram),
          exemplars: messages(fields, exemplars)
            .map(fieldsOf)
            .map(exemplar => ({
              labels: labels(exemplar),
              value: double(last(exemplar, 2)),
              ms: signed(last(exemplar, 3)),
            })),
          type: Number(last(metadata, 1)),
          help: symbols[Number(last(metadata, 3))] ?? '',
          unit: symbols[Number(last(metadata, 4))] ?? '',
        };
      }),
    families:
      version === 2
        ? []
        : messages(request, 3)
            .map(fieldsOf)
            .map(fields => ({
              name: text(fields, 2),
              type: Number(last(fields, 1)),
              help: text(fields, 4),
              unit: text(fields, 5),
            })),
  };
}

/** Snappy's block format, byte by byte. */
export function plainUnsnappy(packed: Buffer): Buffer {
  const out: number[] = [];
  let at = 0;
  while (packed[at++]! > 127);
  const number = (bytes: number): number => {
    const value = packed.readUIntLE(at, bytes);
    at += bytes;
    return value;
  };
  while (at < packed.length) {
    const tag = packed[at++]!;
    if (tag % 4 === 0) {
      const short = tag >> 2;
      const length = short < 60 ? short + 1 : number(short - 59) + 1;
      for (let i = 0; i < length; i++) out.push(packed[at++]!);
    } else {
      const length = tag % 4 === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const offset = tag % 4 === 1 ? (tag >> 5) * 256 + number(1) : number(tag % 4 === 2 ? 2 : 4);
      for (let i = 0; i < length; i++) out.push(out[out.length - offset]!);
    }
  }
  return Buffer.from(out);
}

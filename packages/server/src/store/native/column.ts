import type { ByteWriter } from './byte-writer.js';

/**
 * One ClickHouse type in the `Native` format, where a block is written column by column.
 * `Values` is the form the values of a block come in: one typed array or dictionary for all rows, never an object per row.
 */
export interface Column<Values> {
  readonly type: string;
  /** What precedes the values of a block, before any offsets of a type around this one. */
  prefix(out: ByteWriter): void;
  /** Writes `rows` values; `values` must hold exactly that many. */
  write(out: ByteWriter, values: Values, rows: number): void;
}

/** Values that are written one after the other as they lie in memory (little-endian, as every machine we run on). */
function plain<Values extends NodeJS.TypedArray>(type: string, perRow = 1): Column<Values> {
  return {
    type,
    prefix() {},
    write(out, values, rows) {
      if (values.length !== rows * perRow)
        throw new Error(`${type}: ${values.length / perRow} values for ${rows} rows`);
      out.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    },
  };
}

export const uint8: Column<Uint8Array> = plain('UInt8');
export const uint16: Column<Uint16Array> = plain('UInt16');
export const uint32: Column<Uint32Array> = plain('UInt32');
export const uint64: Column<BigUint64Array> = plain('UInt64');
export const int16: Column<Int16Array> = plain('Int16');
export const int32: Column<Int32Array> = plain('Int32');
export const float32: Column<Float32Array> = plain('Float32');
export const float64: Column<Float64Array> = plain('Float64');

/** 0 or 1. */
export const bool: Column<Uint8Array> = plain('Bool');

/** Days since 1970. */
export const date: Column<Uint16Array> = plain('Date');

/** Seconds since 1970. */
export const dateTime: Column<Uint32Array> = plain("DateTime('UTC')");

/** Ticks since 1970; `digits` 3 means milliseconds, 9 nanoseconds. */
export function dateTime64(digits: 3 | 9): Column<BigInt64Array> {
  return plain(`DateTime64(${digits}, 'UTC')`);
}

/** `bytesPerRow` bytes per row, one row after the other. */
export function fixedString(bytesPerRow: number): Column<Uint8Array> {
  return plain(`FixedString(${bytesPerRow})`, bytesPerRow);
}

/** Texts already in their written form: a varint length and the bytes, one after the other. */
export interface StringValues {
  readonly count: number;
  readonly chunks: readonly Uint8Array[];
}

export const string: Column<StringValues> = {
  type: 'String',
  prefix() {},
  write(out, values, rows) {
    if (values.count !== rows) throw new Error(`String: ${values.count} values for ${rows} rows`);
    for (const chunk of values.chunks) out.bytes(chunk);
  },
};

/** A list of different texts, each a slice of `bytes`. */
export interface Texts {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly count: number;
}

/** For each row the index of its text in a list that many columns and blocks may share. */
export interface TextValues {
  readonly texts: Texts;
  readonly indexes: Int32Array;
}

/** Which place a shared text has in the dictionary of the column being written, plus one; all 0 between two columns. */
let places = new Int32Array(1024);

/**
 * `LowCardinality(String)`: the version 1; then, if there are rows, how wide the indexes are with two flags (the dictionary comes along; it is new), the
 * dictionary's size and texts, the number of rows and an index for each. Only texts that occur go into it, in the order in which they occur.
 */
export const lowCardinality: Column<TextValues> = {
  type: 'LowCardinality(String)',
  prefix(out) {
    out.uint64(1);
  },
  write(out, { texts, indexes }, rows) {
    if (indexes.length !== rows) throw new Error(`LowCardinality(String): ${indexes.length} values for ${rows} rows`);
    if (rows === 0) return;
    if (texts.count > places.length) places = new Int32Array(texts.count * 2);
    const used: number[] = [];
    for (let row = 0; row < rows; row++) {
      const index = indexes[row]!;
      if (places[index] === 0) {
        used.push(index);
        places[index] = used.length;
      }
    }
    const width = used.length <= 0x100 ? 0 : used.length <= 0x1_0000 ? 1 : 2;
    const hasAdditionalKeys = 1 << 9;
    const needsNewDictionary = 1 << 10;
    out.uint64(width | hasAdditionalKeys | needsNewDictionary);
    out.uint64(used.length);
    for (const index of used) {
      const start = texts.starts[index]!;
      const length = texts.lengths[index]!;
      out.varint(length);
      out.bytes(texts.bytes.slice(start, start + length));
    }
    out.uint64(rows);
    const written = width === 0 ? new Uint8Array(rows) : width === 1 ? new Uint16Array(rows) : new Uint32Array(rows);
    for (let row = 0; row < rows; row++) written[row] = places[indexes[row]!]! - 1;
    out.bytes(new Uint8Array(written.buffer));
    for (const index of used) places[index] = 0;
  },
};

/** Where each row's entries end, counted in entries, and the entries of all rows. */
export interface ArrayValues<Values> {
  readonly ends: BigUint64Array;
  readonly values: Values;
}

/** `Array(T)`: the end of each row as UInt64, then all entries as one column. */
export function array<Values>(inner: Column<Values>): Column<ArrayValues<Values>> {
  return {
    type: `Array(${inner.type})`,
    prefix: out => inner.prefix(out),
    write(out, { ends, values }, rows) {
      uint64.write(out, ends, rows);
      inner.write(out, values, Number(ends[rows - 1] ?? 0n));
    },
  };
}

export interface MapValues<Keys, Values> {
  readonly ends: BigUint64Array;
  readonly keys: Keys;
  readonly values: Values;
}

/** `Map(K, V)`: as an array of pairs, where all keys come before all values. */
export function map<Keys, Values>(key: Column<Keys>, value: Column<Values>): Column<MapValues<Keys, Values>> {
  return {
    type: `Map(${key.type}, ${value.type})`,
    prefix(out) {
      key.prefix(out);
      value.prefix(out);
    },
    write(out, { ends, keys, values }, rows) {
      uint64.write(out, ends, rows);
      const entries = Number(ends[rows - 1] ?? 0n);
      key.write(out, keys, entries);
      value.write(out, values, entries);
    },
  };
}

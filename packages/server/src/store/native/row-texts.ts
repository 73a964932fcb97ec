import type { StringValues, TextValues } from './column.js';

/** A text per row, for `LowCardinality(String)`. */
export function textValues(rows: readonly string[]): TextValues {
  const places = new Map<string, number>();
  const indexes = Int32Array.from(rows, text => {
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, places.size);
    return places.size - 1;
  });
  const pieces = [...places.keys()].map(text => Buffer.from(text));
  const lengths = Int32Array.from(pieces, ({ length }) => length);
  const starts = new Int32Array(pieces.length);
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i - 1] ?? 0) + (lengths[i - 1] ?? 0);
  return { texts: { bytes: Buffer.concat(pieces), starts, lengths, count: pieces.length }, indexes };
}

/** A text per row, for `String`. */
export function stringValues(rows: readonly string[]): StringValues {
  const chunks = rows.flatMap(text => {
    const bytes = Buffer.from(text);
    return [varint(bytes.length), bytes];
  });
  return { count: rows.length, chunks };
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

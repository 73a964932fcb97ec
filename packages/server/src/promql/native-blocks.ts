/**
 * One column of a `Native` block as it lies in the answer.
 *
 * `values` holds the fixed-width values of all rows; of an array column those of all arrays, with `ends` (a UInt64 per row) saying where each ends.
 */
export interface NativeColumn {
  readonly type: string;
  readonly values: Uint8Array;
  readonly ends: Uint8Array | undefined;
}

export interface NativeBlock {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, NativeColumn>;
}

const widths: ReadonlyMap<string, number> = new Map([
  ['UInt8', 1],
  ['Int16', 2],
  ['Int32', 4],
  ['UInt32', 4],
  ['UInt64', 8],
  ['Int64', 8],
  ['Float64', 8],
  ["DateTime64(3, 'UTC')", 8],
]);

const text = new TextDecoder();

/**
 * The blocks of a `Native` answer with columns of fixed width and arrays of them: the number of columns and of rows, then for each column its name,
 * its type and its values.
 */
export function nativeBlocks(bytes: Uint8Array): readonly NativeBlock[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: NativeBlock[] = [];
  let at = 0;

  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('a Native block ends too early');
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error('a Native block ends too early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const word = (): string => text.decode(take(varint()));

  while (at < bytes.length) {
    const count = varint();
    const rows = varint();
    const columns = new Map<string, NativeColumn>();
    for (let column = 0; column < count; column++) {
      const name = word();
      const type = word();
      const inner = /^Array\((\w+)\)$/.exec(type)?.[1];
      const width = widths.get(inner ?? type);
      if (width === undefined) throw new Error(`a Native column of type ${type} can not be read here`);
      if (inner === undefined) {
        columns.set(name, { type, values: take(rows * width), ends: undefined });
        continue;
      }
      const endsAt = at;
      const ends = take(rows * 8);
      const total = rows === 0 ? 0 : Number(view.getBigUint64(endsAt + (rows - 1) * 8, true));
      columns.set(name, { type, values: take(total * width), ends });
    }
    if (rows > 0) blocks.push({ rows, columns });
  }
  return blocks;
}

export function rowsOf(blocks: readonly NativeBlock[]): number {
  return blocks.reduce((sum, { rows }) => sum + rows, 0);
}

/** The values of a column of all blocks, one after the other, in memory that is aligned for numbers. Bytes are copied as they are: NaNs keep their bits. */
export function joinedColumn(blocks: readonly NativeBlock[], name: string): ArrayBuffer {
  const parts = blocks.map(block => columnOf(block, name).values);
  return joined(parts);
}

/** The arrays of a column of all blocks: their values, and where each ends among them. */
export function joinedArrays(
  blocks: readonly NativeBlock[],
  name: string,
): { readonly values: Float64Array; readonly ends: Float64Array } {
  const ends = new Float64Array(rowsOf(blocks));
  let row = 0;
  let before = 0;
  for (const block of blocks) {
    const column = columnOf(block, name);
    if (column.ends === undefined || column.type !== 'Array(Float64)') throw new Error(`${name} is no Array(Float64)`);
    const view = new DataView(column.ends.buffer, column.ends.byteOffset, column.ends.byteLength);
    for (let at = 0; at < block.rows; at++) ends[row++] = before + Number(view.getBigUint64(at * 8, true));
    before = ends[row - 1] ?? 0;
  }
  return { values: new Float64Array(joinedColumn(blocks, name)), ends };
}

export function columnOf(block: NativeBlock, name: string): NativeColumn {
  const column = block.columns.get(name);
  if (column === undefined) throw new Error(`the answer has no column ${name}`);
  return column;
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}

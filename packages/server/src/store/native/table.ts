import { ByteWriter } from './byte-writer.js';
import type { Column } from './column.js';

/** A table whose rows are written as `Native` blocks. */
export interface Table<Block> {
  readonly name: string;
  readonly columns: readonly string[];
  /**
   * One block of `rows` rows: the number of columns and of rows, then for each column its name, its type and its values.
   * The chunks may share memory with `block`: do not change it afterwards.
   */
  encode(rows: number, block: Block): Uint8Array[];
}

/** Declares a table once, its columns in the order of the migration, so that a block can never be written in another order. */
export function table<Block extends object>(
  name: string,
  columns: { readonly [K in keyof Block]: Column<Block[K]> },
): Table<Block> {
  // Object.keys gives the declared names and nothing else: the object is a literal of this folder.
  const names = Object.keys(columns) as (keyof Block & string)[];
  return {
    name,
    columns: names,
    encode(rows, block) {
      const out = new ByteWriter();
      out.varint(names.length);
      out.varint(rows);
      for (const name of names) {
        const column = columns[name];
        out.text(name);
        out.text(column.type);
        column.prefix(out);
        column.write(out, block[name], rows);
      }
      return out.take();
    },
  };
}

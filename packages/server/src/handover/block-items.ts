/** A number of items for each row of the ledger, by the row's number. */
export type ItemCounts = ReadonlyMap<number, number>;

export function addTo(counts: Map<number, number>, row: number, items: number): void {
  if (items !== 0) counts.set(row, (counts.get(row) ?? 0) + items);
}

/** The items of a block: what its requests brought, and what became of it. Each is counted where it happens, none from the others. */
export class BlockItems {
  /** What was counted when the requests came. */
  readonly came = new Map<number, number>();
  /** Items whose rows are in the block's files. */
  readonly built = new Map<number, number>();
  /** Items that could not be made into rows, by an error of ours. */
  readonly bugs = new Map<number, number>();
  /** Spans that were left out by sampling; their rates, errors and durations are in the block's files. */
  readonly sampledOut = new Map<number, number>();
  /** Items of which the engine refused a row. */
  readonly refused = new Map<number, number>();
}

/** Rows of one table's file that the engine refused: first row and how many, in rising order. */
export interface RefusedRows {
  readonly table: string;
  readonly ranges: readonly (readonly [offset: number, count: number])[];
}

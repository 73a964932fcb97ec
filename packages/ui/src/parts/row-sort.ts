/** A column to sort by: the value of a row, and whether the first click sorts from the largest. */
export type SortColumn<Row> = {
  readonly key: string;
  value(row: Row): number | string | null;
  readonly largestFirst?: boolean;
};

/** As it stands in the URL: `p95` rises, `-p95` falls. */
export type Sort = { readonly key: string; readonly falling: boolean };

export function readSort(text: string | undefined): Sort | undefined {
  if (text === undefined || text === '' || text === '-') return undefined;
  return text.startsWith('-') ? { key: text.slice(1), falling: true } : { key: text, falling: false };
}

export function writeSort({ key, falling }: Sort): string {
  return falling ? `-${key}` : key;
}

/** What a click on a heading sorts by: its own direction first, then the other. */
export function nextSort<Row>(column: SortColumn<Row>, now: Sort | undefined): Sort {
  if (now?.key === column.key) return { key: column.key, falling: !now.falling };
  return { key: column.key, falling: column.largestFirst === true };
}

/** Sorted rows; equal ones keep their order, and rows without a value stand last in either direction. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly SortColumn<Row>[],
  sort: Sort | undefined,
): readonly Row[] {
  const column = columns.find(({ key }) => key === sort?.key);
  if (column === undefined || sort === undefined) return rows;
  const sign = sort.falling ? -1 : 1;
  return rows.toSorted((one, other) => {
    const a = column.value(one);
    const b = column.value(other);
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    if (typeof a === 'string' || typeof b === 'string') return sign * String(a).localeCompare(String(b), 'en');
    return sign * (a - b);
  });
}

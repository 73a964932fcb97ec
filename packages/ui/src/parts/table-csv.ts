import { missing } from '../format.js';
import { csv, type CsvCell } from './csv.js';
import type { Column } from './data-table.js';

/** What columns and rows show as a file: numbers and times unrounded, the rest as it is read in `texts`, by row and column. */
export function tableCsv<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  texts: readonly (readonly string[])[],
): string {
  const lines = rows.map((row, at) => columns.map((column, of) => fileCell(column, row, texts[at]?.[of] ?? '')));
  // Pictures and buttons have nothing to write.
  const kept = columns.flatMap(({ title }, of) => (title !== '' && lines.some(line => line[of] !== null) ? [of] : []));
  const heads = columns.map(({ title, unit }) =>
    unit === undefined || unit === '' || unit === 'time' ? title : `${title} (${unit})`,
  );
  return csv([heads, ...lines].map(line => kept.map(of => line[of] ?? null)));
}

function fileCell<Row>({ value, unit }: Column<Row>, row: Row, text: string): CsvCell {
  const known = value?.(row);
  if (known === null) return null;
  if (typeof known === 'number' && unit !== undefined) return unit === 'time' ? new Date(known).toISOString() : known;
  return text === '' || text.startsWith(missing) ? null : text;
}

/** The words of a drawn cell, with a space between what stands in boxes of their own. */
export function cellText(cell: Element): string {
  const words: string[] = [];
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (walker.nextNode() !== null) words.push(walker.currentNode.nodeValue ?? '');
  return words.join(' ').replaceAll(/\s+/g, ' ').trim();
}

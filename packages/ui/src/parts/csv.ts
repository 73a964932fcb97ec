/** What a cell of a file holds; null is an empty one. */
export type CsvCell = string | number | null;

/** RFC 4180. Texts that a spreadsheet would compute (`=`, `+`, `-`, `@` at their start) get an apostrophe before them. */
export function csv(lines: readonly (readonly CsvCell[])[]): string {
  return lines.map(line => `${line.map(written).join(',')}\r\n`).join('');
}

function written(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

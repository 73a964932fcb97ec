import { fieldOfType, rowCount, type Cell, type Frame } from '@bellwether/dashboards';
import { chartCsv } from '../charts/chart-csv.js';
import { tablesOf } from './table-panel.js';

/** Series over time as one table with a column each; anything else as its first table. */
export function frameCsv(frames: readonly Frame[]): string {
  const times = fieldOfType(frames[0] ?? { refId: '', name: '', fields: [] }, 'time')?.values;
  const series = frames.flatMap(frame =>
    frame.fields.length === 2 && frame.fields[0]?.type === 'time'
      ? [{ frame, values: frame.fields[1]?.values ?? [] }]
      : [],
  );
  if (times !== undefined && times.length > 1 && series.length === frames.length) {
    const columns = series.map(({ frame, values }) => ({
      name: frame.name,
      values: values.map(value => (typeof value === 'number' ? value : null)),
    }));
    return chartCsv(times.map(Number), columns);
  }
  const [table] = tablesOf(frames);
  if (table === undefined) return '';
  const lines = Array.from({ length: rowCount(table) }, (_, row) =>
    table.fields.map(field => written(field.values[row] ?? null, field.type === 'time')),
  );
  return [table.fields.map(field => written(field.name, false)), ...lines]
    .map(line => `${line.join(',')}\r\n`)
    .join('');
}

/** Quoted when it has to be. A leading sign would be a formula to a spreadsheet, so texts get an apostrophe. */
function written(cell: Cell, isTime: boolean): string {
  if (cell === null) return '';
  if (isTime && typeof cell === 'number') return new Date(cell).toISOString();
  if (typeof cell !== 'string') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Hands a text to the person as a file. */
export function download(name: string, text: string, type = 'text/csv'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

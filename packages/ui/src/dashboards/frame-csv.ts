import { fieldOfType, rowCount, type Cell, type Frame } from '@bellwether/dashboards';
import { chartCsv } from '../charts/chart-csv.js';
import { csv, type CsvCell } from '../parts/csv.js';
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
    table.fields.map(field => fileCell(field.values[row] ?? null, field.type === 'time')),
  );
  return csv([table.fields.map(field => field.name), ...lines]);
}

function fileCell(cell: Cell, isTime: boolean): CsvCell {
  if (isTime && typeof cell === 'number') return new Date(cell).toISOString();
  return typeof cell === 'boolean' ? String(cell) : cell;
}

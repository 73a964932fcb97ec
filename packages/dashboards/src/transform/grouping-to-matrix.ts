import { textOf } from '../json/json.js';
import { type Cell, type Field, type Frame, column, noLabels } from '../frames/frame.js';
import { type Transformation, nameOf } from './transformation.js';

const mostColumns = 500;

/** A table of three columns as a matrix: a row for each value of one, a column for each value of another, and the third where they meet. */
export const groupingToMatrix: Transformation = {
  id: 'groupingToMatrix',
  apply(frames, options) {
    const across = textOf(options, 'columnField') || 'Time';
    const down = textOf(options, 'rowField') || 'Time';
    const inside = textOf(options, 'valueField') || 'Value';
    const empty = textOf(options, 'emptyValue');
    return frames.map(frame => {
      const find = (name: string): Field | undefined =>
        frame.fields.find(one => nameOf(one) === name || one.name === name);
      const columnField = find(across);
      const rowField = find(down);
      const valueField = find(inside);
      if (columnField === undefined || rowField === undefined || valueField === undefined) return frame;
      return matrix(frame, { columnField, rowField, valueField, missing: emptyCell(empty) });
    });
  },
};

type Parts = {
  readonly columnField: Field;
  readonly rowField: Field;
  readonly valueField: Field;
  readonly missing: Cell;
};

function matrix(frame: Frame, { columnField, rowField, valueField, missing }: Parts): Frame {
  const rows = [...new Set(rowField.values)];
  const rowAt = new Map(rows.map((value, at) => [value, at]));
  const columns = new Map<string, Cell[]>();
  columnField.values.forEach((value, at) => {
    const name = String(value ?? '');
    let cells = columns.get(name);
    if (cells === undefined) {
      if (columns.size >= mostColumns) return;
      cells = rows.map(() => missing);
      columns.set(name, cells);
    }
    const row = rowAt.get(rowField.values[at] ?? null);
    if (row !== undefined) cells[row] = valueField.values[at] ?? null;
  });
  return {
    ...frame,
    fields: [
      column(`${nameOf(rowField)}\\${nameOf(columnField)}`, rowField.type, rows),
      ...[...columns].map(([name, values]) => ({ ...valueField, name, values, labels: noLabels, legend: undefined })),
    ],
  };
}

function emptyCell(kind: string): Cell {
  switch (kind) {
    case 'zero':
      return 0;
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
    default:
      return '';
  }
}

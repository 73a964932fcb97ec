import { flagOf, objectsOf, textOf } from '../json/json.js';
import { type Cell, pickRows, rowCount } from '../frames/frame.js';
import { type Transformation, nameOf } from './transformation.js';

/** Rows by the values of one column. */
export const sortBy: Transformation = {
  id: 'sortBy',
  apply(frames, options) {
    const [sort] = objectsOf(options, 'sort');
    if (sort === undefined) return frames;
    const wanted = textOf(sort, 'field');
    return frames.map(frame => {
      const field = frame.fields.find(one => nameOf(one) === wanted || one.name === wanted);
      if (field === undefined) return frame;
      const rows = Array.from({ length: rowCount(frame) }, (_, row) => row);
      const sorted = rows.toSorted((a, b) => compareCells(field.values[a] ?? null, field.values[b] ?? null));
      return pickRows(frame, flagOf(sort, 'desc') ? sorted.toReversed() : sorted);
    });
  },
};

/** Numbers by size, texts by letters, what is missing first. */
export function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

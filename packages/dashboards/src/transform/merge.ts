import { type Cell, type Field, type Frame, column, rowCount } from '../frames/frame.js';
import { type Transformation, nameOf } from './transformation.js';

/** Values stand beside each other; everything else says whether two rows are the same. */
const isValue = (field: Field): boolean => field.type === 'number';

/** All tables as one: rows whose common columns are equal become one row. */
export const merge: Transformation = {
  id: 'merge',
  apply(frames) {
    const filled = frames.filter(frame => frame.fields.length > 0);
    if (filled.length < 2) return frames;
    const keys = [
      ...new Set(filled.flatMap(frame => frame.fields.filter(field => !isValue(field)).map(nameOf))),
    ].filter(name => filled.every(frame => frame.fields.some(field => nameOf(field) === name)));
    const columns = new Map<string, { type: Field['type']; values: Cell[] }>();
    for (const frame of filled)
      for (const field of frame.fields)
        if (!columns.has(nameOf(field))) columns.set(nameOf(field), { type: field.type, values: [] });

    const rowOf = new Map<string, number>();
    let rows = 0;
    for (const frame of filled) {
      const byName = new Map(frame.fields.map(field => [nameOf(field), field]));
      for (let at = 0; at < rowCount(frame); at += 1) {
        const key = JSON.stringify(keys.map(name => byName.get(name)?.values[at] ?? null));
        let row = rowOf.get(key);
        const clashes =
          row !== undefined &&
          frame.fields.some(
            field => (columns.get(nameOf(field))?.values[row ?? 0] ?? null) !== null && !keys.includes(nameOf(field)),
          );
        if (row === undefined || clashes) {
          row = rows;
          rows += 1;
          if (!clashes) rowOf.set(key, row);
          for (const { values } of columns.values()) values.push(null);
        }
        for (const field of frame.fields) {
          const into = columns.get(nameOf(field));
          if (into !== undefined) into.values[row] = field.values[at] ?? null;
        }
      }
    }
    const merged: Frame = {
      refId: filled[0]?.refId ?? '',
      name: '',
      fields: [...columns].map(([name, { type, values }]) => column(name, type, values)),
    };
    return [merged];
  },
};

import { textOf } from '../json/json.js';
import { type Cell, type Field, column, rowCount } from '../frames/frame.js';
import { type Transformation, nameOf } from './transformation.js';

function joined(id: string): Transformation {
  return {
    id,
    apply(frames, options) {
      const by = textOf(options, 'byField');
      const isInner = textOf(options, 'mode') === 'inner';
      const keyOf = (fields: readonly Field[]): Field | undefined =>
        by === ''
          ? (fields.find(field => field.type === 'time') ?? fields[0])
          : fields.find(field => nameOf(field) === by || field.name === by);
      const sides = frames.flatMap(frame => {
        const key = keyOf(frame.fields);
        return key === undefined ? [] : [{ frame, key }];
      });
      const [first] = sides;
      if (first === undefined || sides.length < 2) return frames;

      const rows = new Map<Cell, number[]>();
      sides.forEach(({ frame, key }, side) => {
        for (let at = 0; at < rowCount(frame); at += 1) {
          const value = key.values[at] ?? null;
          const places = rows.get(value) ?? [];
          places[side] ??= at;
          rows.set(value, places);
        }
      });
      let found = [...rows];
      if (isInner) found = found.filter(([, places]) => sides.every((_, side) => places[side] !== undefined));
      if (first.key.type === 'time' || first.key.type === 'number')
        found = found.toSorted(([a], [b]) => Number(a) - Number(b));
      const key = column(
        first.key.name,
        first.key.type,
        found.map(([value]) => value),
      );
      const others = sides.flatMap(({ frame, key: own }, side) =>
        frame.fields
          .filter(field => field !== own)
          .map(field => ({ ...field, values: found.map(([, places]) => field.values[places[side] ?? -1] ?? null) })),
      );
      return [{ refId: first.frame.refId, name: '', fields: [key, ...others] }];
    },
  };
}

/** Tables side by side, where one column is equal: outer unless `mode` says `inner`. */
export const joinByField = joined('joinByField');

/** What `joinByField` was called until Grafana 9. */
export const seriesToColumns = joined('seriesToColumns');

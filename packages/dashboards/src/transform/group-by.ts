import { objectOf, textOf, textsOf } from '../json/json.js';
import { type Cell, column, rowCount, typeOf } from '../frames/frame.js';
import { reduceBy } from '../fields/reduce.js';
import { type Transformation, nameOf } from './transformation.js';

/** Rows with the same values in some columns become one; of the others the calculations that are asked for. */
export const groupBy: Transformation = {
  id: 'groupBy',
  apply(frames, options) {
    const rules = objectOf(options, 'fields');
    const ruleOf = (name: string): { readonly how: string; readonly calcs: readonly string[] } => {
      const rule = objectOf(rules, name);
      return { how: textOf(rule, 'operation'), calcs: textsOf(rule, 'aggregations') };
    };
    return frames.map(frame => {
      const keys = frame.fields.filter(field => ruleOf(nameOf(field)).how === 'groupby');
      if (keys.length === 0) return frame;
      const groups = new Map<string, number[]>();
      for (let row = 0; row < rowCount(frame); row += 1) {
        const key = JSON.stringify(keys.map(field => field.values[row] ?? null));
        const rows = groups.get(key) ?? [];
        rows.push(row);
        groups.set(key, rows);
      }
      const all = [...groups.values()];
      const keyColumns = keys.map(field => ({ ...field, values: all.map(([row = 0]) => field.values[row] ?? null) }));
      const calculated = frame.fields
        .filter(field => ruleOf(nameOf(field)).how === 'aggregate')
        .flatMap(field =>
          ruleOf(nameOf(field)).calcs.map(id => {
            const values: readonly Cell[] = all.map(rows =>
              reduceBy(
                id,
                rows.map(row => field.values[row] ?? null),
              ),
            );
            return column(`${nameOf(field)} (${id})`, field.type === 'time' ? 'time' : typeOf(values), values);
          }),
        );
      return { ...frame, fields: [...keyColumns, ...calculated] };
    });
  },
};

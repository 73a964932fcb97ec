import { flagOf, textOf, textsOf } from '../json/json.js';
import { type Cell, type Field, column, typeOf } from '../frames/frame.js';
import { reduceBy, reducerOf } from '../fields/reduce.js';
import { type Transformation, nameOf } from './transformation.js';

const labelled = (id: string): string => {
  const label = reducerOf(id)?.label ?? id;
  return label.charAt(0).toUpperCase() + label.slice(1);
};

/** Each series becomes one row: its name and one value for each calculation. */
export const reduce: Transformation = {
  id: 'reduce',
  apply(frames, options) {
    const calcs = textsOf(options, 'reducers');
    const ids = calcs.length === 0 ? ['max'] : calcs;
    const shown = frames.map(frame => ({ frame, fields: frame.fields.filter(field => field.type === 'number') }));
    if (textOf(options, 'mode') === 'reduceFields') {
      return shown.map(({ frame, fields }) => ({
        ...frame,
        fields: fields.flatMap(field => ids.map((id): Field => ({ ...field, values: [reduceBy(id, field.values)] }))),
      }));
    }
    const fields = shown.flatMap(one => one.fields);
    const labels = flagOf(options, 'labelsToFields')
      ? [...new Set(fields.flatMap(field => [...field.labels.keys()]))]
      : [];
    const names: readonly Cell[] = fields.map(nameOf);
    const columns = ids.map(id => {
      const values = fields.map(field => reduceBy(id, field.values));
      return column(labelled(id), typeOf(values), values);
    });
    const labelColumns = labels.map(name =>
      column(
        name,
        'string',
        fields.map(field => field.labels.get(name) ?? null),
      ),
    );
    return [
      {
        refId: frames[0]?.refId ?? '',
        name: '',
        fields: [column('Field', 'string', names), ...labelColumns, ...columns],
      },
    ];
  },
};

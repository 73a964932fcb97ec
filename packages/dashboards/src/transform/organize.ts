import { fieldOf, numberOf, objectOf, textOf } from '../json/json.js';
import { type Transformation, nameOf } from './transformation.js';

/** Leaves columns out, orders and renames them. */
export const organize: Transformation = {
  id: 'organize',
  apply(frames, options) {
    const excluded = objectOf(options, 'excludeByName');
    const included = objectOf(options, 'includeByName');
    const order = objectOf(options, 'indexByName');
    const renamed = objectOf(options, 'renameByName');
    return frames.map(frame => {
      const kept = frame.fields.filter(field => {
        const name = nameOf(field);
        if (Object.keys(included).length > 0) return fieldOf(included, name) === true;
        return fieldOf(excluded, name) !== true;
      });
      const place = (at: number): number => {
        const field = kept[at];
        return field === undefined ? 0 : (numberOf(order, nameOf(field)) ?? kept.length + at);
      };
      const indexes = kept.map((_, at) => at).toSorted((a, b) => place(a) - place(b));
      return {
        ...frame,
        fields: indexes.flatMap(at => {
          const field = kept[at];
          if (field === undefined) return [];
          const name = textOf(renamed, nameOf(field));
          return [name === '' ? field : { ...field, name, legend: name }];
        }),
      };
    });
  },
};

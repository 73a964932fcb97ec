import { isObject, fieldOf, textOf, textsOf, objectOf } from '../json/json.js';
import { readPattern } from '../json/pattern.js';
import { type Transformation, nameOf } from './transformation.js';

/** Keeps or leaves out columns, by a list of names or a pattern. */
export const filterFieldsByName: Transformation = {
  id: 'filterFieldsByName',
  apply(frames, options) {
    const test = (side: string): ((name: string) => boolean) | undefined => {
      if (!isObject(fieldOf(options, side))) return undefined;
      const given = objectOf(options, side);
      const names = new Set(textsOf(given, 'names'));
      const pattern = textOf(given, 'pattern') === '' ? undefined : readPattern(textOf(given, 'pattern'));
      if (names.size === 0 && pattern === undefined) return undefined;
      return name => names.has(name) || pattern?.test(name) === true;
    };
    const include = test('include');
    const exclude = test('exclude');
    return frames
      .map(frame => ({
        ...frame,
        fields: frame.fields.filter(field => {
          const name = nameOf(field);
          return (include?.(name) ?? true) && exclude?.(name) !== true;
        }),
      }))
      .filter(frame => frame.fields.length > 0);
  },
};

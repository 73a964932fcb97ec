import { textOf } from '../json/json.js';
import { readPattern } from '../json/pattern.js';
import { type Transformation, nameOf } from './transformation.js';

/** New names out of old ones. */
export const renameByRegex: Transformation = {
  id: 'renameByRegex',
  apply(frames, options) {
    const pattern = readPattern(textOf(options, 'regex'));
    if (pattern === undefined) return frames;
    const put = textOf(options, 'renamePattern');
    return frames.map(frame => ({
      ...frame,
      fields: frame.fields.map(field => {
        if (field.type === 'time') return field;
        const name = nameOf(field);
        const renamed = pattern.replace(name, put);
        return renamed === name ? field : { ...field, name: renamed, legend: renamed };
      }),
    }));
  },
};

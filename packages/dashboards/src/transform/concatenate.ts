import { rowCount } from '../frames/frame.js';
import type { Transformation } from './transformation.js';

/** The columns of all tables in one, side by side. */
export const concatenate: Transformation = {
  id: 'concatenate',
  apply(frames) {
    const rows = Math.max(0, ...frames.map(rowCount));
    const fields = frames.flatMap(frame =>
      frame.fields.map(field => ({
        ...field,
        values: [...field.values, ...Array.from({ length: rows - field.values.length }, () => null)],
      })),
    );
    return frames.length < 2 ? frames : [{ refId: frames[0]?.refId ?? '', name: '', fields }];
  },
};

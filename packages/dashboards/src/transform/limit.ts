import { numberOf } from '../json/json.js';
import { pickRows, rowCount } from '../frames/frame.js';
import type { Transformation } from './transformation.js';

/** The first rows. */
export const limit: Transformation = {
  id: 'limit',
  apply(frames, options) {
    const most = Math.max(0, numberOf(options, 'limitField') ?? 10);
    return frames.map(frame =>
      pickRows(
        frame,
        Array.from({ length: Math.min(most, rowCount(frame)) }, (_, row) => row),
      ),
    );
  },
};

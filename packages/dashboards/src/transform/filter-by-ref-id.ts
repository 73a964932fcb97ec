import { textOf } from '../json/json.js';
import { readPattern } from '../json/pattern.js';
import type { Transformation } from './transformation.js';

/** Only the tables of some queries. */
export const filterByRefId: Transformation = {
  id: 'filterByRefId',
  apply(frames, options) {
    const include = textOf(options, 'include');
    const pattern = readPattern(include);
    return include === ''
      ? frames
      : frames.filter(({ refId }) => refId === include || pattern?.match(refId)?.groups[0] === refId);
  },
};

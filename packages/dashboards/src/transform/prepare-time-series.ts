import { textOf } from '../json/json.js';
import { joinByField } from './join-by-field.js';
import type { Transformation } from './transformation.js';

/** Series as one wide table, or each by itself, which they are already. */
export const prepareTimeSeries: Transformation = {
  id: 'prepareTimeSeries',
  apply: (frames, options) => (textOf(options, 'format') === 'wide' ? joinByField.apply(frames, {}) : frames),
};

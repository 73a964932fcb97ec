import { type JsonObject, objectOf, textOf } from '../json/json.js';
import type { Frame } from '../frames/frame.js';
import { calculateField } from './calculate-field.js';
import { concatenate } from './concatenate.js';
import { convertFieldType } from './convert-field-type.js';
import { extractFields } from './extract-fields.js';
import { filterByRefId } from './filter-by-ref-id.js';
import { filterByValue } from './filter-by-value.js';
import { filterFieldsByName } from './filter-fields-by-name.js';
import { groupingToMatrix } from './grouping-to-matrix.js';
import { groupBy } from './group-by.js';
import { joinByField, seriesToColumns } from './join-by-field.js';
import { labelsToFields } from './labels-to-fields.js';
import { limit } from './limit.js';
import { merge } from './merge.js';
import { organize } from './organize.js';
import { prepareTimeSeries } from './prepare-time-series.js';
import { reduce } from './reduce-rows.js';
import { renameByRegex } from './rename-by-regex.js';
import { seriesToRows } from './series-to-rows.js';
import { sortBy } from './sort-by.js';
import type { Transformation } from './transformation.js';

const all: readonly Transformation[] = [
  organize,
  merge,
  joinByField,
  seriesToColumns,
  filterFieldsByName,
  filterByValue,
  filterByRefId,
  reduce,
  sortBy,
  groupBy,
  calculateField,
  renameByRegex,
  labelsToFields,
  limit,
  seriesToRows,
  concatenate,
  convertFieldType,
  prepareTimeSeries,
  groupingToMatrix,
  extractFields,
];

const byId = new Map(all.map(transformation => [transformation.id, transformation]));

export interface Transformed {
  readonly frames: readonly Frame[];
  /** What could not be done, in words; then the tables are as they were before the first such step. */
  readonly note: string | undefined;
}

/** Runs a panel's transformations in their order. With one among them that is not known nothing is changed: half of them could mislead. */
export function applyTransformations(frames: readonly Frame[], transformations: readonly JsonObject[]): Transformed {
  const unknown = transformations.map(one => textOf(one, 'id')).filter(id => !byId.has(id));
  if (unknown.length > 0) {
    return {
      frames,
      note: `The transformation ${unknown.map(id => `"${id}"`).join(', ')} is not known here, so the queries' results are shown without transformations.`,
    };
  }
  const done = transformations.reduce(
    (now, one) => byId.get(textOf(one, 'id'))?.apply(now, objectOf(one, 'options')) ?? now,
    frames,
  );
  return { frames: done, note: undefined };
}

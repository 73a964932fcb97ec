import type { JsonObject } from '../json/json.js';
import type { Field, Frame } from '../frames/frame.js';

/** One step from the queries' tables to those that are shown: what it is called in files, and what it does. */
export interface Transformation {
  readonly id: string;
  apply(frames: readonly Frame[], options: JsonObject): readonly Frame[];
}

/** The name that options refer to: the legend, else the column's. */
export function nameOf(field: Field): string {
  return field.legend !== undefined && field.legend !== '' ? field.legend : field.name;
}

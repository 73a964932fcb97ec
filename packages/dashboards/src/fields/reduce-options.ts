import { type JsonObject, flagOf, numberOf, objectOf, textOf, textsOf } from '../json/json.js';
import { readPattern } from '../json/pattern.js';
import type { Cell, Frame } from '../frames/frame.js';
import { type ShownField, isHiddenFrom, showFields } from './field-config.js';
import { reduceBy } from './reduce.js';

/** One number of a stat, gauge, bar gauge or pie. */
export interface ReducedValue {
  readonly name: string;
  readonly value: Cell;
  readonly shown: ShownField;
  /** The values behind it, for a sparkline. */
  readonly values: readonly Cell[];
  /** Undefined: all rows in one. */
  readonly row: number | undefined;
}

const maxValues = 500;

/** The numbers that a panel shows: one per series, or one per row where `values` says so. */
export function reducedValues(
  frames: readonly Frame[],
  fieldConfig: JsonObject,
  options: JsonObject,
): readonly ReducedValue[] {
  const reduce = objectOf(options, 'reduceOptions');
  const calc = textsOf(reduce, 'calcs')[0] ?? 'lastNotNull';
  const wanted = textOf(reduce, 'fields');
  const pattern = wanted === '' ? undefined : readPattern(wanted);
  const fields = showFields(frames, fieldConfig).filter(one => !isHiddenFrom(one.config, 'viz'));
  const shown = fields.filter(({ field, name }) =>
    wanted === ''
      ? field.type === 'number'
      : field.type !== 'time' && (pattern?.test(name) === true || pattern?.test(field.name) === true),
  );
  if (!flagOf(reduce, 'values')) {
    return shown.slice(0, maxValues).map(one => ({
      name: one.name,
      value: reduceBy(calc, one.field.values),
      shown: one,
      values: one.field.values,
      row: undefined,
    }));
  }
  const limit = Math.min(numberOf(reduce, 'limit') ?? 25, maxValues);
  return shown
    .flatMap(one => {
      const label = fields.find(other => other.frame === one.frame && other.field.type === 'string')?.field;
      return one.field.values.map((value, row): ReducedValue => {
        const text = label?.values[row];
        return {
          name: text === undefined || text === null ? one.name : String(text),
          value,
          shown: one,
          values: [],
          row,
        };
      });
    })
    .slice(0, limit);
}

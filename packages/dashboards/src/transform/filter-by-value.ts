import { type JsonObject, fieldOf, numberOf, objectOf, objectsOf, textOf } from '../json/json.js';
import { readPattern } from '../json/pattern.js';
import { type Cell, pickRows, rowCount } from '../frames/frame.js';
import { type Transformation, nameOf } from './transformation.js';

type Test = (value: Cell) => boolean;

/** Keeps or leaves out rows by the values of columns. */
export const filterByValue: Transformation = {
  id: 'filterByValue',
  apply(frames, options) {
    const filters = objectsOf(options, 'filters').map(filter => ({
      name: textOf(filter, 'fieldName'),
      test: readTest(objectOf(filter, 'config')),
    }));
    if (filters.length === 0) return frames;
    const isAll = textOf(options, 'match') === 'all';
    const isExclude = textOf(options, 'type') === 'exclude';
    return frames.map(frame => {
      const checks = filters.flatMap(({ name, test }) => {
        const field = frame.fields.find(one => nameOf(one) === name || one.name === name);
        return field === undefined ? [] : [(row: number) => test(field.values[row] ?? null)];
      });
      if (checks.length === 0) return frame;
      const rows = Array.from({ length: rowCount(frame) }, (_, row) => row).filter(row => {
        const fits = isAll ? checks.every(check => check(row)) : checks.some(check => check(row));
        return fits !== isExclude;
      });
      return pickRows(frame, rows);
    });
  },
};

const number = (value: Cell): number => (typeof value === 'number' ? value : Number.NaN);

function readTest(config: JsonObject): Test {
  const options = objectOf(config, 'options');
  const wanted = fieldOf(options, 'value');
  const limit = numberOf(options, 'value') ?? Number.NaN;
  switch (textOf(config, 'id')) {
    case 'greater':
      return value => number(value) > limit;
    case 'greaterOrEqual':
      return value => number(value) >= limit;
    case 'lower':
      return value => number(value) < limit;
    case 'lowerOrEqual':
      return value => number(value) <= limit;
    case 'between': {
      const [from, to] = [numberOf(options, 'from') ?? -Infinity, numberOf(options, 'to') ?? Infinity];
      return value => number(value) >= from && number(value) <= to;
    }
    case 'equal':
      return value => String(value) === String(wanted);
    case 'notEqual':
      return value => String(value) !== String(wanted);
    case 'isNull':
      return value => value === null;
    case 'isNotNull':
      return value => value !== null;
    case 'regex': {
      const pattern = readPattern(textOf(options, 'value'));
      return value => value !== null && pattern?.test(String(value)) === true;
    }
    case 'substring':
      return value => String(value).toLowerCase().includes(String(wanted).toLowerCase());
    default:
      return () => true;
  }
}

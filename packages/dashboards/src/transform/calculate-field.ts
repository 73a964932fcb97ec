import { type JsonObject, fieldOf, flagOf, isObject, objectOf, textOf, textsOf } from '../json/json.js';
import { type Cell, type Field, type Frame, column, rowCount } from '../frames/frame.js';
import { reduceBy } from '../fields/reduce.js';
import { joinByField } from './join-by-field.js';
import { type Transformation, nameOf } from './transformation.js';

/** A new column out of others: a calculation over the row, two columns and an operator, or a function of one. */
export const calculateField: Transformation = {
  id: 'calculateField',
  apply(given, options) {
    // Over several series it works row by row, so they stand side by side first.
    const frames = given.length > 1 ? joinByField.apply(given, {}) : given;
    return frames.map(frame => {
      const made = calculated(frame, options);
      if (made === undefined) return frame;
      const kept = flagOf(options, 'replaceFields')
        ? frame.fields.filter(field => field.type === 'time')
        : frame.fields;
      return { ...frame, fields: [...kept, made] };
    });
  },
};

const operators: { readonly [sign: string]: (a: number, b: number) => number } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
};

const functions: { readonly [name: string]: (value: number) => number } = {
  abs: Math.abs,
  exp: Math.exp,
  ln: Math.log,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
};

function calculated(frame: Frame, options: JsonObject): Field | undefined {
  const alias = textOf(options, 'alias');
  const rows = Array.from({ length: rowCount(frame) }, (_, row) => row);
  const named = (name: string): Field | undefined =>
    frame.fields.find(field => nameOf(field) === name || field.name === name);
  switch (textOf(options, 'mode')) {
    case 'index':
      return column(alias || 'Row', 'number', rows);
    case 'binary': {
      const binary = objectOf(options, 'binary');
      const left = sideOf(binary, 'left', named);
      const right = sideOf(binary, 'right', named);
      const sign = textOf(binary, 'operator');
      const operate = Object.hasOwn(operators, sign) ? operators[sign] : undefined;
      if (left === undefined || right === undefined || operate === undefined) return undefined;
      const values = rows.map(row => both(left.at(row), right.at(row), operate));
      return column(alias || `${left.name} ${sign} ${right.name}`, 'number', values);
    }
    case 'unary': {
      const unary = objectOf(options, 'unary');
      const name = textOf(unary, 'fieldName');
      const field = named(name);
      const operator = textOf(unary, 'operator');
      const run = Object.hasOwn(functions, operator) ? functions[operator] : undefined;
      if (field === undefined || run === undefined) return undefined;
      const values = field.values.map(value => (typeof value === 'number' ? run(value) : null));
      return column(alias || `${operator}(${name})`, 'number', values);
    }
    case '':
    case 'reduceRow': {
      const reduce = objectOf(options, 'reduce');
      const names = textsOf(reduce, 'include');
      const fields = frame.fields.filter(
        field => field.type === 'number' && (names.length === 0 || names.includes(nameOf(field))),
      );
      const id = textOf(reduce, 'reducer') || 'sum';
      return column(
        alias || (id === 'sum' ? 'Total' : id),
        'number',
        rows.map(row =>
          reduceBy(
            id,
            fields.map(field => field.values[row] ?? null),
          ),
        ),
      );
    }
    default:
      return undefined;
  }
}

interface Side {
  readonly name: string;
  at(row: number): Cell;
}

/** A column by its name, or a number. Since Grafana 11 an object with either in it. */
function sideOf(binary: JsonObject, key: string, named: (name: string) => Field | undefined): Side | undefined {
  const value = fieldOf(binary, key);
  const text =
    value !== undefined && isObject(value)
      ? textOf(objectOf(value, 'matcher'), 'options') || textOf(value, 'fixed')
      : String(value ?? '');
  const field = named(text);
  if (field !== undefined) return { name: text, at: row => field.values[row] ?? null };
  const fixed = Number(text);
  return text !== '' && Number.isFinite(fixed) ? { name: text, at: () => fixed } : undefined;
}

function both(left: Cell, right: Cell, operate: (a: number, b: number) => number): Cell {
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  const value = operate(left, right);
  return Number.isNaN(value) ? null : value;
}

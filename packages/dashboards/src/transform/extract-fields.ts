import { type Json, flagOf, isObject, textOf } from '../json/json.js';
import { type Cell, type Frame, column, typeOf } from '../frames/frame.js';
import { type Transformation, nameOf } from './transformation.js';

const mostFields = 100;
const longestText = 100_000;

/** What is written inside of a text column, as columns of its own: JSON objects, or `key=value` pairs. */
export const extractFields: Transformation = {
  id: 'extractFields',
  apply(frames, options) {
    const source = textOf(options, 'source');
    const format = textOf(options, 'format');
    return frames.map(frame => {
      const field = frame.fields.find(one => nameOf(one) === source || one.name === source);
      if (field === undefined) return frame;
      const found = new Map<string, Cell[]>();
      field.values.forEach((value, row) => {
        if (typeof value !== 'string' || value.length > longestText) return;
        for (const [name, cell] of pairsIn(value, format)) {
          let cells = found.get(name);
          if (cells === undefined) {
            if (found.size >= mostFields) continue;
            cells = field.values.map((): Cell => null);
            found.set(name, cells);
          }
          cells[row] = cell;
        }
      });
      const columns = [...found].map(([name, values]) => column(name, typeOf(values), values));
      return { ...frame, fields: keptFields(frame, options).concat(columns) };
    });
  },
};

function keptFields(frame: Frame, options: Parameters<Transformation['apply']>[1]): Frame['fields'][number][] {
  if (!flagOf(options, 'replace')) return [...frame.fields];
  return flagOf(options, 'keepTime') ? frame.fields.filter(({ type }) => type === 'time') : [];
}

function pairsIn(text: string, format: string): readonly (readonly [string, Cell])[] {
  const object = format === 'kvp' ? undefined : objectIn(text);
  if (object !== undefined) return Object.entries(object).map(([name, value]) => [name, cellOf(value)]);
  if (format === 'json') return [];
  return [...text.matchAll(/([\w.-]{1,200})\s*[=:]\s*(?:"([^"]*)"|([^\s,;"{}]+))/g)].map(
    ([, name = '', quoted, plain]): readonly [string, Cell] => [name, quoted ?? plain ?? ''],
  );
}

function objectIn(text: string): { readonly [key: string]: Json } | undefined {
  try {
    // Whatever JSON.parse gives is JSON.
    const read = JSON.parse(text) as Json;
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function cellOf(value: Json): Cell {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

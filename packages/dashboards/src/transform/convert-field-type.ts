import { objectsOf, textOf } from '../json/json.js';
import type { Cell, FieldType } from '../frames/frame.js';
import { type Transformation, nameOf } from './transformation.js';

/** Columns of another type: texts that hold numbers, numbers that are times. */
export const convertFieldType: Transformation = {
  id: 'convertFieldType',
  apply(frames, options) {
    const wanted = new Map(
      objectsOf(options, 'conversions').map(one => [textOf(one, 'targetField'), textOf(one, 'destinationType')]),
    );
    return frames.map(frame => ({
      ...frame,
      fields: frame.fields.map(field => {
        const type = typeNamed(wanted.get(nameOf(field)) ?? wanted.get(field.name));
        return type === undefined
          ? field
          : { ...field, type, values: field.values.map(value => converted(value, type)) };
      }),
    }));
  },
};

function typeNamed(name: string | undefined): FieldType | undefined {
  return name === 'number' || name === 'string' || name === 'boolean' || name === 'time' ? name : undefined;
}

function converted(value: Cell, type: FieldType): Cell {
  if (value === null) return null;
  switch (type) {
    case 'number': {
      const number = Number(value);
      return value === '' || Number.isNaN(number) ? null : number;
    }
    case 'time': {
      const moment = typeof value === 'number' ? value : Date.parse(String(value));
      return Number.isNaN(moment) ? null : moment;
    }
    case 'boolean':
      return value !== 0 && value !== '' && value !== false && value !== 'false' && value !== '0';
    default:
      return String(value);
  }
}

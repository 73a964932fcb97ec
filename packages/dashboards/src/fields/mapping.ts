import { type JsonObject, fieldOf, isObject, numberOf, objectOf, objectsOf, textOf } from '../json/json.js';
import { type Pattern, readPattern } from '../json/pattern.js';
import type { Cell } from '../frames/frame.js';
import { type Colour, statusColour } from './colour.js';

/** What a value is shown as instead. */
export interface Mapped {
  /** Undefined: the value keeps its text. */
  readonly text: string | undefined;
  readonly colour: Colour | undefined;
}

/** Undefined when the value is none that it is for. */
export type Mapping = (value: Cell) => Mapped | undefined;

/** Value mappings in their order; the first that fits is taken. */
export function readMappings(config: JsonObject): readonly Mapping[] {
  return objectsOf(config, 'mappings').flatMap(one => readMapping(one));
}

function readMapping(one: JsonObject): readonly Mapping[] {
  const options = objectOf(one, 'options');
  const result = resultOf(objectOf(options, 'result'));
  switch (fieldOf(one, 'type')) {
    case 'value':
      return [byValue(options)];
    case 'range': {
      const from = numberOf(options, 'from') ?? -Infinity;
      const to = numberOf(options, 'to') ?? Infinity;
      return [value => (typeof value === 'number' && value >= from && value <= to ? result : undefined)];
    }
    case 'regex': {
      const pattern = readPattern(textOf(options, 'pattern'));
      return pattern === undefined ? [] : [byPattern(pattern, result)];
    }
    case 'special':
      return [bySpecial(textOf(options, 'match'), result)];
    // Before Grafana 8: 1 is a value, 2 a range.
    case 1: {
      const wanted = String(fieldOf(one, 'value') ?? '');
      const text = textOf(one, 'text');
      return [value => (textKey(value) === wanted ? { text, colour: undefined } : undefined)];
    }
    case 2: {
      const [from, to] = [numberOf(one, 'from') ?? -Infinity, numberOf(one, 'to') ?? Infinity];
      const text = textOf(one, 'text');
      return [
        value => (typeof value === 'number' && value >= from && value <= to ? { text, colour: undefined } : undefined),
      ];
    }
    default:
      return [];
  }
}

function resultOf(result: JsonObject): Mapped {
  const text = fieldOf(result, 'text');
  return { text: typeof text === 'string' ? text : undefined, colour: statusColour(textOf(result, 'color')) };
}

function byValue(options: JsonObject): Mapping {
  const results = new Map(
    Object.entries(options).flatMap(([key, result]) => (isObject(result) ? [[key, resultOf(result)] as const] : [])),
  );
  return value => results.get(textKey(value));
}

function textKey(value: Cell): string {
  return value === null ? 'null' : String(value);
}

function byPattern(pattern: Pattern, result: Mapped): Mapping {
  return value => {
    if (typeof value !== 'string' || !pattern.test(value)) return undefined;
    return { ...result, text: result.text === undefined ? undefined : pattern.replace(value, result.text) };
  };
}

function bySpecial(match: string, result: Mapped): Mapping {
  const fits = (value: Cell): boolean => {
    switch (match) {
      case 'null':
        return value === null;
      case 'nan':
        return typeof value === 'number' && Number.isNaN(value);
      // NaN has become null on its way here.
      case 'null+nan':
        return value === null || (typeof value === 'number' && Number.isNaN(value));
      case 'true':
        return value === true;
      case 'false':
        return value === false;
      case 'empty':
        return value === '';
      default:
        return false;
    }
  };
  return value => (fits(value) ? result : undefined);
}

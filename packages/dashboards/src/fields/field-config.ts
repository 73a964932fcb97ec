import {
  type Json,
  type JsonObject,
  fieldOf,
  flagOf,
  isObject,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  textsOf,
  withValueAt,
} from '../json/json.js';
import { readPattern } from '../json/pattern.js';
import type { PanelLink } from '../document/panel.js';
import { readLinks } from '../document/panel.js';
import type { Cell, Field, Frame } from '../frames/frame.js';
import { legendName, seriesName } from '../frames/legend-name.js';
import { type Colour, readColour, slotColour, statusColour } from './colour.js';
import { type Mapping, readMappings } from './mapping.js';
import { reduceBy } from './reduce.js';
import { type ValueText, formatUnit, unitFormat } from './units.js';

export interface ThresholdStep {
  /** From here up; the first is from below everything. */
  readonly from: number;
  /** Undefined: transparent. */
  readonly colour: Colour | undefined;
}

export interface Thresholds {
  readonly isPercentage: boolean;
  readonly steps: readonly ThresholdStep[];
}

/** How a column is shown, after `defaults` and the overrides that fit it. */
export interface FieldConfig {
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly noValue: string;
  readonly thresholds: Thresholds;
  readonly mappings: readonly Mapping[];
  readonly links: readonly PanelLink[];
  readonly colourMode: string;
  readonly fixedColour: Colour | undefined;
  /** What is only of one panel kind: line width, stacking, width of a column. */
  readonly custom: JsonObject;
}

/** A column with its name and how it is shown. */
export interface ShownField {
  readonly field: Field;
  readonly frame: Frame;
  readonly name: string;
  readonly config: FieldConfig;
  /** Its colour as a series. */
  readonly colour: Colour;
}

/** All columns but the times, in their order, each with what the panel's `fieldConfig` says about it. */
export function showFields(frames: readonly Frame[], fieldConfig: JsonObject): readonly ShownField[] {
  const defaults = objectOf(fieldConfig, 'defaults');
  const overrides = objectsOf(fieldConfig, 'overrides').map(readOverride);
  let index = 0;
  return frames.flatMap(frame =>
    frame.fields
      .filter(field => field.type !== 'time' || frame.fields.length > 2)
      .map((field): ShownField => {
        const given = givenName(field, frame);
        const merged = overrides.reduce<JsonObject>(
          (config, override) =>
            override.fits(field, given, frame) ? withProperties(config, override.properties) : config,
          field.type === 'time' ? withoutUnit(defaults) : defaults,
        );
        const config = readConfig(merged);
        const slot = field.type === 'number' ? index++ : index;
        const named = textOf(merged, 'displayName');
        return {
          field,
          frame,
          config,
          name: named === '' ? given : nameWith(named, field),
          colour: seriesColour(config, field, slot),
        };
      }),
  );
}

/** A unit of the values is not that of the times beside them. */
function withoutUnit(defaults: JsonObject): JsonObject {
  return { ...defaults, unit: 'time', links: [], thresholds: {} };
}

/** What a column is called unless the panel says otherwise: the legend of its query, else its name. */
function givenName(field: Field, frame: Frame): string {
  if (field.legend !== undefined && field.legend !== '') return field.legend;
  if (field.labels.size > 0) return seriesName(field.labels);
  return field.name === 'Value' && frame.name !== '' && frame.fields.length === 2 ? frame.name : field.name;
}

function nameWith(text: string, field: Field): string {
  return legendName(
    text
      .replaceAll(/\$\{__field\.labels\.(\w+)\}/g, '{{$1}}')
      .replaceAll(
        /\$\{__field\.(?:name|displayName)\}|\$\{__series\.name\}|\$__field_name/g,
        () => field.legend ?? field.name,
      ),
    field.labels,
  );
}

interface Override {
  fits(field: Field, name: string, frame: Frame): boolean;
  readonly properties: readonly JsonObject[];
}

function readOverride(raw: JsonObject): Override {
  const matcher = objectOf(raw, 'matcher');
  const properties = objectsOf(raw, 'properties');
  return { properties, fits: readMatcher(textOf(matcher, 'id'), fieldOf(matcher, 'options')) };
}

/** The matchers of overrides; one that is not known fits nothing. */
function readMatcher(id: string, options: Json | undefined): Override['fits'] {
  const text = typeof options === 'string' ? options : '';
  switch (id) {
    case 'byName':
      return (field, name) => name === text || field.name === text;
    case 'byRegexp': {
      const pattern = readPattern(text);
      return (_, name) => pattern?.test(name) === true;
    }
    case 'byType':
      return field => field.type === text;
    case 'byFrameRefID':
      return (_, __, frame) => frame.refId === text;
    case 'byNames': {
      const given = options !== undefined && isObject(options) ? options : {};
      const names = new Set(textsOf(given, 'names'));
      const isExclude = textOf(given, 'mode') === 'exclude';
      return (field, name) => (names.has(name) || names.has(field.name)) !== isExclude;
    }
    case 'byValue': {
      const given = options !== undefined && isObject(options) ? options : {};
      return field =>
        compares(reduceBy(textOf(given, 'reducer'), field.values), textOf(given, 'op'), numberOf(given, 'value') ?? 0);
    }
    case 'numeric':
      return field => field.type === 'number';
    case 'time':
      return field => field.type === 'time';
    default:
      return () => false;
  }
}

function compares(value: Cell, op: string, limit: number): boolean {
  if (typeof value !== 'number') return false;
  switch (op) {
    case 'gt':
      return value > limit;
    case 'gte':
      return value >= limit;
    case 'lt':
      return value < limit;
    case 'lte':
      return value <= limit;
    case 'eq':
      return value === limit;
    case 'neq':
      return value !== limit;
    default:
      return false;
  }
}

function withProperties(config: JsonObject, properties: readonly JsonObject[]): JsonObject {
  return properties.reduce<JsonObject>((merged, property) => {
    const id = textOf(property, 'id');
    if (id === '') return merged;
    const put = withValueAt(merged, id.split('.').slice(0, 5), fieldOf(property, 'value'));
    return isObject(put) ? put : merged;
  }, config);
}

function readConfig(config: JsonObject): FieldConfig {
  const colour = objectOf(config, 'color');
  return {
    unit: textOf(config, 'unit'),
    decimals: numberOf(config, 'decimals'),
    min: numberOf(config, 'min'),
    max: numberOf(config, 'max'),
    noValue: textOf(config, 'noValue'),
    thresholds: readThresholds(objectOf(config, 'thresholds')),
    mappings: readMappings(config),
    links: readLinks(config),
    colourMode: textOf(colour, 'mode'),
    fixedColour: readColour(textOf(colour, 'fixedColor')),
    custom: objectOf(config, 'custom'),
  };
}

function readThresholds(thresholds: JsonObject): Thresholds {
  const steps = objectsOf(thresholds, 'steps')
    .map((step, at) => ({
      from: at === 0 ? -Infinity : (numberOf(step, 'value') ?? -Infinity),
      colour: statusColour(textOf(step, 'color')),
    }))
    .toSorted((a, b) => a.from - b.from);
  return { isPercentage: textOf(thresholds, 'mode') === 'percentage', steps };
}

/** Where percentages stand on the axis of the values. */
export function thresholdValue(step: ThresholdStep, { thresholds, min = 0, max = 100 }: FieldConfig): number {
  return thresholds.isPercentage && Number.isFinite(step.from) ? min + ((max - min) * step.from) / 100 : step.from;
}

/** The colour that a value has by the thresholds; undefined: none. */
export function thresholdColour(value: Cell, config: FieldConfig): Colour | undefined {
  if (typeof value !== 'number') return config.thresholds.steps[0]?.colour;
  let colour: Colour | undefined;
  for (const step of config.thresholds.steps) if (value >= thresholdValue(step, config)) colour = step.colour;
  return colour;
}

function seriesColour(config: FieldConfig, field: Field, slot: number): Colour {
  if ((config.colourMode === 'fixed' || config.colourMode === 'shades') && config.fixedColour !== undefined)
    return config.fixedColour;
  if (config.colourMode === 'thresholds')
    return thresholdColour(reduceBy('lastNotNull', field.values), config) ?? slotColour(slot);
  return slotColour(slot);
}

/** A value as it is shown: its text, and its colour where thresholds or mappings give one. */
export interface ShownValue extends ValueText {
  readonly colour: Colour | undefined;
  readonly isMissing: boolean;
}

/** `thresholds` decides whether the colour of the thresholds counts; a mapping's always does. */
export function showValue(value: Cell, config: FieldConfig): ShownValue {
  const mapped = firstMapped(value, config.mappings);
  const colour =
    mapped?.colour ??
    (config.fixedColour !== undefined && config.colourMode === 'fixed'
      ? config.fixedColour
      : thresholdColour(value, config));
  if (mapped?.text !== undefined) return { prefix: '', text: mapped.text, suffix: '', colour, isMissing: false };
  if (value === null)
    return {
      prefix: '',
      text: config.noValue === '' ? '–' : config.noValue,
      suffix: '',
      colour,
      isMissing: config.noValue === '',
    };
  if (typeof value === 'number')
    return { ...formatUnit(value, config.unit, config.decimals), colour, isMissing: false };
  return { prefix: '', text: String(value), suffix: '', colour, isMissing: false };
}

function firstMapped(value: Cell, mappings: readonly Mapping[]): ReturnType<Mapping> {
  for (const mapping of mappings) {
    const mapped = mapping(value);
    if (mapped !== undefined) return mapped;
  }
  return undefined;
}

/** `1.2k req/s` in one text. */
export function valueText({ prefix, text, suffix }: ValueText): string {
  return `${prefix}${text}${suffix}`;
}

/** Whether a column is hidden in this place: `legend`, `tooltip` or `viz`. */
export function isHiddenFrom({ custom }: FieldConfig, place: 'legend' | 'tooltip' | 'viz'): boolean {
  return flagOf(objectOf(custom, 'hideFrom'), place) || (place === 'viz' && flagOf(custom, 'hidden'));
}

/** Units of a panel that are not known, to say so. */
export function unknownUnits(shown: readonly ShownField[]): readonly string[] {
  return [...new Set(shown.map(({ config }) => config.unit))].filter(unit => unitFormat(unit) === undefined);
}

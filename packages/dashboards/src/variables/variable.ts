import { type Datasource, type DatasourceNames, datasourceOf } from '../document/datasource.js';
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
} from '../json/json.js';

export type VariableKind =
  | 'query'
  | 'custom'
  | 'interval'
  | 'constant'
  | 'textbox'
  | 'datasource'
  | 'adhoc'
  | 'unknown';

export interface VariableOption {
  readonly text: string;
  readonly value: string;
}

/** The value that stands for every option. */
export const allValue = '$__all';

export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly kind: VariableKind;
  /** As the file calls its kind. */
  readonly type: string;
  /** `bar`: label and value; `value`: without label; `none`: not shown. */
  readonly shown: 'bar' | 'value' | 'none';
  readonly multi: boolean;
  readonly includeAll: boolean;
  /** What `All` is in queries; empty: all options. */
  readonly allIs: string;
  readonly query: string;
  readonly regex: string;
  /** Grafana's number: 0 as they come, 1 and 2 by letters, 3 and 4 by number, 5 and 6 by letters in any case, 7 and 8 natural; even ones fall. */
  readonly sort: number;
  readonly datasource: Datasource;
  /** For intervals: offers `auto`, worked out from the range. */
  readonly auto: { readonly steps: number; readonly leastMs: string } | undefined;
  /** What it had when the file was saved. */
  readonly current: readonly VariableOption[];
}

const maxVariables = 100;

export function readVariables(document: JsonObject, names: DatasourceNames): readonly Variable[] {
  const seen = new Set<string>();
  return objectsOf(objectOf(document, 'templating'), 'list')
    .slice(0, maxVariables)
    .map(raw => readVariable(raw, names))
    .filter(({ name }) => {
      const isFirst = /^\w{1,100}$/.test(name) && !seen.has(name);
      seen.add(name);
      return isFirst;
    });
}

function readVariable(raw: JsonObject, names: DatasourceNames): Variable {
  const type = textOf(raw, 'type');
  const hide = numberOf(raw, 'hide') ?? 0;
  const kind = kindOf(type);
  const name = textOf(raw, 'name');
  return {
    name,
    label: textOf(raw, 'label') || name,
    kind,
    type,
    shown: hide === 2 || kind === 'constant' ? 'none' : hide === 1 ? 'value' : 'bar',
    multi: flagOf(raw, 'multi'),
    includeAll: flagOf(raw, 'includeAll'),
    allIs: textOf(raw, 'allValue'),
    query: queryOf(raw),
    regex: textOf(raw, 'regex'),
    sort: numberOf(raw, 'sort') ?? 0,
    datasource: datasourceOf(fieldOf(raw, 'datasource'), names),
    auto: flagOf(raw, 'auto')
      ? { steps: Math.max(1, numberOf(raw, 'auto_count') ?? 30), leastMs: textOf(raw, 'auto_min') || '10s' }
      : undefined,
    current: kind === 'adhoc' ? filtersIn(raw) : currentOf(fieldOf(raw, 'current')),
  };
}

function kindOf(type: string): VariableKind {
  switch (type) {
    case 'query':
    case 'custom':
    case 'interval':
    case 'constant':
    case 'textbox':
    case 'datasource':
    case 'adhoc':
      return type;
    default:
      return 'unknown';
  }
}

/** A text; an object with it inside; or what the query builder of Grafana 10 wrote. */
function queryOf(raw: JsonObject): string {
  const query = fieldOf(raw, 'query');
  if (typeof query === 'string') return query;
  if (query !== undefined && isObject(query)) {
    const text = textOf(query, 'query');
    if (text !== '') return text;
    const label = textOf(query, 'label');
    const metric = textOf(query, 'metric');
    if (label !== '') return metric === '' ? `label_values(${label})` : `label_values(${metric}, ${label})`;
  }
  return textOf(raw, 'definition');
}

/** Ad hoc filters, in the form that addresses have: `label|=|value`. */
function filtersIn(raw: JsonObject): readonly VariableOption[] {
  return objectsOf(raw, 'filters').map(filter => {
    const value = [textOf(filter, 'key'), textOf(filter, 'operator'), textOf(filter, 'value')].join('|');
    return { text: value, value };
  });
}

function currentOf(current: Json | undefined): readonly VariableOption[] {
  if (current === undefined || !isObject(current)) return [];
  const values = listed(fieldOf(current, 'value'));
  const texts = listed(fieldOf(current, 'text'));
  return values.map((value, at) => ({ value, text: texts[at] ?? value }));
}

function listed(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];
}

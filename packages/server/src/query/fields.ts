import { builtinField, fieldCatalogue } from '@bellwether/model';
import type { FieldValuesAnswer, FieldsAnswer, SearchSignal } from '@bellwether/model';
import { type Asker, ask } from './asker.js';
import { type TimeWindow, inWindow, windowParams } from './time-window.js';

interface FieldsQuestion extends TimeWindow {
  readonly signal: SearchSignal;
  /** Case does not matter. */
  readonly prefix: string;
}

const hourMs = 3_600_000;
const sampledRows = 20_000;
const sampledValueRows = 200_000;
const maxKeys = 200;
const maxValues = 50;
const resourcePrefix = 'resource.';

/** Keys for completion: built-in fields, then attributes by how often recent rows have them, then resource attributes. */
export async function listFields(asker: Asker, question: FieldsQuestion): Promise<FieldsAnswer> {
  const { signal, prefix } = question;
  const isWanted = (key: string): boolean => key.toLowerCase().startsWith(prefix.toLowerCase());
  const builtin = fieldCatalogue[signal].map(({ key, type, description }) => ({
    key,
    type,
    description,
    source: 'builtin' as const,
  }));
  const bare = prefix.startsWith(resourcePrefix) ? prefix.slice(resourcePrefix.length) : prefix;
  const [attributes, resources] = await Promise.all([
    recent(question, window =>
      ask<{ key: string; n: string; numbers: string; example: string }>(asker, {
        sql: `SELECT pair.1 AS key, count() AS n, countIf(toFloat64OrNull(pair.2) IS NOT NULL) AS numbers, any(pair.2) AS example
FROM (SELECT attrs FROM ${signal} WHERE workspace = {workspace:String} AND ${inWindow()} LIMIT ${sampledRows})
ARRAY JOIN CAST(attrs, 'Array(Tuple(String, String))') AS pair
WHERE startsWith(lowerUTF8(key), lowerUTF8({prefix:String}))
GROUP BY key
ORDER BY n DESC, key
LIMIT ${maxKeys}`,
        params: { ...windowParams(window), prefix },
      }),
    ),
    ask<{ key: string; n: string; example: string }>(asker, {
      sql: `SELECT pair.1 AS key, count() AS n, any(pair.2) AS example
FROM resources
ARRAY JOIN CAST(attrs, 'Array(Tuple(String, String))') AS pair
WHERE workspace = {workspace:String} AND startsWith(lowerUTF8(key), lowerUTF8({bare:String}))
GROUP BY key
ORDER BY n DESC, key
LIMIT ${maxKeys}`,
      params: { bare },
    }),
  ]);
  return {
    fields: [
      ...builtin.filter(field => isWanted(field.key)),
      ...attributes
        .filter(row => builtinField(signal, row.key) === undefined)
        .map(row => ({
          key: row.key,
          source: 'attribute' as const,
          type: row.numbers === row.n ? ('number' as const) : ('string' as const),
          description: `e.g. ${shortened(row.example)}`,
        })),
      ...resources.map(row => ({
        key: `${resourcePrefix}${row.key}`,
        source: 'resource' as const,
        type: 'string' as const,
        description: `e.g. ${shortened(row.example)}`,
      })),
    ],
  };
}

/** A value as an example of its field. */
export function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

/** Built-in fields whose values are told by a column. */
const columns: Readonly<Record<string, string>> = {
  service: 'service',
  env: 'environment',
  version: 'version',
  tenant: 'tenant_id',
  name: 'name',
  'error.type': 'error_type',
  event: 'event_name',
  'http.status': 'http_status',
  kind: "arrayElement(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'], least(kind, 5) + 1)",
  status: "arrayElement(['unset', 'ok', 'error'], least(status_code, 2) + 1)",
  root: "if(parent_span_id = unhex('0000000000000000'), 'true', 'false')",
  level:
    "arrayElement(['unset', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'], least(intDiv(severity_number + 3, 4), 6) + 1)",
};

/** The most frequent values of a field in a sample of recent rows. Ids and durations have none: they are never offered. */
export async function listFieldValues(
  asker: Asker,
  question: FieldsQuestion & { readonly key: string },
): Promise<FieldValuesAnswer> {
  const { signal, key, prefix } = question;
  const builtin = builtinField(signal, key);
  const column = builtin === undefined ? undefined : columns[builtin.key];
  if (builtin !== undefined && column === undefined) return { values: [] };
  if (key.startsWith(resourcePrefix)) return valuesOfResources(asker, key.slice(resourcePrefix.length), prefix);

  const rows = await recent(question, window =>
    ask<{ value: string; n: string }>(asker, {
      sql: `SELECT value, ${signal === 'spans' ? 'round(sum(weight))' : 'count()'} AS n
FROM (SELECT ${column ?? 'attrs[{key:String}]'} AS value${signal === 'spans' ? ', weight' : ''} FROM ${signal} WHERE workspace = {workspace:String} AND ${inWindow()} LIMIT ${sampledValueRows})
WHERE value != '' AND startsWith(lowerUTF8(value), lowerUTF8({prefix:String}))
GROUP BY value
ORDER BY n DESC, value
LIMIT ${maxValues}`,
      params: { ...windowParams(window), key, prefix },
    }),
  );
  if (rows.length === 0 && column === undefined) return valuesOfResources(asker, key, prefix);
  return { values: rows.map(row => ({ value: row.value, count: Number(row.n) })) };
}

async function valuesOfResources(asker: Asker, key: string, prefix: string): Promise<FieldValuesAnswer> {
  const rows = await ask<{ value: string; n: string }>(asker, {
    sql: `SELECT attrs[{key:String}] AS value, count() AS n
FROM resources
WHERE workspace = {workspace:String} AND value != '' AND startsWith(lowerUTF8(value), lowerUTF8({prefix:String}))
GROUP BY value
ORDER BY n DESC, value
LIMIT ${maxValues}`,
    params: { key, prefix },
  });
  return { values: rows.map(row => ({ value: row.value, count: Number(row.n) })) };
}

/** The last hour of the window; the whole window when nothing is there. */
export async function recent<Row>(
  window: TimeWindow,
  read: (window: TimeWindow) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const fromMs = Math.max(window.fromMs, window.toMs - hourMs);
  const rows = await read({ fromMs, toMs: window.toMs });
  return rows.length > 0 || fromMs === window.fromMs ? rows : read(window);
}

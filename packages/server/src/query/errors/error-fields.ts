import { errorFields, tagKey, type FieldValuesAnswer, type FieldsAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { recent, shortened } from '../fields.js';
import { inWindow, type TimeWindow, windowParams } from '../time-window.js';
import { isTag } from './read-error-event.js';
import { eventColumns } from './search-terms.js';

interface ErrorFieldsQuestion extends TimeWindow {
  /** Case does not matter. */
  readonly prefix: string;
}

const sampledRows = 20_000;
const maxKeys = 200;
const maxValues = 50;

/** Rows of errors that came lately: lines, and spans that failed. */
function eventsOf(columns: string): string {
  const from = (table: string): string =>
    `SELECT ${columns} FROM ${table} WHERE workspace = {workspace:String} AND ${inWindow()} AND error_fingerprint != 0 LIMIT ${sampledRows}`;
  return `(SELECT * FROM (${from('error_lines')}) UNION ALL SELECT * FROM (${from('error_spans')}))`;
}

/** Keys of a search for errors: its own fields, then attributes of recent events by how often they occur, as `tag:` and their key; what was typed may stand anywhere in them. */
export async function listErrorFields(asker: Asker, question: ErrorFieldsQuestion): Promise<FieldsAnswer> {
  const prefix = question.prefix.toLowerCase();
  const typed = tagKey(prefix) ?? prefix;
  const rows = await recent(question, window =>
    ask<{ key: string; n: string; example: string }>(asker, {
      sql: `SELECT pair.1 AS key, count() AS n, any(pair.2) AS example
FROM ${eventsOf('attrs')}
ARRAY JOIN CAST(attrs, 'Array(Tuple(String, String))') AS pair
WHERE position(lowerUTF8(key), {typed:String}) > 0
GROUP BY key
ORDER BY n DESC, key
LIMIT ${maxKeys}`,
      params: { ...windowParams(window), typed },
    }),
  );
  return {
    fields: [
      ...errorFields
        .filter(({ key }) => key.includes(prefix))
        .map(({ key, type, description }) => ({ key, type, description, source: 'builtin' as const })),
      ...rows
        .filter(({ key, example }) => isTag({ key, value: example }))
        .map(({ key, example }) => ({
          key: `tag:${key}`,
          type: 'string' as const,
          description: `e.g. ${shortened(example)}`,
          source: 'attribute' as const,
        })),
    ],
  };
}

/** The most frequent values of a field in recent events; of `owner` those who have an error, which are given. */
export async function listErrorValues(
  asker: Asker,
  question: ErrorFieldsQuestion & { readonly key: string; readonly owners: readonly string[] },
): Promise<FieldValuesAnswer> {
  const { key, prefix, owners } = question;
  if (key === 'owner') return { values: ownersByCount(owners, prefix.toLowerCase()) };
  const tag = tagKey(key);
  const column = tag === undefined ? eventColumns.get(key) : 'attrs[{key:String}]';
  if (column === undefined) return { values: [] };
  const rows = await recent(question, window =>
    ask<{ value: string; n: string }>(asker, {
      sql: `SELECT value, count() AS n
FROM ${eventsOf(`${column} AS value`)}
WHERE value != '' AND startsWith(lowerUTF8(value), lowerUTF8({prefix:String}))
GROUP BY value
ORDER BY n DESC, value
LIMIT ${maxValues}`,
      params: { ...windowParams(window), key: tag ?? '', prefix },
    }),
  );
  return { values: rows.map(({ value, n }) => ({ value, count: Number(n) })) };
}

function ownersByCount(owners: readonly string[], prefix: string): FieldValuesAnswer['values'] {
  const counts = new Map<string, number>();
  for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts]
    .filter(([owner]) => owner.toLowerCase().startsWith(prefix))
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, maxValues)
    .map(([value, count]) => ({ value, count }));
}

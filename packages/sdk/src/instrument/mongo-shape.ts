import type { StatementShape } from './statements.js';

/** The parts of a command that say what it looks for or changes; all others (sessions, cursors, concerns) are left out. */
const told = ['filter', 'query', 'q', 'u', 'update', 'pipeline', 'sort', 'projection', 'key', 'updates', 'deletes'];
const maxDepth = 8;
const maxKeys = 40;
const maxItems = 5;
const maxChars = 4096;

/** What a MongoDB command is, without its values: `find users {"filter":{"age":{"$gt":?}}}`. */
export function mongoShape(command: object): StatementShape {
  // The first member of a command is its name and, for most, the collection: the protocol wants it so.
  const [name = 'command'] = Object.keys(command);
  const first: unknown = Reflect.get(command, name);
  const collection = collectionOf(name, first, Reflect.get(command, 'collection'));
  const summary = (collection === undefined ? name : `${name} ${collection}`).slice(0, 255);
  let text = '';
  for (const part of told) {
    const value: unknown = Reflect.get(command, part);
    if (value === undefined || (part === name && typeof value === 'string')) continue;
    if (text.length < maxChars)
      text += `${text === '' ? '' : ', '}${part}: ${shapeOf(value, maxDepth, part === 'sort')}`;
  }
  const shape = text === '' ? summary : `${summary} {${text.slice(0, maxChars)}}`;
  return { text: shape, summary, operation: name.slice(0, 64), table: collection };
}

/** `getMore` names its cursor first and its collection elsewhere. */
function collectionOf(name: string, first: unknown, other: unknown): string | undefined {
  const collection = name === 'getMore' || typeof first !== 'string' ? other : first;
  return typeof collection === 'string' ? collection.slice(0, 120) : undefined;
}

/** Keys stay, values become `?`; directions of a sort stay, lists of values become one. */
function shapeOf(value: unknown, depth: number, isSort: boolean): string {
  if (typeof value !== 'object' || value === null) return isSort && (value === 1 || value === -1) ? String(value) : '?';
  if (depth === 0) return '?';
  if (Array.isArray(value)) {
    const items = value.slice(0, maxItems).map((item: unknown) => shapeOf(item, depth - 1, isSort));
    return `[${[...new Set(items)].join(', ')}${value.length > maxItems ? ', ...' : ''}]`;
  }
  // Ids, dates and other values of BSON are objects of classes; what is queried is plain, or a Map.
  const entries = entriesOf(value);
  if (entries === undefined) return '?';
  const pairs = entries
    .slice(0, maxKeys)
    .map(([key, inner]) => `${safeKey(key)}: ${shapeOf(inner, depth - 1, isSort || key === '$sort')}`);
  return `{${pairs.join(', ')}${entries.length > maxKeys ? ', ...' : ''}}`;
}

function entriesOf(value: object): readonly (readonly [string, unknown])[] | undefined {
  if (value instanceof Map) return [...value].map(([key, inner]) => [String(key), inner]);
  if ('_bsontype' in value) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : undefined;
}

/** Names of fields may be data: what looks like an id, an address or a number is hidden like a value. */
function safeKey(key: string): string {
  return key.length <= 64 && /^[$A-Za-z_][\w$.-]*$/.test(key) && !/\d{3}|[\da-f]{12}/i.test(key) ? key : '?';
}

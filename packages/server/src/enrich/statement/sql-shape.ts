import { sqlDialect } from './sql-dialect.js';
import { sqlTokens, tableFollows, type SqlToken } from './sql-tokens.js';
import type { StatementShape } from './statement-shape.js';

const notTables = new Set([
  'select',
  'only',
  'if',
  'not',
  'exists',
  'lateral',
  'table',
  'unnest',
  'generate_series',
  'values',
  'set',
  'skip',
  'of',
  'nowait',
  'ignore',
  'low_priority',
  'concurrently',
  'outfile',
  'dumpfile',
  'stdin',
  'stdout',
  'program',
]);

/** What these act on follows at once, without a word between. */
const tableFollowsOperation = new Set(['COPY', 'TRUNCATE', 'DESCRIBE', 'LOCK']);

/** These name a procedure, which is no table. */
const procedureFollowsOperation = new Set(['CALL', 'EXEC', 'EXECUTE']);

/** Words that may follow a table, and are no other name for it. */
const noAlias = new Set(
  'where join inner left right full cross natural on using group order limit union except intersect having set values for window offset fetch returning'.split(
    ' ',
  ),
);

const operations = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'merge',
  'replace',
  'upsert',
  'truncate',
  'call',
  'exec',
  'execute',
  'do',
  'copy',
  'load',
  'create',
  'alter',
  'drop',
  'rename',
  'begin',
  'start',
  'commit',
  'end',
  'rollback',
  'abort',
  'savepoint',
  'release',
  'listen',
  'unlisten',
  'notify',
  'set',
  'reset',
  'show',
  'describe',
  'explain',
  'pragma',
  'use',
  'attach',
  'detach',
  'vacuum',
  'analyze',
  'optimize',
  'reindex',
  'lock',
  'unlock',
  'values',
  'declare',
  'open',
  'fetch',
  'close',
  'prepare',
  'deallocate',
  'discard',
  'grant',
  'revoke',
  'refresh',
  'comment',
  'kill',
  'flush',
  'match',
]);

const longestShapeChars = 8192;
const maxTables = 4;

/** `system`: the value of `db.system.name`, or '' when it is not known. */
export function sqlShape(sql: string, system: string): StatementShape {
  const tokens = sqlTokens(sql, sqlDialect(system));
  const { operation, tables, target } = names(tokens);
  const name = operation === '' ? 'QUERY' : operation;
  return {
    text: folded(tokens),
    operation,
    collection: target,
    summary: [name, ...tables.slice(0, maxTables)].join(' ').slice(0, 255),
  };
}

/** The text again, lists of values made one: `IN (?, ?)` becomes `IN (?)`, and of several rows after VALUES the first stays. */
function folded(tokens: readonly SqlToken[]): string {
  const parts: string[] = [];
  /** By open parenthesis: its place in `parts`, and whether only values and commas stand in it so far. */
  const open: { readonly at: number; onlyValues: boolean; values: number; readonly isRow: boolean }[] = [];
  let chars = 0;
  let afterValues = false;
  let rowsDone = false;
  for (let i = 0; i < tokens.length; i++) {
    const { kind, text, spaced } = tokens[i]!;
    if (rowsDone && kind === 'mark' && text === ',' && tokens[i + 1]?.text === '(') {
      i = closingAt(tokens, i + 1);
      continue;
    }
    rowsDone = false;
    if (spaced && parts.length > 0) parts.push(' ');
    const inner = open.at(-1);
    if (text === '(' || text === '[') {
      open.push({ at: parts.length, onlyValues: true, values: 0, isRow: afterValues && text === '(' });
      if (inner !== undefined) inner.onlyValues = false;
      parts.push(text);
    } else if (text === ')' || text === ']') {
      const closed = open.pop();
      if (closed !== undefined && closed.onlyValues && closed.values > 1) {
        parts.length = closed.at + 1;
        parts.push('?');
      }
      parts.push(text);
      rowsDone = closed?.isRow ?? false;
    } else {
      if (inner !== undefined) {
        if (kind === 'literal' || kind === 'parameter') inner.values++;
        else if (text !== ',' && text !== '-' && text !== '+') inner.onlyValues = false;
      }
      parts.push(text);
    }
    afterValues = kind === 'word' && (text === 'VALUES' || text.toLowerCase() === 'values');
    chars += text.length + 1;
    if (chars > longestShapeChars) {
      parts.push('…');
      break;
    }
  }
  return parts.join('').trim();
}

/** The place of the parenthesis that closes the one at `at`, or the last place. */
function closingAt(tokens: readonly SqlToken[], at: number): number {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    const { kind, text } = tokens[i]!;
    // What is doubtful must be seen.
    if (kind === 'rest') return i - 1;
    if (kind !== 'mark') continue;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return i;
  }
  return tokens.length - 1;
}

interface Names {
  readonly operation: string;
  readonly tables: readonly string[];
  /** The table that the operation acts on. */
  readonly target: string;
}

function names(tokens: readonly SqlToken[]): Names {
  const tables: string[] = [];
  const ctes = new Set<string>();
  let operation = '';
  let target = '';
  let awaitsTable = false;
  let inWith = false;
  let depth = 0;
  let operationDepth = 0;
  let isProcedure = false;
  let previousWord = '';
  /** For each open parenthesis, whether a function that takes `… from …` opened it. */
  const fromIsPartOfCall: boolean[] = [];

  for (let at = 0; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!;
    if (kind === 'mark') {
      if (text === '(') {
        depth++;
        fromIsPartOfCall.push(callsWithFrom.has(tokens[at - 1]?.text.toLowerCase() ?? ''));
      } else if (text === ')') {
        depth--;
        fromIsPartOfCall.pop();
      } else if (text === ';' && operation !== '') break;
      if (text !== '.' && text !== ',' && !(text === '#' && awaitsTable)) awaitsTable = false;
      continue;
    }
    if (kind !== 'word' && kind !== 'quoted') {
      awaitsTable = false;
      continue;
    }
    const lower = text.toLowerCase();
    const next = tokens[at + 1]?.text;
    if (kind === 'word' && operation === '') {
      if (lower === 'with') inWith = true;
      else if (operations.has(lower) && (!inWith || depth === 0)) {
        operation = lower.toUpperCase();
        operationDepth = depth;
        target = '';
        if (procedureFollowsOperation.has(operation) && isName(tokens[at + 1])) {
          tables.push(unquoted(tokens[at + 1]?.text ?? ''));
          isProcedure = true;
        }
        if (tableFollowsOperation.has(operation)) {
          awaitsTable = true;
          previousWord = 'table';
          continue;
        }
      }
    }
    if (inWith && operation === '' && (next?.toLowerCase() === 'as' || next === '('))
      ctes.add(unquoted(text).toLowerCase());
    if (awaitsTable && !(kind === 'word' && notTables.has(lower))) {
      let name = unquoted(text);
      while (tokens[at + 1]?.text === '.' && isName(tokens[at + 2])) {
        name = unquoted(tokens[at + 2]?.text ?? '');
        at += 2;
      }
      const after = tokens[at + 1]?.text;
      const isCall = after === '(' && previousWord !== 'into' && previousWord !== 'exists' && previousWord !== 'table';
      if (!isCall && !ctes.has(name.toLowerCase())) {
        if (!tables.includes(name) && tables.length < maxTables) tables.push(name);
        if (target === '' && operation !== '' && depth <= operationDepth) target = name;
      }
      // `FROM a, b` and `FROM a x, b AS y`: another table follows the comma.
      if (previousWord === 'from') at += aliasLength(tokens, at);
      awaitsTable = previousWord === 'from' && tokens[at + 1]?.text === ',';
      if (!awaitsTable) previousWord = '';
      continue;
    }
    if (kind === 'quoted') continue;
    const isRowLock = lower === 'update' && ['for', 'key', 'do', 'on'].includes(previousWord);
    const inCall = lower === 'from' && (fromIsPartOfCall.at(-1) ?? false);
    if (tableFollows.has(lower) && !isRowLock && !inCall) awaitsTable = true;
    else if (!notTables.has(lower)) awaitsTable = false;
    previousWord = lower;
  }
  return { operation, tables, target: isProcedure ? '' : target === '' ? (tables[0] ?? '') : target };
}

/** How many tokens behind the table at `at` are another name for it. */
function aliasLength(tokens: readonly SqlToken[], at: number): number {
  const hasAs = tokens[at + 1]?.text.toLowerCase() === 'as';
  const alias = tokens[at + (hasAs ? 2 : 1)];
  return isName(alias) && !noAlias.has(alias?.text.toLowerCase() ?? '') ? (hasAs ? 2 : 1) : 0;
}

const callsWithFrom = new Set(['extract', 'substring', 'trim', 'overlay', 'position']);

const isName = (token: SqlToken | undefined): boolean => token?.kind === 'word' || token?.kind === 'quoted';

function unquoted(text: string): string {
  return /^["`[]/.test(text) ? text.slice(1, -1) : text;
}

/** A query with its literals hidden, and a short name for it. */
export interface SqlShape {
  readonly text: string;
  /** `SELECT orders customers`: the operation and what it acts on, at most 255 characters. */
  readonly summary: string;
  readonly operation: string;
  /** The first table, when there is one. */
  readonly table: string | undefined;
}

const longestSqlChars = 8192;

/** How a database quotes: `mysql` takes `"…"` for strings, `sqlite` for either. */
export type SqlDialect = 'postgresql' | 'mysql' | 'sqlite';

/**
 * One token of SQL. Order matters: strings first, so that nothing inside them is taken for something else. An unterminated string runs to the end, also when what was
 * cut off there was an escape: better to hide too much.
 */
function tokens(literals: string, identifiers: string): RegExp {
  return new RegExp(
    [
      String.raw`(?<space>\s+)`,
      `(?<literal>${literals})`,
      String.raw`(?<parameter>\$\d+|\?)`,
      `(?<quoted>${identifiers})`,
      String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
      String.raw`(?<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?\w*)`,
      String.raw`(?<other>[\s\S])`,
    ].join('|'),
    'gu',
  );
}

const backtick = String.raw`\x60(?:[^\x60]|\x60\x60)*(?:\x60|$)`;
const doubleQuoted = String.raw`"(?:[^"]|"")*(?:"|$)`;
const plainString = String.raw`'(?:[^']|'')*(?:'|$)`;
const escapedString = String.raw`'(?:[^'\\]|\\[\s\S]|'')*(?:'|\\?$)`;
const escapedDoubleQuoted = String.raw`"(?:[^"\\]|\\[\s\S]|"")*(?:"|\\?$)`;
const dollarQuoted = String.raw`\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?(?:\$\k<tag>\$|$)`;

const tokensOf: Readonly<Record<SqlDialect, RegExp>> = {
  postgresql: tokens(
    `[eE]${escapedString}|(?:[bBxXnN]|[uU]&)?${plainString}|${dollarQuoted}`,
    `${doubleQuoted}|${backtick}`,
  ),
  mysql: tokens(`[bBxXnN]?${escapedString}|${escapedDoubleQuoted}`, backtick),
  sqlite: tokens(`[xX]?${plainString}`, String.raw`${doubleQuoted}|${backtick}|\[[^\]]*(?:\]|$)`),
};

/** Where the comment that begins at `at` ends, or `at` when none does there. PostgreSQL's nest; in MySQL `/*!` and `#` have a meaning of their own. */
function endOfComment(sql: string, at: number, dialect: SqlDialect): number {
  const two = sql.slice(at, at + 2);
  if (two === '--' || (dialect === 'mysql' && sql[at] === '#')) {
    const end = sql.indexOf('\n', at);
    return end < 0 ? sql.length : end;
  }
  // What stands in `/*!50000 … */` is run by MySQL: only its frame is a comment.
  if (dialect === 'mysql' && two === '*/') return at + 2;
  if (two !== '/*') return at;
  if (dialect === 'mysql' && sql[at + 2] === '!')
    return at + 3 + (/^\d{0,6}/.exec(sql.slice(at + 3, at + 9))?.[0].length ?? 0);
  const mark = dialect === 'postgresql' ? /\/\*|\*\//g : /\*\//g;
  mark.lastIndex = at + 2;
  let depth = 1;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

/** SQLite takes `"text"` for a string where no column has that name: beside a comparison, and not part of `"table"."column"`, it may be one. */
function mayBeString(sql: string, at: number, end: number, previous: string): boolean {
  return sql[at] === '"' && sql[end] !== '.' && ['=', '<', '>', 'like', 'glob', 'in', 'match'].includes(previous);
}

/** Words after which a table is named. */
const tableFollows = new Set(['from', 'join', 'into', 'update', 'table', 'truncate']);
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
]);
const operations = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'call',
  'copy',
  'create',
  'alter',
  'drop',
  'begin',
  'commit',
  'rollback',
  'savepoint',
  'release',
  'listen',
  'notify',
  'set',
  'show',
  'explain',
  'vacuum',
  'analyze',
  'lock',
  'values',
  'start',
  'declare',
  'fetch',
  'close',
  'prepare',
  'execute',
  'discard',
  'grant',
  'revoke',
  'refresh',
  'reset',
  'unlisten',
  'with',
  'pragma',
  'replace',
]);

/**
 * Hides literals (`?`), drops comments, folds white space and lists of literals (`IN (?, ?, ?)` becomes `IN (?)`), and finds the operation and tables.
 * Placeholders stay. The text never leaves the process as it came.
 */
export function sqlShape(whole: string, dialect: SqlDialect = 'postgresql'): SqlShape {
  const sql = whole.slice(0, longestSqlChars);
  const parts: string[] = [];
  const tables: string[] = [];
  let operation = '';
  let awaitsTable = false;
  let inCte = false;
  let depth = 0;
  const ctes = new Set<string>();
  let previousWord = '';

  const words: { readonly text: string; readonly kind: 'word' | 'quoted' | 'other' | 'value' }[] = [];
  const token = tokensOf[dialect];
  let previousText = '';
  for (let from = 0; from < sql.length;) {
    const afterComment = endOfComment(sql, from, dialect);
    token.lastIndex = from;
    const found = afterComment > from ? undefined : token.exec(sql);
    // The last alternative takes any character, so there is always a token here.
    const { groups = {}, 0: text } = found ?? { groups: { space: '' }, 0: '' };
    const at = from;
    from = found === undefined ? afterComment : token.lastIndex;
    if (groups['space'] !== undefined) {
      if (parts.length > 0 && parts.at(-1) !== ' ') parts.push(' ');
      continue;
    }
    const hidden =
      groups['literal'] !== undefined ||
      groups['number'] !== undefined ||
      (dialect === 'sqlite' && mayBeString(sql, at, from, previousText));
    parts.push(hidden ? '?' : text);
    previousText = text.toLowerCase();
    const kind =
      groups['word'] !== undefined
        ? 'word'
        : groups['quoted'] !== undefined
          ? 'quoted'
          : groups['other'] !== undefined
            ? 'other'
            : 'value';
    words.push({ text, kind });
  }

  for (let at = 0; at < words.length; at++) {
    const { text, kind } = words[at]!;
    const lower = text.toLowerCase();
    if (kind === 'other') {
      if (text === '(') depth++;
      else if (text === ')') depth--;
      if (text !== '.' && text !== ',') awaitsTable = false;
      continue;
    }
    if (kind === 'value') {
      awaitsTable = false;
      continue;
    }
    if (kind === 'word' && operation === '' && operations.has(lower)) {
      if (lower === 'with') inCte = true;
      else if (!inCte || depth === 0) operation = lower.toUpperCase();
    }
    if (inCte && words[at + 1]?.text.toLowerCase() === 'as') ctes.add(lower);
    if (awaitsTable && !(kind === 'word' && notTables.has(lower))) {
      let name = unquoted(text);
      while (words[at + 1]?.text === '.' && words[at + 2] !== undefined) {
        name = unquoted(words[at + 2]!.text);
        at += 2;
      }
      const called = words[at + 1]?.text === '(' && previousWord !== 'into';
      if (!called && !ctes.has(name.toLowerCase()) && !tables.includes(name)) tables.push(name);
      // `FROM a, b`: another table follows a comma at once; an alias may stand between.
      awaitsTable = previousWord === 'from' && words[at + 1]?.text === ',';
    } else if (kind === 'word') {
      const isTarget =
        tableFollows.has(lower) &&
        !(lower === 'update' && (previousWord === 'for' || previousWord === 'key' || previousWord === 'do'));
      const inFunction = lower === 'from' && depth > 0 && functionFrom(words, at);
      if (isTarget && !inFunction) awaitsTable = true;
      else if (!notTables.has(lower)) awaitsTable = false;
    }
    if (kind === 'word') previousWord = lower;
  }

  const folded = parts
    .join('')
    .trim()
    .replace(/\b(in|values)\s*\(\s*(\?|\$\d+)(?:\s*,\s*(?:\?|\$\d+))+\s*\)/gi, '$1 ($2)')
    .replace(/\b(values\s*\((?:\?|\$\d+)\))(?:\s*,\s*\((?:\s*,?\s*(?:\?|\$\d+))+\s*\))+/gi, '$1');
  const name = operation === '' ? 'QUERY' : operation;
  return {
    text: folded,
    operation: name,
    table: tables[0],
    summary: [name, ...tables.slice(0, 4)].join(' ').slice(0, 255),
  };
}

/** Whether `from` belongs to `extract(… from …)`, `substring(… from …)`, `trim(… from …)` and such. */
function functionFrom(words: readonly { readonly text: string }[], at: number): boolean {
  let depth = 0;
  for (let before = at - 1; before >= 0; before--) {
    const text = words[before]!.text.toLowerCase();
    if (text === ')') depth++;
    else if (text === '(' && depth > 0) depth--;
    else if (text === '(')
      return ['extract', 'substring', 'trim', 'overlay', 'position'].includes(
        words[before - 1]?.text.toLowerCase() ?? '',
      );
    else if (text === 'select') return false;
  }
  return false;
}

function unquoted(text: string): string {
  return /^["`[]/.test(text) ? text.slice(1, -1) : text;
}

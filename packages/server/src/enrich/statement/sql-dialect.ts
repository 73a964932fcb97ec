/** Where the SQL dialects differ for a reader that must never take a literal for something else. */
export interface SqlDialect {
  /** What `"…"` is. `either`: a name, unless it stands where a value would; `unsure`: a literal, unless only a table's name can stand there. */
  readonly doubleQuotes: 'name' | 'literal' | 'either' | 'unsure';
  /** Whether `\'` inside `'…'` is a quote that does not end it. `unsure`: then nothing behind it is believed. */
  readonly backslashes: 'escape' | 'plain' | 'unsure';
  /** `[order details]` is a name. */
  readonly brackets: boolean;
  /** `$$…$$` and `$tag$…$tag$` are literals. */
  readonly dollarQuotes: boolean;
  /** `$12.50` is an amount, not parameter 12. */
  readonly dollarAmounts: boolean;
  /** What `#` begins. */
  readonly hash: 'comment' | 'operator' | 'unsure';
  readonly comments: 'nested' | 'flat' | 'unsure';
}

const postgresql: SqlDialect = {
  doubleQuotes: 'name',
  backslashes: 'plain',
  brackets: false,
  dollarQuotes: true,
  dollarAmounts: false,
  hash: 'operator',
  comments: 'nested',
};

const mysql: SqlDialect = {
  doubleQuotes: 'literal',
  backslashes: 'escape',
  brackets: false,
  dollarQuotes: false,
  dollarAmounts: false,
  hash: 'comment',
  comments: 'flat',
};

const sqlite: SqlDialect = {
  doubleQuotes: 'either',
  backslashes: 'plain',
  brackets: true,
  dollarQuotes: false,
  dollarAmounts: false,
  hash: 'unsure',
  comments: 'flat',
};

const mssql: SqlDialect = {
  doubleQuotes: 'either',
  backslashes: 'plain',
  brackets: true,
  dollarQuotes: false,
  dollarAmounts: true,
  hash: 'operator',
  comments: 'nested',
};

/** A database that we do not know: wherever the dialects disagree, the rest of the statement is hidden. */
const unknown: SqlDialect = {
  doubleQuotes: 'unsure',
  backslashes: 'unsure',
  brackets: false,
  dollarQuotes: true,
  dollarAmounts: false,
  hash: 'unsure',
  comments: 'unsure',
};

const dialectOf: ReadonlyMap<string, SqlDialect> = new Map([
  ['postgresql', postgresql],
  ['postgres', postgresql],
  ['pg', postgresql],
  ['cockroachdb', postgresql],
  ['redshift', postgresql],
  ['aws.redshift', postgresql],
  ['mysql', mysql],
  ['mysql2', mysql],
  ['mariadb', mysql],
  ['tidb', mysql],
  ['sqlite', sqlite],
  ['mssql', mssql],
  ['microsoft.sql_server', mssql],
]);

/** `system`: the value of `db.system.name`, or '' when it is not known. */
export function sqlDialect(system: string): SqlDialect {
  return dialectOf.get(system) ?? unknown;
}

/** What a normalised SQL statement tells of how it reads. */
export interface StatementFacts {
  /** `SELECT`, `INSERT`, `FIND`, ... in upper case; '' when it can not be told. */
  readonly operation: string;
  /** The table or collection, without quotes and schema; '' for none. */
  readonly table: string;
  /** The same with its schema, when the statement names it: `shop.orders`. */
  readonly qualifiedTable: string;
  /** Reads rows and changes none. */
  readonly isRead: boolean;
  /** Something bounds how many rows come: LIMIT, FETCH FIRST, TOP. */
  readonly hasLimit: boolean;
  /** It steps through a result: an order and a limit, with an offset or from a key on. */
  readonly isPage: boolean;
  /** It is given many keys at once: `IN (?)`, `= ANY($1)`, a join with VALUES. */
  readonly takesList: boolean;
  /** A stretch bounds what comes: `BETWEEN`, or both ends of a column. */
  readonly isStretch: boolean;
  /** It reads what the database tells of itself. */
  readonly isCatalogue: boolean;
  /** It computes sums or counts: its rows are not those of the table. */
  readonly isAggregate: boolean;
  /** Columns that are compared for equality with one value, without quotes and table. */
  readonly keys: readonly string[];
  /** Has it any condition at all? */
  readonly isFiltered: boolean;
}

/** Statements are looked at up to here. */
const maxChars = 4096;
const kept = new Map<string, StatementFacts>();
const maxKept = 5000;

/** Reads the text of a statement of `system`; `operation` and `table` are what its span says besides. Texts seen before cost a look-up. */
export function statementFacts(text: string, operation: string, table: string): StatementFacts {
  const key = `${operation}\n${table}\n${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= maxKept) kept.clear();
  const facts = read(text.slice(0, maxChars), operation, table);
  if (key.length <= maxChars) kept.set(key, facts);
  return facts;
}

const readWords = new Set(['SELECT', 'FIND', 'FINDONE', 'AGGREGATE', 'COUNT', 'DISTINCT', 'GET', 'QUERY', 'WITH']);
const value = String.raw`(?:\?|\$\d+|[:@]\w+|%s|\d+|'[^']*')`;
// A name begins where no other one runs on, so that a long one is read once.
const equals = new RegExp(String.raw`(?<!\w)(\w+)["\`\]]?\s*=\s*${value}`, 'g');

function read(text: string, operation: string, table: string): StatementFacts {
  // `find users {filter: {age: {$gt: ?}}}`, as our SDK and others write commands of document stores.
  const document = /^\s*(\w+)\s+([\w.-]+)?\s*\{/.exec(text) ?? undefined;
  const first = (/^[\s(]*([a-z]+)/i.exec(text)?.[1] ?? '').toUpperCase();
  const said = (operation === '' ? first : operation).toUpperCase();
  const lower = text.toLowerCase();
  if (document !== undefined || lower.startsWith('{')) return ofDocument(lower, said, table || (document?.[2] ?? ''));
  const where = lower.lastIndexOf(' where ');
  const condition = where < 0 ? '' : endOfCondition(text.slice(where + 7));
  const hasLimit = /\blimit\s|\bfetch\s+(?:first|next)\b|\bselect\s+top\b|\brownum\b/.test(lower);
  const fromKeyOn = /[<>]=?\s*(?:\?|\$\d+|[:@]\w+|\()/.test(condition) || /\boffset\s+(?!0\b)/.test(lower);
  const from = (/\bfrom\s+(?:only\s+)?((?:["`[]?\w+["`\]]?\.)*["`[]?\w+["`\]]?)/i.exec(text)?.[1] ?? '').replace(
    /["`[\]]/g,
    '',
  );
  const qualifiedTable = table === '' || from.endsWith(`.${table}`) ? from : table;
  return {
    operation: said === 'WITH' ? 'SELECT' : said,
    table: qualifiedTable.replace(/^.*\./, ''),
    qualifiedTable,
    isRead: readWords.has(said) && !/\bfor\s+(?:no\s+key\s+)?update\b/.test(lower),
    hasLimit,
    isPage: hasLimit && /\border\s+by\b/.test(lower) && fromKeyOn,
    takesList: /\bin\s*\((?!\s*select)|\bany\s*\(|\bunnest\s*\(|\(values\b/.test(lower),
    isStretch: isStretch(condition),
    isCatalogue: /(?:^|\.)(?:information_schema|pg_catalog|mysql|performance_schema|sys)\.|^(?:pg_|sqlite_)\w/i.test(
      qualifiedTable,
    ),
    isAggregate: /\bgroup\s+by\b|\b(?:count|sum|avg|min|max|array_agg|json_agg|string_agg|exists)\s*\(/.test(
      lower.slice(0, 600),
    ),
    keys: [
      ...new Set(
        [...condition.matchAll(equals)]
          .map(([, column]) => (column ?? '').toLowerCase())
          .filter(name => !/^\d*$/.test(name)),
      ),
    ],
    isFiltered: condition !== '',
  };
}

/** `day BETWEEN $1 AND $2`, `ts >= $1 AND ts < $2`. */
function isStretch(condition: string): boolean {
  if (/\bbetween\b/i.test(condition)) return true;
  const ends = (sign: '<' | '>'): readonly string[] =>
    [...condition.matchAll(new RegExp(String.raw`(?<![\w.])([\w.]+)["\`\]]?\s*${sign}=?\s*${value}`, 'g'))].map(
      ([, column]) => (column ?? '').toLowerCase(),
    );
  const above = new Set(ends('>'));
  return ends('<').some(column => above.has(column));
}

function endOfCondition(text: string): string {
  const end = text.search(/\b(?:group\s+by|order\s+by|limit|offset|fetch\s+first|for\s+update|returning)\b/i);
  return end < 0 ? text : text.slice(0, end);
}

function ofDocument(lower: string, operation: string, table: string): StatementFacts {
  const filter = /\b(?:filter|query|\$match)["']?:\s*\{([^}]*)/.exec(lower)?.[1] ?? '';
  return {
    operation,
    table,
    qualifiedTable: table,
    isRead: readWords.has(operation),
    hasLimit: /\blimit\b|\$limit/.test(lower) || operation === 'FINDONE',
    isPage: /\bsort\b|\$sort/.test(lower) && (/\bskip\b|\$skip/.test(lower) || /\$[gl]te?\b/.test(lower)),
    takesList: /\$in\b/.test(lower),
    isStretch: /\$gte?\b/.test(lower) && /\$lte?\b/.test(lower),
    isCatalogue: false,
    isAggregate: operation === 'COUNT' || /\$group|\$count/.test(lower),
    keys: [...filter.matchAll(/["']?([\w.]+)["']?:\s*(?:\?|"\?")/g)].map(([, key]) => key ?? ''),
    isFiltered: filter.trim() !== '',
  };
}

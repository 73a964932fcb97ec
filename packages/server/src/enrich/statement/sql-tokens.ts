import type { SqlDialect } from './sql-dialect.js';

/** `rest` stands for everything from the first doubtful place on; it is the last token. */
export type SqlTokenKind = 'word' | 'quoted' | 'literal' | 'parameter' | 'mark' | 'rest';

export interface SqlToken {
  readonly kind: SqlTokenKind;
  /** As it came; `?` for literals, so that no literal leaves this file. */
  readonly text: string;
  /** White space or a comment stood before it. */
  readonly spaced: boolean;
}

/** What is behind it is not read: nobody looks at statements that long. */
export const longestSqlChars = 16_384;

const quote = 39;
const doubleQuote = 34;
const backslash = 92;

/** A name in quotes. What looks otherwise is more likely a value, or a quote that stands elsewhere than we think. */
const plausibleName = /^.[\p{L}\p{N}_ $.#@:/()%*+?-]{1,128}.$/u;

/**
 * The tokens of a statement, without comments. Reads every character once, whatever is sent. Where it can not be sure what a character means, it stops
 * with `rest`: better to hide too much.
 */
export function sqlTokens(sql: string, dialect: SqlDialect): readonly SqlToken[] {
  const text = sql.length > longestSqlChars ? sql.slice(0, longestSqlChars) : sql;
  const end = text.length;
  const tokens: SqlToken[] = [];
  let at = 0;
  let spaced = false;

  const push = (kind: SqlTokenKind, tokenText: string): void => {
    // 'a' 'b' is one literal to the database.
    if (kind === 'literal' && tokens.at(-1)?.kind === 'literal') spaced = false;
    else tokens.push({ kind, text: tokenText, spaced });
    spaced = false;
  };
  const pushName = (quoted: string): void => {
    if (plausibleName.test(quoted)) push('quoted', quoted);
    else push('literal', '?');
  };
  const doubt = (): readonly SqlToken[] => {
    tokens.push({ kind: 'rest', text: '…', spaced });
    return tokens;
  };

  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff) {
      spaced = true;
      at++;
    } else if (code === 45 && text.charCodeAt(at + 1) === 45) {
      at = lineEnd(text, at);
      spaced = true;
    } else if (code === 35 && dialect.hash !== 'operator') {
      if (dialect.hash === 'unsure') return doubt();
      at = lineEnd(text, at);
      spaced = true;
    } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      const after = commentEnd(text, at, dialect.comments);
      if (after === -1) return doubt();
      at = after;
      spaced = true;
    } else if (code === quote) {
      const after = stringEnd(text, at, quote, dialect.backslashes);
      if (after === -1) return doubt();
      push('literal', '?');
      at = after;
    } else if (code === doubleQuote) {
      const isName = dialect.doubleQuotes === 'name' || standsForName(tokens, text, at, dialect);
      const after = stringEnd(text, at, doubleQuote, isName ? 'plain' : dialect.backslashes);
      if (after === -1) return doubt();
      if (isName) pushName(text.slice(at, after));
      else push('literal', '?');
      at = after;
    } else if (code === 96) {
      const after = stringEnd(text, at, 96, 'plain');
      if (after === -1) return doubt();
      pushName(text.slice(at, after));
      at = after;
    } else if (code === 91 && dialect.brackets) {
      const after = stringEnd(text, at, 93, 'plain');
      if (after === -1) return doubt();
      pushName(text.slice(at, after));
      at = after;
    } else if (code === 36) {
      const next = text.charCodeAt(at + 1);
      if (isDigit(next)) {
        const after = numberEnd(text, at + 1);
        const isParameter = !dialect.dollarAmounts && after - at <= 6 && allDigits(text, at + 1, after);
        push(isParameter ? 'parameter' : 'literal', isParameter ? text.slice(at, after) : '?');
        at = after;
      } else if (dialect.dollarQuotes && dollarTagEnd(text, at) !== -1) {
        const tagEnd = dollarTagEnd(text, at);
        const closing = text.indexOf(text.slice(at, tagEnd), tagEnd);
        if (closing === -1) return doubt();
        push('literal', '?');
        at = closing + tagEnd - at;
      } else return doubt();
    } else if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(at + 1)) && !endsName(tokens, spaced))) {
      at = numberEnd(text, at);
      push('literal', '?');
    } else if (isWordStart(code)) {
      let after = at + 1;
      while (after < end && isWordPart(text.charCodeAt(after))) after++;
      const next = text.charCodeAt(after);
      const word = text.slice(at, after);
      if (next === quote || (next === 38 && text.charCodeAt(after + 1) === quote && /^u$/i.test(word))) {
        // A prefix of a literal: E'…', N'…', X'…', _utf8'…'. Oracle's q'[…]' ends elsewhere.
        if (/^n?q$/i.test(word)) return doubt();
        const opens = next === quote ? after : after + 1;
        const rule = /^e$/i.test(word) && dialect.backslashes === 'plain' ? 'escape' : dialect.backslashes;
        const closes = stringEnd(text, opens, quote, rule);
        if (closes === -1) return doubt();
        if (/^(?:[ebnxr]|u)$/i.test(word) || word.startsWith('_')) push('literal', '?');
        else {
          push('word', word);
          push('literal', '?');
        }
        at = closes;
      } else {
        push(isSecretWord(tokens) ? 'literal' : 'word', isSecretWord(tokens) ? '?' : word);
        at = after;
      }
    } else if (code === 63 || code === 58 || code === 64 || code === 37) {
      const after = parameterEnd(text, at);
      push(after - at > 1 || code === 63 ? 'parameter' : 'mark', text.slice(at, after));
      at = after;
    } else if (isMark(code)) {
      push('mark', text.charAt(at));
      at++;
    } else return doubt();
  }
  if (sql.length > end) return doubt();
  return tokens;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;

/** Letters of other scripts count as letters; quotation marks and what can not be printed do not. */
const isForeign = (code: number): boolean =>
  code >= 0xaa && code !== 0xb4 && !(code >= 0x2000 && code <= 0x206f) && code !== 0x2bc && code < 0xfe00;

const isWordStart = (code: number): boolean => isLetter(code) || isForeign(code);

const isWordPart = (code: number): boolean => isWordStart(code) || isDigit(code) || code === 36;

/** `! # & ( ) * + , - . / ; < = > [ ] ^ { | } ~` */
const isMark = (code: number): boolean =>
  code === 33 ||
  code === 35 ||
  code === 38 ||
  (code >= 40 && code <= 47) ||
  (code >= 59 && code <= 62) ||
  code === 91 ||
  code === 93 ||
  code === 94 ||
  (code >= 123 && code <= 126);

function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found === -1 ? text.length : found + 1;
}

/** Behind the comment that begins at `at`; -1 when the dialects disagree where that is. An open comment ends with the text. */
function commentEnd(text: string, at: number, rule: SqlDialect['comments']): number {
  let depth = 1;
  for (let i = at + 2; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 42 && text.charCodeAt(i + 1) === 47) {
      i++;
      if (--depth === 0) return i + 1;
    } else if (code === 47 && text.charCodeAt(i + 1) === 42) {
      if (rule === 'unsure') return -1;
      if (rule === 'nested') depth++;
      i++;
    }
  }
  return text.length;
}

/** Behind the quote that ends what begins at `at`; a doubled quote does not. -1 when it does not end, or the dialects disagree where. */
function stringEnd(text: string, at: number, closing: number, backslashes: SqlDialect['backslashes']): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === closing) {
      if (text.charCodeAt(i + 1) !== closing) return i + 1;
      i++;
    } else if (code === backslash && backslashes !== 'plain') {
      if (backslashes === 'unsure' && text.charCodeAt(i + 1) === closing) return -1;
      i++;
    }
  }
  return -1;
}

/** Behind `$$` or `$tag$`, -1 when there is none. */
function dollarTagEnd(text: string, at: number): number {
  for (let i = at + 1; i < Math.min(text.length, at + 66); i++) {
    const code = text.charCodeAt(i);
    if (code === 36) return i + 1;
    if (!isWordStart(code) && !isDigit(code)) return -1;
  }
  return -1;
}

/** Takes letters along: `0xff`, `1e5`, `10m`. */
function numberEnd(text: string, at: number): number {
  let i = at;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    const isSign =
      (code === 43 || code === 45) && (text.charCodeAt(i - 1) | 32) === 101 && isDigit(text.charCodeAt(i + 1));
    if (!isWordPart(code) && code !== 46 && !isSign) break;
    i++;
  }
  return i;
}

function allDigits(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!isDigit(text.charCodeAt(i))) return false;
  return true;
}

/** `?`, `?1`, `:name`, `@name`, `@@name`, `%s`, `%(name)s`; also `::`, the cast. */
function parameterEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  let i = at + 1;
  if (text.charCodeAt(i) === code && (code === 58 || code === 64)) i++;
  if (code === 58 && i === at + 2) return i;
  if (code === 37 && text.charCodeAt(i) === 40) {
    const closing = text.indexOf(')s', i);
    return closing === -1 || closing - i > 64 ? at + 1 : closing + 2;
  }
  if (code === 37) return text.charAt(i) === 's' && !isWordPart(text.charCodeAt(i + 1)) ? i + 1 : at + 1;
  // `:12:30` is no parameter; `?1` and `:1` have few digits.
  const from = i;
  while (i < text.length && isWordPart(text.charCodeAt(i))) i++;
  if (i > from && isDigit(text.charCodeAt(from)) && (i - from > 5 || !allDigits(text, from, i))) return from;
  return i;
}

/** A dot after a name joins it to what follows, whatever that is. */
function endsName(tokens: readonly SqlToken[], spaced: boolean): boolean {
  const last = tokens.at(-1);
  return !spaced && (last?.kind === 'word' || last?.kind === 'quoted');
}

/** Words after which a table is named. */
export const tableFollows: ReadonlySet<string> = new Set(['from', 'join', 'into', 'update', 'table', 'truncate']);

const comparisons = new Set(['=', '<', '>', '!', '~', '+', '-', '*', '/', '|', '&', '^']);
const valueWords = new Set([
  'like',
  'ilike',
  'in',
  'values',
  'regexp',
  'rlike',
  'glob',
  'match',
  'between',
  'and',
  'or',
  'set',
  'then',
  'else',
  'limit',
  'offset',
  'default',
  'escape',
  'is',
  'not',
  'when',
  'return',
]);

const beforeColumns = new Set([
  'key',
  'on',
  'by',
  'exists',
  'where',
  'and',
  'or',
  'not',
  'select',
  'from',
  'as',
  'join',
  'over',
  'using',
  'conflict',
  'distinct',
  'references',
]);

/** Whether `"…"` at `at` can only be a name; in `either` dialects, whether it does not stand where a value would. */
function standsForName(tokens: readonly SqlToken[], text: string, at: number, dialect: SqlDialect): boolean {
  const last = tokens.at(-1);
  if (dialect.doubleQuotes === 'literal') return false;
  if (last === undefined) return dialect.doubleQuotes === 'either';
  // `trim(both from "…")` has a value behind FROM.
  if (last.text === '.' || (last.kind === 'word' && tableFollows.has(last.text.toLowerCase()) && !isInValues(tokens)))
    return true;
  const closing = stringEnd(text, at, doubleQuote, 'plain');
  if (
    closing !== -1 &&
    text.charAt(closing) === '.' &&
    /^"[\w$ -]{1,64}"$/.test(text.slice(at, Math.min(closing, at + 70)))
  )
    return true;
  if (dialect.doubleQuotes !== 'either') return false;
  if (last.kind === 'mark' && comparisons.has(last.text)) return false;
  if (last.kind === 'word' && valueWords.has(last.text.toLowerCase())) {
    return ['and', 'or', 'set', 'when', 'not'].includes(last.text.toLowerCase()) && !isInValues(tokens);
  }
  return !isInValues(tokens);
}

/** Inside the parentheses of VALUES, IN or a function's call. Looks back a bounded way. */
function isInValues(tokens: readonly SqlToken[]): boolean {
  let depth = 0;
  for (let i = tokens.length - 1; i >= Math.max(0, tokens.length - 200); i--) {
    const { text, kind } = tokens[i]!;
    if (kind !== 'mark') continue;
    if (text === ')') depth++;
    else if (text === '(' && depth > 0) depth--;
    else if (text === '(') {
      const before = tokens[i - 1];
      if (before === undefined) return false;
      const word = before.text.toLowerCase();
      // `INSERT INTO t ("a", "b")` and `(SELECT "a"` name columns.
      if (before.kind === 'mark') return before.text === ',' || comparisons.has(before.text);
      const beforeThat = tokens[i - 2]?.text.toLowerCase() ?? '';
      return !(tableFollows.has(beforeThat) || beforeThat === '.' || beforeColumns.has(word));
    }
  }
  return tokens.length > 200;
}

/** `IDENTIFIED BY secret`: the one place where a secret may stand without quotes. */
function isSecretWord(tokens: readonly SqlToken[]): boolean {
  const last = tokens.at(-1);
  if (last?.kind !== 'word') return false;
  const word = last.text.toLowerCase();
  return word === 'by' && tokens.at(-2)?.text.toLowerCase() === 'identified';
}

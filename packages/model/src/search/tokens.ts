import type { Pattern, Place } from './ast.js';

/**
 * The pieces of a query, as they stand in the text. Reading never fails: what is wrong is left to the parser,
 * because completion reads texts that are not finished.
 *
 * A word ends at a space, a parenthesis or a quote; as a key it ends at an operator too. A value may hold colons: `url:http://a/b`.
 * Backslash takes the meaning from the next character: `a\*b` holds a star, `a\ b` a space.
 */
export type Token =
  | ({ readonly type: 'text'; readonly pattern: Pattern; readonly quoted: boolean; readonly closed: boolean } & Place)
  /** A text with an operator behind it. */
  | ({ readonly type: 'key'; readonly text: string; readonly quoted: boolean } & Place)
  | ({ readonly type: 'operator'; readonly operator: Operator } & Place)
  | ({ readonly type: 'value'; readonly pattern: Pattern; readonly quoted: boolean; readonly closed: boolean } & Place)
  | ({
      readonly type: 'list-open' | 'list-close' | 'open' | 'close' | 'minus' | 'comma' | 'and' | 'or' | 'not';
    } & Place);

export type Operator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<=';

const keyword = { AND: 'and', OR: 'or', NOT: 'not' } as const;
const isKeyword = (word: string): word is keyof typeof keyword => Object.hasOwn(keyword, word);

const space = /\s/u;
const plain = /[\p{L}\p{N}]/u;
const operatorAt = /:(?:>=|<=|!=|>|<|=)|>=|<=|!=|:|>|<|=/y;
/** Spaces are allowed before an operator unless it is a colon: `duration > 200ms`. */
const spacedOperatorAt = /\s+(>=|<=|!=|>|<|=)/y;

/** Cuts a query into tokens. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  /** What the next word is: a term, a value behind an operator, or one of a list's values. */
  let expects: 'term' | 'value' | 'list' = 'term';

  while (at < text.length) {
    const char = text.charAt(at);
    if (space.test(char)) {
      at += 1;
    } else if (char === '(') {
      tokens.push({ type: expects === 'value' ? 'list-open' : 'open', from: at, to: at + 1 });
      expects = expects === 'value' ? 'list' : expects;
      at += 1;
    } else if (char === ')') {
      tokens.push({ type: expects === 'list' ? 'list-close' : 'close', from: at, to: at + 1 });
      expects = 'term';
      at += 1;
    } else if (char === ',' && expects === 'list') {
      tokens.push({ type: 'comma', from: at, to: at + 1 });
      at += 1;
    } else if (char === '-' && expects === 'term' && at + 1 < text.length && !space.test(text.charAt(at + 1))) {
      tokens.push({ type: 'minus', from: at, to: at + 1 });
      at += 1;
    } else {
      const from = at;
      const word = char === '"' ? readQuoted(text, at) : readWord(text, at, expects);
      at = word.to;
      const raw = text.slice(from, at);
      if (expects !== 'value' && isKeyword(raw) && (expects === 'list' || operatorBehind(text, at) === undefined)) {
        tokens.push({ type: keyword[raw], from, to: at });
        continue;
      }
      if (expects !== 'term') {
        tokens.push({ type: 'value', ...word, from });
        if (expects === 'value') expects = 'term';
        continue;
      }
      const operator = operatorBehind(text, at);
      if (operator === undefined) {
        tokens.push({ type: 'text', ...word, from });
      } else {
        tokens.push({ type: 'key', text: word.pattern.join('*'), quoted: word.quoted, from, to: at }, operator);
        at = operator.to;
        expects = 'value';
      }
    }
  }
  return tokens;
}

function operatorBehind(text: string, at: number): Extract<Token, { type: 'operator' }> | undefined {
  operatorAt.lastIndex = at;
  const direct = operatorAt.exec(text)?.[0];
  if (direct !== undefined) {
    // `duration:>200ms` says the same as `duration>200ms`.
    const operator = direct.length > 1 && direct.startsWith(':') ? direct.slice(1) : direct;
    return { type: 'operator', operator: operator as Operator, from: at, to: at + direct.length }; // the pattern has no other
  }
  spacedOperatorAt.lastIndex = at;
  const spaced = spacedOperatorAt.exec(text);
  const operator = spaced?.[1];
  if (operator === undefined) return undefined;
  const to = spacedOperatorAt.lastIndex;
  return { type: 'operator', operator: operator as Operator, from: to - operator.length, to }; // the pattern has no other
}

interface Word {
  readonly pattern: Pattern;
  readonly quoted: boolean;
  readonly closed: boolean;
  readonly to: number;
}

function readQuoted(text: string, start: number): Word {
  let content = '';
  let at = start + 1;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') return { pattern: [content], quoted: true, closed: true, to: at + 1 };
    const next = text.charAt(at + 1);
    if (char === '\\' && (next === '"' || next === '\\')) {
      content += next;
      at += 2;
    } else {
      content += char;
      at += 1;
    }
  }
  return { pattern: [content], quoted: true, closed: false, to: at };
}

function readWord(text: string, start: number, expects: 'term' | 'value' | 'list'): Word {
  const pieces: [string, ...string[]] = [''];
  let last = 0;
  let at = start;
  while (at < text.length) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === '\\' && next !== '' && !plain.test(next)) {
      pieces[last] += next;
      at += 2;
      continue;
    }
    if (space.test(char) || char === '(' || char === ')' || char === '"') break;
    if (expects === 'list' && char === ',') break;
    if (expects === 'term' && at > start && (/[:<>=]/.test(char) || (char === '!' && next === '='))) break;
    if (char === '*') {
      // Stars in a row say no more than one.
      if (pieces.length === 1 || pieces[last] !== '' || text.charAt(at - 1) !== '*') last = pieces.push('') - 1;
    } else {
      pieces[last] += char;
    }
    at += 1;
  }
  return { pattern: pieces, quoted: false, closed: true, to: at };
}

import { type CompareOperator, type FieldRef, type Pattern, type Place, SearchError } from './ast.js';
import type { SearchNode, SearchSignal } from './ast.js';
import { parseDurationNs } from './duration.js';
import { builtinField, levelNumbers, resolveField } from './field-catalogue.js';
import { type Operator, type Token, tokenize } from './tokens.js';

/** Longer queries are refused: they are machine-made, and each word costs a scan. */
export const maxSearchLength = 4096;
const maxDepth = 24;
const maxTerms = 100;

/**
 * Reads a query:
 *
 *     or    = and { "OR" and }
 *     and   = unary { [ "AND" ] unary }
 *     unary = ( "-" | "NOT" ) unary | "(" or ")" | text | key operator value | key ":" "(" value { "OR" value } ")"
 *
 * Throws `SearchError` with the place that is wrong.
 */
export function parseSearch(text: string, signal: SearchSignal): SearchNode {
  if (text.length > maxSearchLength) {
    const place = { from: maxSearchLength, to: text.length };
    throw new SearchError(`The query is longer than ${maxSearchLength} characters: shorten it.`, place);
  }
  const tokens = tokenize(text);
  const first = tokens[0];
  if (first === undefined) return { kind: 'everything' };
  const reader = new TokenReader(tokens, { from: text.length, to: text.length });
  const node = parseOr(reader, signal, 0);
  const rest = reader.peek();
  if (rest !== undefined) throw unexpected(rest);
  return node;
}

class TokenReader {
  private at = 0;
  terms = 0;

  constructor(
    private readonly tokens: readonly Token[],
    readonly end: Place,
  ) {}

  peek(): Token | undefined {
    return this.tokens[this.at];
  }

  next(): Token | undefined {
    const token = this.tokens[this.at];
    this.at += 1;
    return token;
  }

  take(type: Token['type']): boolean {
    if (this.peek()?.type !== type) return false;
    this.at += 1;
    return true;
  }
}

function parseOr(reader: TokenReader, signal: SearchSignal, depth: number): SearchNode {
  const nodes = [parseAnd(reader, signal, depth)];
  while (reader.take('or')) nodes.push(parseAnd(reader, signal, depth));
  return joined('or', nodes);
}

function parseAnd(reader: TokenReader, signal: SearchSignal, depth: number): SearchNode {
  const nodes = [parseUnary(reader, signal, depth)];
  for (;;) {
    const next = reader.peek();
    if (next === undefined || next.type === 'or' || next.type === 'close') return joined('and', nodes);
    reader.take('and');
    nodes.push(parseUnary(reader, signal, depth));
  }
}

/** Nodes of the same kind lie flat, so that parentheses that change nothing leave no trace. */
function joined(kind: 'and' | 'or', nodes: readonly SearchNode[]): SearchNode {
  const [only] = nodes;
  if (only !== undefined && nodes.length === 1) return only;
  return { kind, nodes: nodes.flatMap(node => (node.kind === kind ? node.nodes : [node])) };
}

function parseUnary(reader: TokenReader, signal: SearchSignal, depth: number): SearchNode {
  const token = reader.next();
  if (token === undefined) {
    throw new SearchError(
      'The query ends where a term is expected: write one, or remove what stands before.',
      reader.end,
    );
  }
  if (depth > maxDepth) {
    throw new SearchError(
      `More than ${maxDepth} parentheses or negations inside each other: simplify the query.`,
      token,
    );
  }
  switch (token.type) {
    case 'minus':
    case 'not':
      return { kind: 'not', node: parseUnary(reader, signal, depth + 1) };
    case 'open': {
      if (reader.take('close')) throw new SearchError('Nothing stands between these parentheses: remove them.', token);
      const node = parseOr(reader, signal, depth + 1);
      if (!reader.take('close')) throw new SearchError('This parenthesis is never closed: add ")".', token);
      return node;
    }
    case 'text':
      countTerm(reader, token);
      refuseOpenQuote(token);
      return { kind: 'text', pattern: token.pattern, place: placeOf(token) };
    case 'key':
      countTerm(reader, token);
      return parseTerm(reader, signal, token);
    default:
      throw unexpected(token);
  }
}

function countTerm(reader: TokenReader, token: Token): void {
  reader.terms += 1;
  if (reader.terms > maxTerms) throw new SearchError(`More than ${maxTerms} terms: use fewer, or a wildcard.`, token);
}

function parseTerm(reader: TokenReader, signal: SearchSignal, key: Extract<Token, { type: 'key' }>): SearchNode {
  refuseOpenQuote({ ...key, closed: true });
  const operatorToken = reader.next();
  if (operatorToken?.type !== 'operator') throw unexpected(operatorToken ?? key); // the tokenizer never does that
  const { operator } = operatorToken;
  const values = parseValues(reader, key, operatorToken);
  const place = { from: key.from, to: values.to };
  if (key.text === 'has' && !key.quoted) return hasTerm(signal, operator, values, place);

  const field = resolveField(signal, key.text, key.quoted);
  if (operator === ':' || operator === '=' || operator === '!=') {
    const patterns = values.list.map(value => checkedPattern(signal, field, value));
    const [first, ...rest] = patterns;
    if (first === undefined) throw new SearchError(`${key.text}${operator} needs a value.`, place);
    const match: SearchNode = { kind: 'match', field, patterns: [first, ...rest], place };
    return operator === '!=' ? { kind: 'not', node: match } : match;
  }
  return compareTerm(signal, field, key.text, operator, values, place);
}

interface Values {
  readonly list: readonly Extract<Token, { type: 'value' }>[];
  readonly to: number;
}

function parseValues(
  reader: TokenReader,
  key: Extract<Token, { type: 'key' }>,
  operator: Extract<Token, { type: 'operator' }>,
): Values {
  const start = reader.next();
  const written = `${key.text}${operator.operator}`;
  if (start?.type === 'value') {
    refuseOpenQuote(start);
    return { list: [start], to: start.to };
  }
  if (start?.type !== 'list-open') {
    const place = { from: key.from, to: operator.to };
    throw new SearchError(
      `${written} needs a value: write it directly behind, as ${written}x, or "" for empty.`,
      place,
    );
  }
  const list: Extract<Token, { type: 'value' }>[] = [];
  for (;;) {
    const token = reader.next();
    if (token === undefined) throw new SearchError('This list is never closed: add ")".', start);
    if (token.type === 'value') {
      countTerm(reader, token);
      refuseOpenQuote(token);
      list.push(token);
    } else if (token.type === 'list-close') {
      if (list.length === 0) throw new SearchError(`The list is empty: write ${key.text}:(a OR b).`, start);
      return { list, to: token.to };
    } else if (token.type !== 'or' && token.type !== 'comma') {
      throw new SearchError(`A list holds values with OR between them: ${key.text}:(a OR b).`, token);
    }
  }
}

function hasTerm(signal: SearchSignal, operator: Operator, values: Values, place: Place): SearchNode {
  const [value] = values.list;
  const [key = '', ...wildcards] = value?.pattern ?? [];
  if (operator !== ':' || values.list.length !== 1 || wildcards.length > 0 || key === '') {
    throw new SearchError('has: takes the name of one field, as has:user.id.', place);
  }
  return { kind: 'has', field: resolveField(signal, key, value?.quoted ?? false), place };
}

function compareTerm(
  signal: SearchSignal,
  field: FieldRef,
  key: string,
  operator: CompareOperator,
  values: Values,
  place: Place,
): SearchNode {
  const [value] = values.list;
  const builtin = field.source === 'builtin' ? builtinField(signal, field.key) : undefined;
  if (builtin !== undefined && builtin.ordered !== true) {
    throw new SearchError(`${key} has no order: write ${builtin.example}.`, place);
  }
  if (value === undefined || values.list.length > 1 || value.pattern.length > 1) {
    throw new SearchError(
      `${key}${operator} takes one value without wildcards, as ${builtin?.example ?? `${key}>5`}.`,
      place,
    );
  }
  const text = value.pattern[0];
  return {
    kind: 'compare',
    field,
    operator,
    text,
    number: comparedNumber(builtin?.key, key, operator, text, value),
    place,
  };
}

function comparedNumber(
  builtin: string | undefined,
  key: string,
  operator: CompareOperator,
  text: string,
  place: Place,
): number {
  if (builtin === 'duration') return durationNs(text, place);
  if (builtin === 'level') {
    const number = levelNumbers[text.toLowerCase()];
    if (number !== undefined) return number;
    throw new SearchError(`Unknown level "${text}": ${Object.keys(levelNumbers).join(', ')}.`, place);
  }
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  const remedy = parseDurationNs(text) === undefined ? '' : ' Units work with duration only.';
  throw new SearchError(`${key}${operator} needs a number, as ${key}${operator}5.${remedy}`, place);
}

/** Checks what can be known of a value, so that a slip is an error and not an empty page. */
function checkedPattern(signal: SearchSignal, field: FieldRef, value: Extract<Token, { type: 'value' }>): Pattern {
  const { pattern } = value;
  if (field.source !== 'builtin') return pattern;
  if (pattern.length > 1) {
    if (field.key !== 'duration' || pattern.join('') === '') return pattern;
    throw new SearchError('Durations are compared with > and <, as duration>200ms.', value);
  }
  const builtin = builtinField(signal, field.key);
  const text = pattern[0].toLowerCase();
  if (builtin?.values !== undefined) {
    if (builtin.values.includes(text)) return [text];
    throw new SearchError(`Unknown ${field.key} "${pattern[0]}": one of ${builtin.values.join(', ')}.`, value);
  }
  if (field.key === 'trace_id' || field.key === 'span_id') {
    const digits = field.key === 'trace_id' ? 32 : 16;
    if (text.length === digits && /^[0-9a-f]+$/.test(text)) return [text];
    throw new SearchError(`A ${field.key} has ${digits} hex digits.`, value);
  }
  if (field.key === 'duration') durationNs(pattern[0], value);
  return pattern;
}

function durationNs(text: string, place: Place): number {
  const ns = parseDurationNs(text);
  if (ns !== undefined) return ns;
  const example = /^\d+(?:\.\d+)?$/.test(text) ? `${text}ms` : '200ms';
  throw new SearchError(`A duration needs a number with a unit (ns us ms s m h), as ${example}.`, place);
}

function refuseOpenQuote(token: Place & { readonly closed: boolean }): void {
  if (!token.closed) throw new SearchError('This quote is never closed: add ".', placeOf(token));
}

function placeOf({ from, to }: Place): Place {
  return { from, to };
}

function unexpected(token: Token): SearchError {
  switch (token.type) {
    case 'close':
    case 'list-close':
      return new SearchError('This ")" closes nothing: remove it, or quote it.', placeOf(token));
    case 'and':
    case 'or':
      return new SearchError(
        `${token.type.toUpperCase()} needs a term on both sides; quote it to search for the word.`,
        placeOf(token),
      );
    default:
      return new SearchError('A term is expected here, as service:checkout or "free text".', placeOf(token));
  }
}

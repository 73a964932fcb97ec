import { quoted } from './quoting.js';

/** Words that mean something in a query, by what they are; a label or a metric may be called so all the same. */
export type WordClass = 'operator' | 'aggregator' | 'keyword' | 'preprocessor';

export const words: ReadonlyMap<string, WordClass> = new Map<string, WordClass>([
  ...list('operator', ['and', 'or', 'unless', 'atan2']),
  ...list('aggregator', ['avg', 'bottomk', 'count', 'count_values', 'group', 'limit_ratio', 'limitk']),
  ...list('aggregator', ['max', 'min', 'quantile', 'stddev', 'stdvar', 'sum', 'topk']),
  ...list('keyword', ['bool', 'by', 'group_left', 'group_right', 'ignoring', 'offset', 'on', 'without']),
  ...list('preprocessor', ['start', 'end']),
]);

function list(kind: WordClass, names: readonly string[]): readonly (readonly [string, WordClass])[] {
  return names.map(name => [name, kind] as const);
}

/**
 * One token. `value` is its text; a word's is in lower case, for a query may say `SUM` as well.
 *
 * `metric` is an identifier with a colon; `duration word` stands between brackets (`step`, `min`, `max`).
 */
export interface Token {
  readonly kind:
    | 'word'
    | 'identifier'
    | 'metric'
    | 'string'
    | 'number'
    | 'duration'
    | 'duration word'
    | 'operator'
    | 'mark'
    | 'end';
  readonly value: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A token as Prometheus names it after `unexpected`. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'end of input';
    case 'operator':
      return `<op:${token.text}>`;
    case 'word':
      return describeWord(token);
    case 'identifier':
      return `identifier ${quoted(token.text)}`;
    case 'metric':
      return `metric identifier ${quoted(token.text)}`;
    case 'string':
    case 'number':
    case 'duration':
      return `${token.kind} ${clipped(token.text)}`;
    case 'duration word':
    case 'mark':
      return quoted(token.text);
  }
}

function describeWord(token: Token): string {
  switch (words.get(token.value)) {
    case 'operator':
      return `<op:${token.text}>`;
    case 'aggregator':
      return `<aggr:${token.text}>`;
    case 'keyword':
      return `<${token.text}>`;
    case 'preprocessor':
    case undefined:
      return quoted(token.text);
  }
}

function clipped(text: string): string {
  const characters = Array.from(text.slice(0, 22));
  return new TextEncoder().encode(text.slice(0, 22)).length > 10
    ? `${quoted(characters.slice(0, 10).join(''))}...`
    : quoted(text);
}

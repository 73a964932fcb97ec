import type { Matcher } from '../value/matcher.js';
import { metricName } from '../value/labels.js';
import type { Aggregate, AtTime, Binary, Call, Expr, TimeShift, VectorMatching, VectorSelector } from './ast.js';
import { functionPhrases } from './describe-functions.js';
import { printNumber } from './number.js';
import { printExpr } from './print.js';
import { isComparison } from './type-of.js';

/** Deeper parts are quoted as they are written: words help no more there. */
const maxLevels = 12;

/** What an expression asks for, as one English sentence, for people who do not read PromQL every day. Names of metrics stand between backquotes. */
export function describeExpr(expr: Expr): string {
  const phrase = describe(expr, 0);
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
}

function describe(expr: Expr, level: number): string {
  if (level > maxLevels) return `\`${printExpr(expr)}\``;
  switch (expr.kind) {
    case 'numberLiteral':
      return expr.isDuration ? durationWords(expr.value * 1000) : printNumber(expr.value);
    case 'stringLiteral':
      return `"${expr.value}"`;
    case 'paren':
      return inParens(expr.expr, level);
    case 'unary':
      return expr.op === '-' ? `the negative of ${describe(expr.expr, level + 1)}` : describe(expr.expr, level + 1);
    case 'vectorSelector':
      return selectorWords(expr) + shiftWords(expr);
    case 'matrixSelector': {
      const range = expr.rangeExpr === undefined ? durationWords(expr.rangeMs) : 'a range that is worked out';
      return `${selectorWords(expr.vector)} over ${range}${shiftWords(expr.vector)}`;
    }
    case 'subquery': {
      const range = expr.rangeExpr === undefined ? durationWords(expr.rangeMs) : 'a range that is worked out';
      const step = expr.stepMs === undefined ? '' : `, looked at every ${durationWords(expr.stepMs)}`;
      return `${describe(expr.expr, level + 1)}, over ${range}${step}${shiftWords(expr)}`;
    }
    case 'call':
      return callWords(expr, level);
    case 'aggregate':
      return aggregateWords(expr, level);
    case 'binary':
      return binaryWords(expr, level);
  }
}

function inParens(expr: Expr, level: number): string {
  const words = describe(expr, level + 1);
  return expr.kind === 'binary' ? `(${words})` : words;
}

function isName({ name, op }: Matcher): boolean {
  return name === metricName && op === '=';
}

function selectorWords({ name, matchers }: VectorSelector): string {
  const metric = name === '' ? matchers.find(isName)?.value : name;
  const conditions = matchers.filter(matcher => !isName(matcher)).map(conditionWords);
  const what = metric === undefined ? 'every metric' : `\`${metric}\``;
  return conditions.length === 0 ? what : `${what} where ${listWords(conditions)}`;
}

function conditionWords({ name, op, value }: Matcher): string {
  const label = name === metricName ? 'the name' : name;
  switch (op) {
    case '=':
      return value === '' ? `${label} is not set` : `${label} is "${value}"`;
    case '!=':
      return value === '' ? `${label} is set` : `${label} is not "${value}"`;
    case '=~':
      return `${label} matches /${value}/`;
    case '!~':
      return `${label} does not match /${value}/`;
  }
}

function shiftWords({ offsetMs, offsetExpr, at }: TimeShift): string {
  let words = at === undefined ? '' : ` ${atWords(at)}`;
  if (offsetExpr !== undefined) words += ', shifted by a time that is worked out';
  else if (offsetMs > 0) words += `, ${durationWords(offsetMs)} earlier`;
  else if (offsetMs < 0) words += `, ${durationWords(-offsetMs)} later`;
  return words;
}

function atWords(at: AtTime): string {
  if (at === 'start') return 'at the start of the range shown';
  if (at === 'end') return 'at the end of the range shown';
  const isDate = Math.abs(at) <= 8.64e15;
  return isDate ? `at ${new Date(at).toISOString()}` : `at ${printNumber(at / 1000)} seconds since 1970`;
}

function callWords({ func, args }: Call, level: number): string {
  const words = args.map(arg => describe(arg, level + 1));
  const template = functionPhrases.get(func);
  if (template === undefined) return `${func} of ${listWords(words)}`;
  return template
    .replace(/\[([^\]]*\$([1-9])[^\]]*)\]/g, (_, part: string, at: string) =>
      words[Number(at) - 1] === undefined ? '' : part,
    )
    .replace(/\$([1-9])/g, (_, at: string) => words[Number(at) - 1] ?? '');
}

const aggregateNames: Readonly<Record<Exclude<Aggregate['op'], 'count_values'>, string>> = {
  avg: 'the average of',
  bottomk: 'the $ smallest of',
  count: 'the number of series of',
  group: '1 for the series of',
  limit_ratio: 'a sample, at a ratio of $, of the series of',
  limitk: 'any $ series of',
  max: 'the maximum of',
  min: 'the minimum of',
  quantile: 'the $ quantile of',
  stddev: 'the standard deviation of',
  stdvar: 'the variance of',
  sum: 'the sum of',
  topk: 'the $ greatest of',
};

function aggregateWords(expr: Aggregate, level: number): string {
  const of = describe(expr.expr, level + 1);
  const param = expr.param === undefined ? '' : describe(expr.param, level + 1);
  const what =
    expr.op === 'count_values'
      ? `the number of series with each value (as the label ${param}) of ${of}`
      : `${aggregateNames[expr.op].replace('$', () => param)} ${of}`;
  if (expr.without) {
    const all = expr.grouping.length === 0 ? 'all labels' : `all labels but ${listWords(expr.grouping)}`;
    return `${what}, for each combination of ${all}`;
  }
  return expr.grouping.length === 0 ? what : `${what}, for each ${listWords(expr.grouping)}`;
}

const operatorWords: Readonly<Record<Binary['op'], string>> = {
  '+': 'plus',
  '-': 'minus',
  '*': 'times',
  '/': 'divided by',
  '%': 'modulo',
  '^': 'to the power of',
  atan2: 'as the angle to',
  '==': 'equal to',
  '!=': 'not equal to',
  '>': 'greater than',
  '<': 'less than',
  '>=': 'at least',
  '<=': 'at most',
  and: 'but only series that are also in',
  or: 'and, where that has no such series,',
  unless: 'but no series that are also in',
};

function binaryWords(expr: Binary, level: number): string {
  const left = describe(expr.left, level + 1);
  const right = describe(expr.right, level + 1);
  const words = operatorWords[expr.op];
  const how = matchingWords(expr.matching);
  if (expr.bool) return `1 where ${left} is ${words} ${right}, else 0${how}`;
  if (isComparison(expr.op)) return `${left}, only where it is ${words} ${right}${how}`;
  const comma = expr.op === 'and' || expr.op === 'or' || expr.op === 'unless' ? ',' : '';
  return `${left}${comma} ${words} ${right}${how}`;
}

function matchingWords(matching: VectorMatching | undefined): string {
  if (matching === undefined) return '';
  const { on, labels, card, include } = matching;
  const parts: string[] = [];
  if (on) parts.push(labels.length === 0 ? 'all matched together' : `matched by ${listWords(labels)}`);
  else if (labels.length > 0) parts.push(`matched by all labels but ${listWords(labels)}`);
  if (card === 'many-to-one') parts.push('several on the left to one on the right');
  if (card === 'one-to-many') parts.push('several on the right to one on the left');
  if (include.length > 0) parts.push(`taking over ${listWords(include)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function listWords(items: readonly string[]): string {
  if (items.length < 3) return items.join(' and ');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

const units: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
];

function durationWords(ms: number): string {
  let rest = Math.round(Math.abs(ms));
  const parts: string[] = [];
  for (const [unit, unitMs] of units) {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  const words = parts.length === 0 ? '0 seconds' : listWords(parts);
  return ms < 0 ? `minus ${words}` : words;
}

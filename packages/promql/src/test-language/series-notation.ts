import { add, subtract } from '../histogram/arithmetic.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import { Lexer } from '../parse/lexer.js';
import { quoted, unquoted } from '../parse/quoting.js';
import { describeToken, type Token } from '../parse/token.js';
import { labelsOf, metricName, type Labels } from '../value/labels.js';
import { readHistogram } from './histogram-literal.js';
import type { ScriptValue } from './script.js';
import { readNumber } from './sequence-number.js';

/** How many values one line may stand for. */
const maxValues = 1_000_000;

/**
 * Reads a series and its values: `http_requests{job="api"} 1 2+3x5 _x2 stale {{sum:1 count:2}}x3`.
 *
 * `a+bx3` is a, a+b, a+2b, a+3b; `ax3` is a four times; `_x3` is nothing three times. Throws an `Error` that says what is wrong.
 */
export function readSeries(text: string): { readonly labels: Labels; readonly values: readonly ScriptValue[] } {
  const { labels, end } = readMetric(text);
  return { labels, values: readValues(text.slice(end)) };
}

function readMetric(text: string): { readonly labels: Labels; readonly end: number } {
  const lexer = new Lexer(text);
  const first = lexer.next();
  const pairs = new Map<string, string>();
  if (first.kind === 'word' || first.kind === 'identifier' || first.kind === 'metric') {
    pairs.set(metricName, first.text);
    if (text[first.end] !== '{') return { labels: labelsOf(pairs), end: first.end };
    lexer.next();
  } else if (first.value !== '{') {
    throw new Error(`unexpected ${describeToken(first)}, expected a series`);
  }
  for (let token = lexer.next(); ; token = lexer.next()) {
    if (token.kind === 'mark' && token.value === '}') return { labels: labelsOf(pairs), end: token.end };
    const after = readLabel(token, lexer, pairs);
    if (after.kind === 'mark' && after.value === '}') return { labels: labelsOf(pairs), end: after.end };
    if (after.value !== ',') throw new Error(`unexpected ${describeToken(after)} in label set, expected "," or "}"`);
  }
}

/** Reads one label, or a metric's name in quotes, and gives the token behind it. */
function readLabel(token: Token, lexer: Lexer, pairs: Map<string, string>): Token {
  if (token.kind !== 'identifier' && token.kind !== 'string') {
    throw new Error(`unexpected ${describeToken(token)} in label set, expected identifier or "}"`);
  }
  const name = token.kind === 'string' ? unquoted(token.text) : token.text;
  const next = lexer.next();
  if (next.kind !== 'mark' || next.value !== '=') {
    if (token.kind !== 'string') throw new Error(`unexpected ${describeToken(next)} in label set, expected "="`);
    pairs.set(metricName, name);
    return next;
  }
  const value = lexer.next();
  if (value.kind !== 'string') throw new Error(`unexpected ${describeToken(value)} in label set, expected string`);
  pairs.set(name, unquoted(value.text));
  return lexer.next();
}

const histogramItem = /\{\{((?:(?!\}\}).)*)\}\}(?:([+-])\{\{((?:(?!\}\}).)*)\}\})?(?:x([0-9]+))?(?=\s|$)/y;
const plainItem = /[^\s{]+(?=\s|$)/y;
const repeated = /^(.+?)(?:(?<![eE])([+-])([^+-]*(?:[eE][+-][0-9]+)?))?x([0-9]+)$/s;

function readValues(text: string): readonly ScriptValue[] {
  const values: ScriptValue[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (at >= text.length) return values;
    const item = text[at] === '{' ? histogramItem : plainItem;
    item.lastIndex = at;
    const found = item.exec(text);
    if (found === null) throw new Error(`unexpected ${quoted(text.slice(at, at + 40))} in series values`);
    if (item === histogramItem) addHistograms(values, found);
    else addPlain(values, found[0]);
    at = item.lastIndex;
  }
}

function addPlain(values: ScriptValue[], text: string): void {
  const [, base = text, sign, step, times] = repeated.exec(text) ?? [];
  const repetitions = times === undefined ? 0 : repetitionsOf(times, values.length);
  if (base === '_' && sign === undefined) {
    for (let left = times === undefined ? 1 : repetitions; left > 0; left--) values.push({ kind: 'nothing' });
    return;
  }
  if (text === 'stale') {
    values.push({ kind: 'stale' });
    return;
  }
  let value = readNumber(base, true);
  const increment = step === undefined ? 0 : readNumber(step, false);
  for (let left = repetitions; left >= 0; left--) {
    values.push({ kind: 'number', value });
    if (sign !== undefined) value += sign === '-' ? -increment : increment;
  }
}

function addHistograms(values: ScriptValue[], [, base = '', sign, step, times]: RegExpExecArray): void {
  const { histogram: first, hintGiven } = readHistogram(base);
  const increment = step === undefined ? undefined : readHistogram(step).histogram;
  if (increment !== undefined && times === undefined)
    throw new Error('a histogram with a step needs a number of repetitions');
  let histogram = first;
  values.push({ kind: 'histogram', histogram, hintGiven });
  for (let left = times === undefined ? 0 : repetitionsOf(times, values.length); left > 0; left--) {
    if (increment !== undefined) histogram = combined(histogram, increment, sign === '-');
    values.push({ kind: 'histogram', histogram, hintGiven });
  }
}

function combined(histogram: FloatHistogram, step: FloatHistogram, subtracts: boolean): FloatHistogram {
  if (histogram.schema > step.schema) {
    throw new Error(`error combining histograms: cannot merge from schema ${step.schema} to ${histogram.schema}`);
  }
  const result = subtracts ? subtract(histogram, step) : add(histogram, step);
  if (typeof result === 'string') throw new Error(`error combining histograms: ${result}`);
  return result;
}

function repetitionsOf(times: string, have: number): number {
  const count = Number(times);
  if (count + have < maxValues) return count;
  throw new Error(`a series may have at most ${maxValues} values`);
}

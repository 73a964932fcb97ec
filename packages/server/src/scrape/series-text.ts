import { BadInput } from '../base/bad-input.js';
import { metricName, sortedLabels, type Label, type Labels, type MetricType } from './exposition.js';
import { floatLabel, readFloat } from './go-float.js';

/** How both text formats write a series: `name{label="value",…}`, or `{"any name",label="value"}`. */

const quote = 34;
const backslash = 92;
const openBrace = 123;
const closeBrace = 125;

/** Where the series that begins at `at` ends: behind its name, or behind its closing brace. What is in the braces is not checked: `labelsReader` does that. */
export function seriesEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && isNamePart(text.charCodeAt(end))) end++;
  const brace = pastBlanks(text, end);
  if (text.charCodeAt(brace) === openBrace) return bracesEnd(text, brace);
  if (end === at) throw new BadInput('a line does not begin with the name of a metric');
  return end;
}

/** Where the braces that open at `at` are closed: the place behind. */
export function bracesEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === closeBrace) return i + 1;
    if (char === quote) i = stringEnd(text, i) - 1;
  }
  throw new BadInput('a brace is not closed');
}

/** Where the string that opens at `at` ends: behind its closing quote. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === quote) return i + 1;
    if (char === backslash) i++;
  }
  throw new BadInput('a quote is not closed');
}

/** What reads the labels of the series from `at` to `end`; its errors name the line. */
export function labelsReader(text: string, at: number, end: number, type: MetricType): () => Labels {
  return () => {
    try {
      return seriesLabels(text.slice(at, end), type);
    } catch (error) {
      throw atLine(text, at, error);
    }
  };
}

/** The labels of a series; bounds of histograms and quantiles of summaries are written in one way only. */
function seriesLabels(series: string, type: MetricType): Labels {
  const brace = series.indexOf('{');
  const name = (brace < 0 ? series : series.slice(0, brace)).trimEnd();
  const labels: Label[] = name === '' ? [] : [{ name: metricName, value: name }];
  if (/^[0-9]/.test(name)) throw new BadInput(`the name of a metric begins with a digit: ${shortened(name)}`);
  if (brace >= 0) readBraces(series.slice(brace), labels, name === '');
  if (!labels.some(label => label.name === metricName)) throw new BadInput('a series has no metric name');
  return ordered(labels.map(label => inOneForm(label, type)));
}

/** The labels of an exemplar, braces included. */
export function exemplarLabels(braces: string): Labels {
  const labels: Label[] = [];
  readBraces(braces, labels, false);
  return ordered(labels);
}

function ordered(labels: readonly Label[]): Labels {
  const names = new Set(labels.map(({ name }) => name));
  if (names.size < labels.length) throw new BadInput('a series has a label twice');
  return sortedLabels(labels);
}

function inOneForm(label: Label, type: MetricType): Label {
  const isBound = (type === 'histogram' && label.name === 'le') || (type === 'summary' && label.name === 'quantile');
  const bound = isBound ? readFloat(label.value) : undefined;
  return bound === undefined ? label : { name: label.name, value: floatLabel(bound) };
}

const unquotedName = /[a-zA-Z_][a-zA-Z0-9_]*/y;

function readBraces(text: string, into: Label[], mayName: boolean): void {
  let named = !mayName;
  let at = pastSpace(text, 1);
  while (text.charCodeAt(at) !== closeBrace) {
    let name: string;
    if (text.charCodeAt(at) === quote) {
      const end = stringEnd(text, at);
      name = unescaped(text.slice(at + 1, end - 1));
      at = pastSpace(text, end);
      const next = text[at];
      if (next === ',' || next === '}') {
        if (named) throw new BadInput('a quoted text in the braces has no value, and the metric has its name already');
        named = true;
        into.push({ name: metricName, value: name });
        if (next === ',') at = pastSpace(text, at + 1);
        continue;
      }
    } else {
      unquotedName.lastIndex = at;
      name = unquotedName.exec(text)?.[0] ?? '';
      at = pastSpace(text, at + name.length);
    }
    if (name === '') throw new BadInput('the name of a label is missing, or has signs that need quotes');
    if (text[at] !== '=') throw new BadInput(`"=" is missing behind the label ${shortened(name)}`);
    at = pastSpace(text, at + 1);
    if (text.charCodeAt(at) !== quote) throw new BadInput(`the value of the label ${shortened(name)} is not in quotes`);
    const end = stringEnd(text, at);
    into.push({ name, value: unescaped(text.slice(at + 1, end - 1)) });
    at = pastSpace(text, end);
    if (text[at] === ',') at = pastSpace(text, at + 1);
    else if (text[at] !== '}') throw new BadInput(`a comma is missing behind the label ${shortened(name)}`);
  }
}

/** Other escapes than these three stand for themselves. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(["\\n])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}

/** The first place from `at` on that is neither space nor tab. */
export function pastBlanks(text: string, at: number): number {
  let end = at;
  for (; end < text.length; end++) {
    const char = text.charCodeAt(end);
    if (char !== 32 && char !== 9) break;
  }
  return end;
}

function pastSpace(text: string, at: number): number {
  let end = pastBlanks(text, at);
  while (text[end] === '\n') end = pastBlanks(text, end + 1);
  return end;
}

/** Letters, digits, `_` and `:`. */
function isNamePart(char: number): boolean {
  return (char >= 97 && char <= 122) || (char >= 65 && char <= 90) || (char >= 48 && char <= 58) || char === 95;
}

export function shortened(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** The same error with the line it is about. */
export function atLine(text: string, at: number, error: unknown): unknown {
  if (!(error instanceof BadInput)) return error;
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return new BadInput(`line ${line}: ${error.message}`);
}

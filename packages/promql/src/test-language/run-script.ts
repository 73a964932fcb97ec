import { RE2JS } from 're2js';
import { evaluate } from '../evaluate/evaluate.js';
import { instantSteps, rangeSteps } from '../evaluate/grid.js';
import type { EvaluateOptions } from '../evaluate/options.js';
import type { QueryResult, QueryValue } from '../evaluate/result.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import { MemorySource } from '../memory-source.js';
import { ParseError } from '../parse/parse-error.js';
import { parseExpr } from '../parse/parse-expr.js';
import { annotationText, type Annotation } from '../value/annotations.js';
import { labelsKey, type Labels } from '../value/labels.js';
import { labelsText } from '../value/labels-text.js';
import { QueryError } from '../value/query-error.js';
import { customBucketSeries } from './custom-buckets.js';
import { readScript } from './read-script.js';
import { sampleDifference } from './sample-difference.js';
import type { EvalCommand, EvalTimes, LoadCommand, MessageMatch, ScriptSeries, ScriptValue } from './script.js';

/** Something that did not come out as a script says it must. */
export interface ScriptFailure {
  readonly line: number;
  readonly query: string;
  readonly problem: string;
}

export interface ScriptReport {
  readonly evals: number;
  readonly failures: readonly ScriptFailure[];
}

/**
 * Runs a script of Prometheus' test language over samples in memory.
 *
 * An instant query whose result has no order is asked as a range query around its time as well. Throws `ScriptError` for a script that
 * can not be read.
 */
export async function runScript(text: string, options: EvaluateOptions, signal: AbortSignal): Promise<ScriptReport> {
  const source = new MemorySource();
  const failures: ScriptFailure[] = [];
  let evals = 0;
  for (const command of readScript(text)) {
    if (command.kind === 'clear') source.clear();
    else if (command.kind === 'load') load(source, command);
    else {
      evals++;
      const problem = await problemOf(command, source, options, signal);
      if (problem !== undefined) failures.push({ line: command.line, query: command.query, problem });
    }
  }
  return { evals, failures };
}

function load(source: MemorySource, { stepMs, withCustomBuckets, series }: LoadCommand): void {
  for (const { labels, values } of series) {
    for (const [at, value] of values.entries()) {
      if (value.kind === 'stale') source.append(labels, at * stepMs, 'stale');
      else if (value.kind === 'number') source.append(labels, at * stepMs, value.value);
      else if (value.kind === 'histogram') source.append(labels, at * stepMs, value.histogram);
    }
  }
  if (!withCustomBuckets) return;
  for (const { labels, histograms } of customBucketSeries(series)) {
    for (const [at, histogram] of histograms.entries()) {
      if (histogram !== undefined) source.append(labels, at * stepMs, histogram);
    }
  }
}

async function problemOf(
  command: EvalCommand,
  source: MemorySource,
  options: EvaluateOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const outcome = await answer(command.query, command.when, source, options, signal);
  const failure = command.expectations.find(one => one.kind === 'fail');
  if (typeof outcome === 'string') {
    if (failure === undefined || !('message' in failure)) return `failed: ${outcome}`;
    return fits(failure.message, outcome) ? undefined : `failed otherwise than expected: ${outcome}`;
  }
  if (failure !== undefined) return 'was expected to fail';
  const problem =
    valueProblem(command, outcome.value) ?? annotationProblem(command, outcome.annotations, command.query);
  if (problem !== undefined || !canBeRange(command)) return problem;
  const atMs = command.when.kind === 'instant' ? command.when.atMs : 0;
  const around: EvalTimes = { kind: 'range', startMs: atMs - 60_000, endMs: atMs + 60_000, stepMs: 60_000 };
  const ranged = await answer(command.query, around, source, options, signal);
  if (typeof ranged === 'string') return `as a range query, failed: ${ranged}`;
  const again = valueProblem(
    { ...command, expectations: [] },
    valueAt(ranged.value, atMs, command.scalar !== undefined),
  );
  return again === undefined ? undefined : `as a range query: ${again}`;
}

/** The query's result, or what is wrong with it. */
async function answer(
  query: string,
  when: EvalTimes,
  source: MemorySource,
  options: EvaluateOptions,
  signal: AbortSignal,
): Promise<QueryResult | string> {
  try {
    const expr = parseExpr(query, { experimentalFunctions: true, durationExpressions: true });
    const steps = when.kind === 'instant' ? instantSteps(when.atMs) : rangeSteps(when.startMs, when.endMs, when.stepMs);
    return await evaluate({ expr, steps }, source, options, signal);
  } catch (error) {
    if (error instanceof QueryError || error instanceof ParseError) return error.message;
    throw error;
  }
}

function fits(match: MessageMatch, message: string): boolean {
  switch (match.kind) {
    case 'any':
      return true;
    case 'text':
      return match.text === message || match.text === `"${message}"`;
    case 'pattern':
      return RE2JS.compile(match.pattern.replace(/^(["'`])(.*)\1$/, '$2'))
        .matcher(message)
        .find();
  }
}

/** What depends on where a range query begins and ends, and what has an order, is asked only once. */
function canBeRange({ when, query, expectations }: EvalCommand): boolean {
  if (when.kind === 'range' || /(?:start|end|range|step)\(\)/.test(query)) return false;
  return !expectations.some(({ kind }) => kind === 'ordered' || kind === 'string' || kind === 'range vector');
}

/** What a range query has at one time, as an instant query would have it. */
function valueAt(value: QueryValue, atMs: number, isScalar: boolean): QueryValue {
  if (value.type !== 'matrix') return value;
  const samples = value.series.flatMap(({ labels, timesMs, values, histogramTimesMs, histograms }) => {
    const at = timesMs.indexOf(atMs);
    if (at >= 0) return [{ labels, value: values[at] ?? NaN }];
    const held = histograms[histogramTimesMs.indexOf(atMs)];
    return held === undefined ? [] : [{ labels, value: held as number | FloatHistogram }];
  });
  const [first] = samples;
  if (isScalar && typeof first?.value === 'number') return { type: 'scalar', timeMs: atMs, value: first.value };
  return { type: 'vector', timeMs: atMs, samples };
}

function valueProblem(command: EvalCommand, value: QueryValue): string | undefined {
  const string = command.expectations.find(one => one.kind === 'string');
  if (string !== undefined || value.type === 'string') {
    const got = value.type === 'string' ? JSON.stringify(value.value) : `a ${value.type}`;
    const wanted = string !== undefined && 'value' in string ? JSON.stringify(string.value) : 'no string';
    return got === wanted ? undefined : `expected ${wanted}, got ${got}`;
  }
  if (command.scalar !== undefined || value.type === 'scalar') {
    if (command.scalar === undefined) return 'an unexpected scalar';
    if (value.type !== 'scalar') return `expected a scalar, got a ${value.type}`;
    return sampleDifference({ kind: 'number', value: command.scalar }, value.value);
  }
  const isOrdered = command.expectations.some(({ kind }) => kind === 'ordered');
  return seriesProblem(command.series, placedSamples(command, value), isOrdered);
}

/** What the result has, at the places in the script's sequences. */
interface Got {
  readonly labels: Labels;
  readonly places: ReadonlyMap<number, number | FloatHistogram>;
}

function placedSamples(command: EvalCommand, value: QueryValue): readonly Got[] {
  if (value.type === 'vector') {
    return value.samples.map(({ labels, value: sample }) => ({ labels, places: new Map([[0, sample]]) }));
  }
  if (value.type !== 'matrix') return [];
  const range = command.expectations.find(one => one.kind === 'range vector');
  const times = range !== undefined && 'stepMs' in range ? range : command.when;
  if (!('stepMs' in times)) throw new QueryError('execution', 'a range vector that the script does not expect');
  return value.series.map(({ labels, timesMs, values, histogramTimesMs, histograms }) => {
    const places = new Map<number, number | FloatHistogram>();
    for (const [at, timeMs] of timesMs.entries())
      places.set((timeMs - times.startMs) / times.stepMs, values[at] ?? NaN);
    for (const [at, histogram] of histograms.entries()) {
      places.set(((histogramTimesMs[at] ?? 0) - times.startMs) / times.stepMs, histogram);
    }
    return { labels, places };
  });
}

function seriesProblem(expected: readonly ScriptSeries[], got: readonly Got[], isOrdered: boolean): string | undefined {
  const byLabels = new Map(got.map((one, at) => [labelsKey(one.labels), { ...one, at }]));
  if (byLabels.size < got.length) return 'two series with the same labels';
  // A later line for the same series replaces the earlier one.
  const wanted = new Map(expected.map(one => [labelsKey(one.labels), one]));
  let place = 0;
  for (const [key, { labels, values }] of wanted) {
    const found = byLabels.get(key);
    if (found === undefined) return `${labelsText(labels)} is missing`;
    if (isOrdered && found.at !== place)
      return `${labelsText(labels)} at place ${found.at + 1} instead of ${place + 1}`;
    place++;
    const problem = placesProblem(values, found.places);
    if (problem !== undefined) return `${labelsText(labels)} ${problem}`;
  }
  const unexpected = got.find(one => !wanted.has(labelsKey(one.labels)));
  return unexpected === undefined ? undefined : `${labelsText(unexpected.labels)} is not expected`;
}

function placesProblem(
  values: readonly ScriptValue[],
  places: ReadonlyMap<number, number | FloatHistogram>,
): string | undefined {
  let expected = 0;
  for (const [at, value] of values.entries()) {
    const found = places.get(at);
    if (value.kind === 'nothing') {
      if (found !== undefined) return `has a sample at place ${at}`;
      continue;
    }
    expected++;
    if (found === undefined) return `has no sample at place ${at}`;
    const difference = sampleDifference(value, found);
    if (difference !== undefined) return `at place ${at}: ${difference}`;
  }
  return expected === places.size ? undefined : `has ${places.size} samples instead of ${expected}`;
}

function annotationProblem(
  { expectations }: EvalCommand,
  annotations: readonly Annotation[],
  query: string,
): string | undefined {
  for (const level of ['warning', 'info'] as const) {
    const kind = level === 'warning' ? 'warn' : 'info';
    // Scripts up to Prometheus 3.5 know no places.
    const got = annotations.filter(one => one.level === level).flatMap(one => textsOf(one, query));
    const matches = expectations.flatMap(one => (one.kind === kind && 'message' in one ? [one.message] : []));
    for (const match of matches) {
      if (!got.some(texts => texts.some(text => fits(match, text)))) {
        return `no ${kind} as expected, only ${JSON.stringify(got)}`;
      }
    }
    if (matches.length > 0) {
      const other = got.find(texts => !matches.some(match => texts.some(text => fits(match, text))));
      if (other !== undefined) return `an unexpected ${kind}: ${other[0]}`;
    }
    if (expectations.some(one => one.kind === `no_${kind}`) && got.length > 0) return `a ${kind}: ${got[0]?.[0]}`;
  }
  return undefined;
}

/** An annotation without its place, and with it. */
function textsOf(annotation: Annotation, query: string): readonly (readonly string[])[] {
  return [[annotationText({ ...annotation, start: undefined }, query), annotationText(annotation, query)]];
}

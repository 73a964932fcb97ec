import type { FloatHistogram } from '../histogram/float-histogram.js';
import type { Labels } from '../value/labels.js';

/** One command of a script in Prometheus' test language; `line` counts from 1. Times are milliseconds from the script's own time 0. */
export type Command = ClearCommand | LoadCommand | EvalCommand;

/** Removes everything that was loaded. */
export interface ClearCommand {
  readonly kind: 'clear';
  readonly line: number;
}

/** Adds samples, the first of each series at time 0, the others `stepMs` apart. */
export interface LoadCommand {
  readonly kind: 'load';
  readonly line: number;
  readonly stepMs: number;
  /** Classic histograms among the series are loaded as native ones with custom buckets as well. */
  readonly withCustomBuckets: boolean;
  readonly series: readonly ScriptSeries[];
}

export interface ScriptSeries {
  readonly line: number;
  readonly labels: Labels;
  readonly values: readonly ScriptValue[];
}

/** What a series has at one time. */
export type ScriptValue =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'histogram';
      readonly histogram: FloatHistogram;
      /** Whether the script names a counter reset hint: an expected histogram's is compared only then. */
      readonly hintGiven: boolean;
    };

/** Evaluates a query and says what must come out. */
export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly when: EvalTimes;
  readonly expectations: readonly Expectation[];
  /** A lone number: the result is a scalar. */
  readonly scalar: number | undefined;
  /** The series of the result, in the script's order. */
  readonly series: readonly ScriptSeries[];
}

export type EvalTimes =
  | { readonly kind: 'instant'; readonly atMs: number }
  | { readonly kind: 'range'; readonly startMs: number; readonly endMs: number; readonly stepMs: number };

/** What is expected beside values. */
export type Expectation =
  | { readonly kind: 'fail' | 'warn' | 'info'; readonly message: MessageMatch }
  | { readonly kind: 'no_warn' | 'no_info' | 'ordered' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'range vector'; readonly startMs: number; readonly endMs: number; readonly stepMs: number };

/** Which message is expected; a pattern may fit anywhere in it. */
export type MessageMatch =
  | { readonly kind: 'any' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pattern'; readonly pattern: string };

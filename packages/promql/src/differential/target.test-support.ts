import type { HistogramJson } from '../histogram/json.js';
import type { TestSeries } from './test-series.test-support.js';

/** A float, or a histogram in the form of the HTTP API. */
export type Held = number | HistogramJson;

export interface AnswerSeries {
  /** As JSON of its labels sorted by name. */
  readonly key: string;
  readonly points: readonly (readonly [timeMs: number, held: Held])[];
}

/** What a query came to, in a form in which two engines can be compared. */
export type Answer =
  | {
      readonly status: 'success';
      readonly type: string;
      readonly series: readonly AnswerSeries[];
      /** Of a string. */
      readonly text?: string;
      /** Warnings and infos. */
      readonly said: readonly string[];
    }
  | { readonly status: 'error'; readonly kind: string; readonly message: string };

export interface Range {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Something that keeps series and answers PromQL: our engine, a Prometheus, or a server that speaks its API. */
export interface Target {
  write(series: readonly TestSeries[]): Promise<void>;
  query(expr: string, timeMs: number): Promise<Answer>;
  queryRange(expr: string, range: Range): Promise<Answer>;
  stop(): Promise<void>;
}

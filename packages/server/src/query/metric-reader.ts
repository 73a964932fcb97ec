import type { Asker } from './asker.js';
import type { Steps } from './time-window.js';

/** One series of an answer. */
export interface MetricSeries {
  readonly labels: ReadonlyMap<string, string>;
  /** One per step; null where it has none. */
  readonly values: readonly (number | null)[];
}

/** One value of an answer. */
export interface MetricValue {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** Answers PromQL. Rejects with `MetricsUnavailable` when it can not within its limits. */
export interface MetricReader {
  at(asker: Asker, expr: string, timeMs: number): Promise<readonly MetricValue[]>;
  /** At the end of each step. */
  over(asker: Asker, expr: string, steps: Steps): Promise<readonly MetricSeries[]>;
}

/** Metrics were asked for too much, or nobody is there to ask; `message` says which. */
export class MetricsUnavailable extends Error {
  override readonly name = 'MetricsUnavailable';
}

/** Without PromQL nothing is known. */
export const noMetrics: MetricReader = { at: () => Promise.resolve([]), over: () => Promise.resolve([]) };

/** A value of PromQL's, quoted. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Of an expression's series those whose process runs in the environment; `job` and `instance` must be among its labels. */
export function inEnvironment(expr: string, env: string | undefined): string {
  if (env === undefined) return expr;
  const info = (label: string): string => `target_info{${label}=${quoted(env)}}`;
  return `(${expr} and on (job, instance) (${info('deployment_environment_name')} or ${info('deployment_environment')}))`;
}

/** A window of PromQL over some time, at least as long as two samples need: `90s`. */
export function rangeOf(ms: number): string {
  return `${Math.max(Math.ceil(ms / 1000), 60)}s`;
}

/** Questions about metrics that belong to one answer: when some can not be answered, the others still are, and `missing` says why. */
export class MetricQuestions {
  readonly #reader: MetricReader;
  readonly #asker: Asker;
  #missing = '';

  constructor(reader: MetricReader, asker: Asker) {
    this.#reader = reader;
    this.#asker = asker;
  }

  /** '' when nothing is. */
  get missing(): string {
    return this.#missing;
  }

  at(expr: string, timeMs: number): Promise<readonly MetricValue[]> {
    return this.#orNothing(this.#reader.at(this.#asker, expr, timeMs));
  }

  over(expr: string, steps: Steps): Promise<readonly MetricSeries[]> {
    return this.#orNothing(this.#reader.over(this.#asker, expr, steps));
  }

  async #orNothing<Row>(answer: Promise<readonly Row[]>): Promise<readonly Row[]> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof MetricsUnavailable)) throw error;
      this.#missing = error.message;
      return [];
    }
  }
}

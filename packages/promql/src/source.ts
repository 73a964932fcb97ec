import type { Matcher } from './value/matcher.js';
import type { RawSeries } from './value/series.js';

/** Which samples a selector needs: all series that match, with samples of `startMs` to `endMs`, both included. */
export interface SelectRequest {
  readonly matchers: readonly Matcher[];
  readonly startMs: number;
  readonly endMs: number;
  /** What will be done with them; a source may use it to fetch less, never to answer other than it would without. */
  readonly hint: SelectHint;
}

export interface SelectHint {
  /** The function or aggregation right above the selector. */
  readonly func: string | undefined;
  /** The range of a range selector in ms. */
  readonly rangeMs: number | undefined;
  readonly stepMs: number;
}

/** Where an engine gets its samples from. Throws `QueryError` when a limit is reached. */
export interface Source {
  select(request: SelectRequest, signal: AbortSignal): Promise<readonly RawSeries[]>;
}

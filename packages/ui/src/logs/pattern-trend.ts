import type { LogPatternTrend } from '@bellwether/model';
import type { Status } from '../parts/status-mark.js';

/** How each trend of a pattern is shown, and why it has it. */
export const patternTrends: {
  readonly [trend in LogPatternTrend]: { readonly mark: Status; readonly word: string; readonly why: string };
} = {
  new: { mark: 'warn', word: 'New', why: 'Not in the range of the same length before' },
  rising: { mark: 'warn', word: 'Rising', why: 'At least 10 lines, and twice as many as in the range before' },
  ongoing: { mark: 'none', word: 'Ongoing', why: 'Seen before, and not much more often than then' },
  gone: { mark: 'muted', word: 'Gone', why: 'In the range before, and not in this one' },
};

/** As the list is sorted by state. */
export const patternTrendOrder: readonly LogPatternTrend[] = ['new', 'rising', 'ongoing', 'gone'];

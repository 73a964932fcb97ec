import type { DrainEstimate } from '@bellwether/model';
import { formatDuration } from '../format.js';
import type { Status } from '../parts/status-mark.js';

const longSeconds = 600;

/** When a queue will be empty, in a word with its mark; never a figure for one that does not drain. */
export function drainWords({ state, seconds }: DrainEstimate): {
  readonly mark: Status;
  readonly word: string;
  readonly why: string;
} {
  switch (state) {
    case 'empty':
      return { mark: 'ok', word: 'Empty', why: 'Nothing waits' };
    case 'draining':
      return {
        mark: (seconds ?? 0) > longSeconds ? 'warn' : 'ok',
        word: formatDuration((seconds ?? 0) * 1000),
        why: 'Until nothing waits, if it goes on as in the last ten minutes',
      };
    case 'standing':
      return { mark: 'warn', word: 'Not draining', why: 'As many come as are done: it will not be empty' };
    case 'growing':
      return { mark: 'crit', word: 'Growing', why: 'More come than are done: it will not be empty' };
    case 'unknown':
      return { mark: 'none', word: 'Unknown', why: 'Nobody tells how many wait, or not for long enough' };
  }
}

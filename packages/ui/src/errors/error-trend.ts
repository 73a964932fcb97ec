import type { ErrorRow, ErrorTrend } from '@bellwether/model';
import type { Status } from '../parts/status-mark.js';

/** How each trend is shown, and why an error has it. */
export const trendMarks: {
  readonly [trend in ErrorTrend]: { readonly mark: Status; readonly word: string; readonly why: string };
} = {
  new: { mark: 'crit', word: 'New', why: 'First seen in this range' },
  rising: {
    mark: 'warn',
    word: 'Rising',
    why: 'In the last quarter of the range at least 10, three times as often as before',
  },
  ongoing: { mark: 'none', word: 'Ongoing', why: 'Seen before, and not more often than usual' },
};

/** An error's mark: that it came back stands above how often it comes, and what was said of it above both. */
export function errorMark({ trend, state }: Pick<ErrorRow, 'trend' | 'state'>): {
  readonly mark: Status;
  readonly word: string;
  readonly why: string;
} {
  switch (state) {
    case 'regressed':
      return { mark: 'crit', word: 'Regressed', why: 'It came again after it was resolved' };
    case 'resolved':
      return { mark: 'ok', word: 'Resolved', why: 'Somebody said so, and it did not come since' };
    case 'ignored':
      return { mark: 'muted', word: 'Ignored', why: 'Somebody said so' };
    case 'open':
      return trendMarks[trend];
  }
}

export const trendOrder: readonly ErrorTrend[] = ['new', 'rising', 'ongoing'];

/** `TypeError: x is not a function`, or what there is of it. */
export function errorTitle({ type, message }: { readonly type: string; readonly message: string }): string {
  const [line = ''] = message.trim().split('\n', 1);
  if (type === '') return line === '' ? 'An error without type and message' : line;
  return line === '' || line === type ? type : `${type}: ${line}`;
}

import type { Difference, DifferenceAnswer } from '@bellwether/model';
import { formatCount, formatDuration, formatNumber } from '../format.js';
import type { DifferenceQuestion } from './difference-query.js';

/** What is said of the key: `v412`, `> 20`, `is not set`. */
export function valueWords({ key, kind, value }: Pick<Difference, 'key' | 'kind' | 'value'>): string {
  switch (kind) {
    case 'value':
      return value === '' ? '(empty)' : value;
    case 'present':
      return 'is set';
    case 'absent':
      return 'is not set';
    case 'above':
      return `> ${numberWords(key, Number(value))}`;
    case 'below':
      return `≤ ${numberWords(key, Number(value))}`;
  }
}

export function numberWords(key: string, value: number): string {
  return key === 'duration' ? formatDuration(value) : formatNumber(value);
}

/** `8,904 selected spans, compared with the 141,576 others`. */
export function sidesWords(
  { selected, reference }: DifferenceAnswer,
  { signal, against }: Pick<DifferenceQuestion, 'signal' | 'against'>,
): string {
  const what = signal === 'spans' ? (selected.count === 1 ? 'span' : 'spans') : selected.count === 1 ? 'line' : 'lines';
  const others = `the ${formatCount(reference.count)} ${against === undefined ? 'others' : 'before'}`;
  return `${formatCount(selected.count)} ${what}, compared with ${others}`;
}

/** How many were looked at, when not all were. */
export function sampleWords({ selected, reference, sampled }: DifferenceAnswer): string | undefined {
  return sampled
    ? `Sampled: ${formatCount(selected.looked)} and ${formatCount(reference.looked)} of them were looked at`
    : undefined;
}

import { expect, test } from 'vitest';
import { labelCounts } from './label-counts.js';

test('labels are counted by their values, the largest first', () => {
  const series = [
    { __name__: 'x', job: 'a', instance: '1' },
    { __name__: 'x', job: 'a', instance: '2' },
  ];
  expect(labelCounts(series)).toEqual([
    { label: 'instance', values: 2, examples: ['1', '2'] },
    { label: 'job', values: 1, examples: ['a'] },
  ]);
});

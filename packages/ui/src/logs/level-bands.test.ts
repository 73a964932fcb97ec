import { expect, test } from 'vitest';
import { levelBands } from './level-bands.js';

test('levels that mean the same to a reader are added up, lowest first', () => {
  const series = levelBands({
    stepMs: 1000,
    stepsMs: [0, 1000],
    levels: [
      { level: 'debug', counts: [1, 2] },
      { level: 'error', counts: [3, 0] },
      { level: 'fatal', counts: [1, 1] },
    ],
    total: 8,
  });
  expect(series.map(({ name, counts }) => [name, counts])).toEqual([
    ['Debug and below', [1, 2]],
    ['Error and above', [4, 1]],
  ]);
});

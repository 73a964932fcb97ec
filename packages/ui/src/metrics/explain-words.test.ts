import { expect, test } from 'vitest';
import { resultWords, selectorWords, slowWords, timeParts } from './explain-words.js';

const selector = {
  selector: 'up',
  metrics: 1,
  matched: 50,
  series: 48,
  samples: 12_804,
  startMs: 0,
  endMs: 900_000,
  findMs: 1.2,
  readMs: 14,
};

test('a selector says what it read, in plain words', () => {
  expect(selectorWords(selector)).toBe(
    'Reads 12.8k samples of 48 series over 15 m; 2 more match but have no sample in this time. Found in 1.2 ms, read in 14 ms.',
  );
  expect(selectorWords({ ...selector, metrics: 0 })).toBe('No metric has this name: nothing was read.');
  expect(selectorWords({ ...selector, matched: 0, series: 0 })).toBe(
    'The metric is there, but no series has these labels (looked for in 1.2 ms).',
  );
});

const answer = {
  selectors: [selector],
  result: { type: 'matrix' as const, series: 1 },
  series: 48,
  samples: 12_804,
  peakSamples: 13_000,
  parseMs: 0.1,
  fetchMs: 15,
  evaluateMs: 4,
  totalMs: 21,
  fetchedBytes: 204_864,
  warnings: [],
  infos: [],
};

test('the whole says what came out and what it took', () => {
  expect(resultWords(answer)).toBe(
    'Gives 1 series. Worked out in 4 ms, 21 ms in all; held at most 13k samples at once, 200 KiB of what was read.',
  );
});

test('a slow query says what to change, a quick one nothing', () => {
  expect(slowWords(answer)).toBeUndefined();
  expect(slowWords({ ...answer, totalMs: 4000, fetchMs: 3000, series: 20_000 })).toBe(
    'Most of the time went into reading. Name more labels: 20,000 series were read.',
  );
});

test('the time is told part by part, with what is left over', () => {
  expect(timeParts(answer).map(({ name, ms }) => `${name} ${ms.toFixed(1)}`)).toEqual([
    'Reading the query 0.1',
    'Finding and reading series 15.0',
    'Working out 4.0',
    'The rest 1.9',
  ]);
  expect(timeParts({ ...answer, totalMs: 19 })).toHaveLength(3);
});

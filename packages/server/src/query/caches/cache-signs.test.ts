import { expect, test } from 'vitest';
import { type CacheCourse, cacheSigns } from './cache-signs.js';

const steps = Array.from({ length: 60 }, (_, step) => step);
const memory = {
  system: 'redis',
  server: 'cache',
  usedBytes: 50,
  limitBytes: 100,
  items: 10,
  used: steps.map(() => 50),
};
const calm: CacheCourse = {
  memory,
  evictions: [],
  writesPerSecond: 10,
  hitRatio: steps.map(() => 0.9),
  stepMs: 60_000,
};

const evictions = (reason: string, rate: readonly number[]): CacheCourse['evictions'] => [
  { system: 'redis', server: 'cache', reason, total: 1, rate: [...rate] },
];
const kinds = (course: Partial<CacheCourse>): readonly string[] =>
  cacheSigns({ ...calm, ...course }).map(sign => `${sign.weight} ${sign.kind}`);

test('[P4] a calm cache has no signs, and a few evictions are none', () => {
  expect(kinds({})).toEqual([]);
  expect(
    kinds({
      evictions: evictions(
        'full',
        steps.map(() => 0.05),
      ),
    }),
  ).toEqual([]);
  expect(
    kinds({
      evictions: evictions(
        'ttl',
        steps.map(step => 5 + (step % 3)),
      ),
    }),
  ).toEqual([]);
});

test('[P4] [F3] evictions for room that began, with hits lost, are told with their figures', () => {
  const rate = steps.map(step => (step < 40 ? 0 : 4));
  const [sign] = cacheSigns({
    ...calm,
    memory: { ...memory, usedBytes: 99 },
    evictions: evictions('full', rate),
    hitRatio: steps.map(step => (step < 40 ? 0.95 : 0.6)),
  });
  expect(sign?.text).toBe(
    'Entries are thrown out because it is full: 4.0 per second, which began in this range while memory is at 99% of its limit; the hit ratio fell from 95% to 60%.',
  );
  expect(kinds({ evictions: evictions('full', rate), writesPerSecond: 5 })).toEqual(['crit churn', 'warn evicting']);
  expect(
    kinds({
      evictions: evictions(
        'full',
        steps.map(() => 4),
      ),
    }),
  ).toEqual([]);
});

test('[P4] memory near its limit, memory that will be full, and entries that expire in waves', () => {
  expect(kinds({ memory: { ...memory, usedBytes: 95 } })).toEqual(['warn full']);
  expect(kinds({ memory: { ...memory, used: steps.map(step => 20 + step / 2), usedBytes: 50 } })).toEqual([
    'warn filling',
  ]);
  expect(kinds({ memory: { ...memory, used: steps.map(step => 50 - step / 2) } })).toEqual([]);
  expect(
    kinds({
      evictions: evictions(
        'ttl',
        steps.map(step => (step === 30 ? 500 : 1)),
      ),
    }),
  ).toEqual(['warn waves']);
});

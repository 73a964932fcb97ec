import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyExpression } from './any-expression.test-support.js';
import { compare } from './compare.test-support.js';
import { engineTarget } from './engine-target.test-support.js';
import { isExplained } from './explained.test-support.js';
import { startPrometheus } from './prometheus-peer.test-support.js';
import { loadedFromMs, loadedToMs, shopSeries } from './shop-series.test-support.js';
import type { Target } from './target.test-support.js';

const isFull = process.env['BELLWETHER_FULL'] === '1';
const count = isFull ? 2500 : 600;
/** The short form asks the same every time, the long form something new unless told. */
const seed = Number(process.env['BELLWETHER_SEED'] ?? (isFull ? Date.now() % 2 ** 31 : 20_261_121));

const minuteMs = 60_000;
const moments = {
  timesMs: [loadedToMs - 20_000, loadedFromMs + 37 * minuteMs + 11_000],
  ranges: [{ startMs: loadedFromMs + 10 * minuteMs, endMs: loadedToMs + 10 * minuteMs, stepMs: 5 * minuteMs + 7000 }],
};

let ours: Target;
let theirs: Target;
beforeAll(async () => {
  ours = engineTarget();
  theirs = await startPrometheus();
  await Promise.all([ours.write(shopSeries()), theirs.write(shopSeries())]);
});
afterAll(() => theirs.stop());

test(
  `${count} expressions of seed ${seed} come to the same here and in Prometheus 3.5, at once and over time`,
  async () => {
    const expressions = fc.sample(anyExpression, { numRuns: count, seed });
    const { answers, filled, explained, differences } = await compare(ours, theirs, expressions, moments, isExplained);
    expect(differences, `seed ${seed}, ${answers} answers, ${filled} of them filled`).toEqual([]);
    expect(filled).toBeGreaterThan(answers / 3);
    expect(explained).toBeLessThan(answers / 20);
  },
  isFull ? 900_000 : 60_000,
);

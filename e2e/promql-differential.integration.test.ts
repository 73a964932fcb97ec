import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyExpression } from '../packages/promql/dist/differential/any-expression.test-support.js';
import { compare } from '../packages/promql/dist/differential/compare.test-support.js';
import { isExplained } from '../packages/promql/dist/differential/explained.test-support.js';
import { httpTarget } from '../packages/promql/dist/differential/http-target.test-support.js';
import { startPrometheus } from '../packages/promql/dist/differential/prometheus-peer.test-support.js';
import { loadedFromMs, loadedToMs, shopSeries } from '../packages/promql/dist/differential/shop-series.test-support.js';
import type { Target } from '../packages/promql/dist/differential/target.test-support.js';
import { newDataDir, removeDataDir, startInstance } from './src/instance.ts';

const isFull = process.env['BELLWETHER_FULL'] === '1';
const count = isFull ? 2000 : 120;
/** The short form asks the same every time, the long form something new unless told. */
const seed = Number(process.env['BELLWETHER_SEED'] ?? (isFull ? Date.now() % 2 ** 31 : 20_261_121));

const minuteMs = 60_000;
const moments = {
  timesMs: [loadedToMs - 20_000],
  ranges: [{ startMs: loadedFromMs + 10 * minuteMs, endMs: loadedToMs + 10 * minuteMs, stepMs: 5 * minuteMs + 7000 }],
};

/** The whole program: written to by remote write, asked over HTTP. */
async function startBellwether(): Promise<Target> {
  const dataDir = newDataDir();
  const instance = await startInstance(dataDir);
  return httpTarget({
    api: instance.api,
    write: `${instance.otlp}/api/v1/write`,
    flush: () => instance.flush(),
    async stop() {
      await instance.stop();
      removeDataDir(dataDir);
    },
  });
}

/**
 * What differs as it should. Our store gives series in an order of its own, Prometheus' in that of their making: limitk takes
 * others, and the spread of numbers that are near each other is rounded differently.
 */
function isExpected(expr: string, difference: string): boolean {
  if (expr.includes('limitk')) return true;
  if (/\bstd(?:dev|var) (?:by|without)/.test(expr) && / is [-\d.e]+, not [-\d.e]+$/.test(difference)) return true;
  return isExplained(expr, difference);
}

let ours: Target;
let theirs: Target;
beforeAll(async () => {
  [ours, theirs] = await Promise.all([startBellwether(), startPrometheus()]);
  await Promise.all([ours.write(shopSeries()), theirs.write(shopSeries())]);
});
afterAll(() => Promise.all([ours.stop(), theirs.stop()]));

test(
  `the Prometheus API answers ${count} expressions of seed ${seed} from the store as Prometheus 3.5 does`,
  async () => {
    const expressions = fc.sample(anyExpression, { numRuns: count, seed });
    const { answers, filled, explained, differences } = await compare(ours, theirs, expressions, moments, isExpected);
    expect(differences, `seed ${seed}, ${answers} answers, ${filled} of them filled`).toEqual([]);
    expect(filled).toBeGreaterThan(answers / 3);
    expect(explained).toBeLessThan(answers / 20);
  },
  isFull ? 1_200_000 : 90_000,
);

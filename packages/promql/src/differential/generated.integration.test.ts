import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { EvaluateOptions } from '../evaluate/options.js';
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

const modes: readonly {
  readonly name: string;
  readonly options: EvaluateOptions;
  readonly features: readonly string[];
  readonly share: number;
}[] = [
  { name: 'as it comes', options: {}, features: [], share: 1 },
  {
    name: 'with names removed at the end and types as labels',
    options: { delayedNameRemoval: true, typeAndUnitLabels: true },
    features: ['promql-delayed-name-removal', 'type-and-unit-labels'],
    share: 0.4,
  },
];

const running: Target[] = [];
afterEach(() => Promise.all(running.splice(0).map(target => target.stop())));

test.each(modes)(
  `expressions of seed ${seed} come to the same here and in Prometheus 3.5, at once and over time, $name`,
  async ({ options, features, share }) => {
    const ours = engineTarget(options);
    const theirs = await startPrometheus(...features);
    running.push(theirs);
    await Promise.all([ours.write(shopSeries()), theirs.write(shopSeries())]);
    const expressions = fc.sample(anyExpression, { numRuns: count * share, seed });
    const { answers, filled, explained, differences } = await compare(ours, theirs, expressions, moments, isExplained);
    expect(differences, `seed ${seed}, ${answers} answers, ${filled} of them filled`).toEqual([]);
    expect(filled).toBeGreaterThan(answers / 3);
    expect(explained).toBeLessThan(answers / 20);
  },
  isFull ? 900_000 : 60_000,
);

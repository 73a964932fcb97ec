import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Expr } from '../parse/ast.js';
import { parseExpr } from '../parse/parse-expr.js';
import { compare } from './compare.test-support.js';
import { corpusFromMs, corpusSeries, corpusToMs } from './corpus-series.test-support.js';
import { engineTarget } from './engine-target.test-support.js';
import { isExplained } from './explained.test-support.js';
import { startPrometheus } from './prometheus-peer.test-support.js';
import type { Target } from './target.test-support.js';

const isFull = process.env['BELLWETHER_FULL'] === '1';

/** Expressions of other people's rules. The short form takes every ninth. */
function corpus(): readonly string[] {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  const text = readFileSync(join(dirname(folder), 'shared/suites/promql-corpus/exprs.jsonl'), 'utf8');
  const line = z.object({ expr: z.string() });
  const all = text.trimEnd().split('\n');
  return all.filter((_, at) => isFull || at % 9 === 0).map(json => line.parse(JSON.parse(json)).expr);
}

/** The expression, or nothing where it is of another language: then both are to say the same of it. */
function parsed(expr: string): readonly Expr[] {
  try {
    return [parseExpr(expr, { experimentalFunctions: true })];
  } catch {
    return [];
  }
}

const minuteMs = 60_000;
const moments = {
  timesMs: [corpusToMs - 20_000, corpusFromMs + 37 * minuteMs + 11_000],
  ranges: [{ startMs: corpusFromMs + 10 * minuteMs, endMs: corpusToMs + 7 * minuteMs, stepMs: 5 * minuteMs + 7000 }],
};

const expressions = corpus();
let ours: Target;
let theirs: Target;
beforeAll(async () => {
  ours = engineTarget();
  theirs = await startPrometheus();
  const series = corpusSeries(expressions.flatMap(parsed));
  await Promise.all([ours.write(series), theirs.write(series)]);
}, 300_000);
afterAll(() => theirs.stop());

test(
  `${expressions.length} expressions of other people's rules come to the same here and in Prometheus 3.5`,
  async () => {
    const { answers, filled, explained, differences } = await compare(ours, theirs, expressions, moments, isExplained);
    expect(differences, `${answers} answers, ${filled} of them filled`).toEqual([]);
    expect(filled).toBeGreaterThan(answers / 3);
    expect(explained).toBeLessThan(answers / 20);
  },
  isFull ? 900_000 : 60_000,
);

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseExpr } from './parse-expr.js';
import { ParseError } from './parse-error.js';
import { formatExpr, printExpr } from './print.js';

/** `../shared/suites` beside the project's root. */
const suites = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites');
})();

const everything = { experimentalFunctions: true, durationExpressions: true };

const corpus = readFileSync(join(suites, 'promql-corpus', 'exprs.jsonl'), 'utf8')
  .split('\n')
  .filter(line => line !== '')
  .map((line): string => JSON.parse(line).expr);

/** What Prometheus 3.5 refuses in the same words: functions of VictoriaMetrics, a half sentence, and what newer versions brought. */
const refused: readonly (readonly [reason: string, message: string, count: number])[] = [
  ['a function of VictoriaMetrics', 'unknown function with name "histogram_share"', 14],
  ['newer than 3.5', 'unexpected identifier "anchored"', 1],
  ['newer than 3.5', 'unknown function with name "fill"', 1],
  ['ends in the middle', 'unexpected end of input', 1],
];

test('every expression of the corpus is read and printed, but for those that Prometheus 3.5 refuses', () => {
  const faults = new Map<string, number>();
  for (const text of corpus) {
    try {
      const once = printExpr(parseExpr(text, everything));
      expect(printExpr(parseExpr(once, everything))).toBe(once);
      expect(printExpr(parseExpr(formatExpr(parseExpr(text, everything)), everything))).toBe(once);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      faults.set(error.reason, (faults.get(error.reason) ?? 0) + 1);
    }
  }
  expect(corpus).toHaveLength(3441);
  expect(Object.fromEntries(faults)).toEqual(Object.fromEntries(refused.map(([, message, count]) => [message, count])));
});

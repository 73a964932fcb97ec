import { parseExpr } from '../parse/parse-expr.js';
import { insideParens } from '../parse/walk.js';
import { difference } from './difference.test-support.js';
import type { Range, Target } from './target.test-support.js';

export interface Compared {
  /** How many answers were compared. */
  readonly answers: number;
  /** How many of them were neither empty nor errors. */
  readonly filled: number;
  /** How many differed as they should. */
  readonly explained: number;
  readonly differences: readonly string[];
}

/** When expressions are looked at. */
export interface Moments {
  readonly timesMs: readonly number[];
  readonly ranges: readonly Range[];
}

/** Whether the order of the answer is part of it. */
function isOrdered(expr: string): boolean {
  try {
    const outer = insideParens(parseExpr(expr, { experimentalFunctions: true }));
    return outer.kind === 'call' && outer.func.startsWith('sort');
  } catch {
    return false;
  }
}

/** Asks both for every expression at every moment. `explained` knows the differences that are as they should be. */
export async function compare(
  ours: Target,
  theirs: Target,
  expressions: readonly string[],
  { timesMs, ranges }: Moments,
  explained: (expr: string, difference: string) => boolean,
): Promise<Compared> {
  const differences: string[] = [];
  let answers = 0;
  let filled = 0;
  let explainedCount = 0;
  async function check(
    expr: string,
    when: string,
    ask: (target: Target) => ReturnType<Target['query']>,
  ): Promise<void> {
    const [own, other] = await Promise.all([ask(ours), ask(theirs)]);
    answers++;
    if (other.status === 'success' && other.series.length > 0) filled++;
    const found = difference(own, other, when.startsWith('at') && isOrdered(expr));
    if (found === undefined) return;
    if (explained(expr, found)) explainedCount++;
    else differences.push(`${expr}\n ${when}: ${found}`);
  }
  for (const expr of expressions) {
    for (const timeMs of timesMs) await check(expr, `at ${timeMs / 1000}`, target => target.query(expr, timeMs));
    for (const range of ranges) {
      const when = `from ${range.startMs / 1000} to ${range.endMs / 1000} by ${range.stepMs / 1000}`;
      await check(expr, when, target => target.queryRange(expr, range));
    }
  }
  return { answers, filled, explained: explainedCount, differences };
}

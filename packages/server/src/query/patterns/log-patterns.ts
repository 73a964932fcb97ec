import type { LogPattern, LogPatternsAnswer, LogPatternTrend } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import type { Filter } from '../compile-search.js';
import { levelOf, logFilter } from '../logs.js';
import { chooseSteps, inWindow, windowParams } from '../time-window.js';
import type { SearchQuestion } from '../trace-search.js';
import { lineMask } from './line-mask.js';
import { type MaskGroup, mergeMasks } from './merge-masks.js';

/** Of more lines than this, in the range and the one before, an even share is looked at. */
const looksAtLines = 500_000;
/** Masks that are merged into patterns, the most frequent ones; the lines of others are counted as `otherLines`. */
const maxMasks = 3000;
const trendSteps = 30;
const maxServices = 10;
/** Of a range shorter than this share of the one asked about nothing is said to be new or rising. */
const comparableShare = 0.5;

export interface LogPatternsQuestion extends SearchQuestion {
  readonly limit: number;
}

/** A mask with what its lines are like, as the engine counts them. */
interface MaskRow {
  readonly mask: string;
  readonly count: number;
  readonly now: number;
  readonly before: number;
  readonly distinctNow: number;
  readonly levels: Readonly<Record<string, string>>;
  readonly services: readonly string[];
  readonly firstMs: number;
  readonly lastMs: number;
  readonly steps: Readonly<Record<string, string>>;
}

/**
 * The patterns of the lines that match, most frequent first, beside the range of the same length before.
 *
 * The engine masks values and counts the masks; masks that differ in words only are merged here. Where there are too many lines, those
 * whose id falls into an even share are looked at, and counts are scaled.
 */
export async function logPatterns(asker: Asker, question: LogPatternsQuestion): Promise<LogPatternsAnswer> {
  const filter = await logFilter(asker, question);
  const lengthMs = question.toMs - question.fromMs;
  const both = { fromMs: Math.max(question.fromMs - lengthMs, 0), toMs: question.toMs };
  const totals = await countLines(asker, filter, both, question.fromMs);
  const oneIn = Math.max(Math.ceil((totals.now + totals.before) / looksAtLines), 1);
  const { stepMs, stepsMs } = chooseSteps(question, trendSteps);
  const rows = await ask<MaskRow>(asker, {
    sql: `SELECT mask, toUInt32(count()) AS count, toUInt32(countIf(isNow)) AS now, toUInt32(countIf(NOT isNow)) AS before,
  toUInt32(uniqCombinedIf(text, isNow)) AS distinctNow, sumMapIf(map(lvl, 1), isNow) AS levels,
  groupUniqArrayIf(${maxServices})(sender, isNow) AS services,
  toFloat64(toUnixTimestamp64Milli(min(at))) AS firstMs, toFloat64(toUnixTimestamp64Milli(max(at))) AS lastMs,
  sumMapIf(map(intDiv(toUnixTimestamp64Milli(at), {stepMs:Int64}) * {stepMs:Int64}, 1), isNow) AS steps
FROM (
  SELECT ${lineMask} AS mask, cityHash64(body) AS text, ts AS at, at >= fromUnixTimestamp64Milli({splitMs:Int64}, 'UTC') AS isNow,
    least(intDiv(severity_number + 3, 4), 6) AS lvl, toString(service) AS sender
  FROM logs
  WHERE workspace = {workspace:String} AND ${inWindow()} AND ${filter.condition} AND cityHash64(id) % {oneIn:UInt64} = 0
)
GROUP BY mask
ORDER BY count DESC, mask
LIMIT ${maxMasks}`,
    params: { ...filter.params, ...windowParams(both), splitMs: question.fromMs, stepMs, oneIn },
  });
  const isComparable = totals.before > 0 && question.fromMs - totals.firstMs >= comparableShare * lengthMs;
  const patterns = mergeMasks(rows)
    .map(group => patternOf(group, { oneIn, isComparable, stepsMs, total: totals.now }))
    .toSorted((a, b) => b.count - a.count || b.previous - a.previous);
  const shown = patterns.slice(0, question.limit);
  const shownLines = shown.reduce((sum, { count }) => sum + count, 0);
  return {
    patterns: shown,
    stepMs,
    stepsMs: [...stepsMs],
    total: totals.now,
    previousTotal: totals.before,
    otherLines: Math.max(totals.now - shownLines, 0),
    otherPatterns: patterns.length - shown.length,
    sampledOneIn: oneIn,
    comparable: isComparable,
  };
}

interface LineTotals {
  readonly now: number;
  readonly before: number;
  /** Of the earliest line; the range's start when there is none. */
  readonly firstMs: number;
}

async function countLines(
  asker: Asker,
  filter: Filter,
  both: { readonly fromMs: number; readonly toMs: number },
  splitMs: number,
): Promise<LineTotals> {
  const split = "fromUnixTimestamp64Milli({splitMs:Int64}, 'UTC')";
  const [row] = await ask<{ now: string; before: string; firstMs: number }>(asker, {
    sql: `SELECT countIf(ts >= ${split}) AS now, countIf(ts < ${split}) AS before, toFloat64(toUnixTimestamp64Milli(min(ts))) AS firstMs
FROM logs
WHERE workspace = {workspace:String} AND ${inWindow()} AND ${filter.condition}`,
    params: { ...filter.params, ...windowParams(both), splitMs },
  });
  return {
    now: Number(row?.now ?? 0),
    before: Number(row?.before ?? 0),
    firstMs: row === undefined || row.firstMs === 0 ? splitMs : row.firstMs,
  };
}

function patternOf(
  { pattern, masks }: MaskGroup<MaskRow>,
  scale: {
    readonly oneIn: number;
    readonly isComparable: boolean;
    readonly stepsMs: readonly number[];
    readonly total: number;
  },
): LogPattern {
  const sum = (of: (row: MaskRow) => number): number => masks.reduce((total, row) => total + of(row), 0) * scale.oneIn;
  const count = sum(row => row.now);
  const previous = sum(row => row.before);
  const levels = new Map<number, number>();
  const steps = new Map<number, number>();
  for (const row of masks) {
    addCounts(levels, row.levels, scale.oneIn);
    addCounts(steps, row.steps, scale.oneIn);
  }
  return {
    pattern,
    count,
    previous,
    share: scale.total === 0 ? 0 : Math.min(count / scale.total, 1),
    // Scaled, texts that differ can not be more than lines.
    repeated:
      scale.oneIn === 1
        ? count -
          Math.min(
            sum(row => row.distinctNow),
            count,
          )
        : null,
    levels: [...levels]
      .toSorted(([a], [b]) => a - b)
      .map(([level, lines]) => ({ level: levelOf(level * 4), count: lines })),
    services: [...new Set(masks.flatMap(row => row.services))].toSorted().slice(0, maxServices),
    firstMs: Math.min(...masks.map(row => row.firstMs)),
    lastMs: Math.max(...masks.map(row => row.lastMs)),
    trend: trendOf(count, previous, scale.isComparable),
    counts: scale.stepsMs.map(step => steps.get(step) ?? 0),
  };
}

function addCounts(to: Map<number, number>, from: Readonly<Record<string, string>>, oneIn: number): void {
  for (const [key, lines] of Object.entries(from)) {
    to.set(Number(key), (to.get(Number(key)) ?? 0) + Number(lines) * oneIn);
  }
}

/** `rising`: at least ten lines, and at least twice as many as in the range before. */
export function trendOf(count: number, previous: number, isComparable: boolean): LogPatternTrend {
  if (count === 0) return 'gone';
  if (!isComparable) return 'ongoing';
  if (previous === 0) return 'new';
  return count >= 10 && count >= 2 * previous ? 'rising' : 'ongoing';
}

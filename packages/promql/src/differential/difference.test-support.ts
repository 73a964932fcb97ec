import type { HistogramJson } from '../histogram/json.js';
import type { Answer, Held } from './target.test-support.js';

function isClose(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  // Below the last place of 1 lies what subtraction of near numbers leaves.
  return Math.abs(a - b) <= Math.max(1e-15, 1e-9 * Math.max(Math.abs(a), Math.abs(b)));
}

function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

const areClose = (a: string, b: string): boolean => isClose(numberOf(a), numberOf(b));

function areCloseHistograms(a: HistogramJson, b: HistogramJson): boolean {
  const left = a.buckets ?? [];
  const right = b.buckets ?? [];
  if (!areClose(a.count, b.count) || !areClose(a.sum, b.sum) || left.length !== right.length) return false;
  return left.every(([rule, lower, upper, count], at) => {
    const [otherRule, otherLower, otherUpper, otherCount] = right[at]!;
    return (
      rule === otherRule && areClose(lower, otherLower) && areClose(upper, otherUpper) && areClose(count, otherCount)
    );
  });
}

function areCloseHeld(a: Held, b: Held): boolean {
  if (typeof a === 'number') return typeof b === 'number' && isClose(a, b);
  return typeof b !== 'number' && areCloseHistograms(a, b);
}

const shown = (held: Held): string => (typeof held === 'number' ? String(held) : JSON.stringify(held));

type Success = Extract<Answer, { status: 'success' }>;

function valueDifference(ours: Success, theirs: Success, ordered: boolean): string | undefined {
  if (ours.type !== theirs.type) return `type ${ours.type}, not ${theirs.type}`;
  if (ours.text !== theirs.text) return `text ${ours.text}, not ${theirs.text}`;
  const mine = new Map(ours.series.map(one => [one.key, one.points]));
  if (mine.size !== ours.series.length) return 'two series of the same labels';
  for (const { key, points } of theirs.series) {
    const own = mine.get(key);
    if (own === undefined) return `no series ${key} (theirs: ${theirs.series.length}, ours: ${ours.series.length})`;
    const times = points.map(([timeMs]) => timeMs).join();
    const ownTimes = own.map(([timeMs]) => timeMs).join();
    if (times !== ownTimes) return `${key} at ${ownTimes}, not ${times}`;
    for (const [at, [timeMs, held]] of points.entries()) {
      const ownHeld = own[at]![1];
      if (!areCloseHeld(ownHeld, held)) return `${key} at ${timeMs} is ${shown(ownHeld)}, not ${shown(held)}`;
    }
    mine.delete(key);
  }
  const [left] = mine;
  if (left !== undefined) return `a series ${left[0]} too many`;
  const outOfOrder = theirs.series.findIndex(({ key, points }, at) => {
    const own = ours.series[at];
    if (own === undefined || own.key === key) return false;
    // Series of equal values may change places.
    const [[, held] = [0, NaN]] = points;
    const [[, ownHeld] = [0, NaN]] = own.points;
    return !areCloseHeld(ownHeld, held);
  });
  return ordered && outOfOrder >= 0 ? `${ours.series[outOfOrder]?.key ?? ''} in place ${outOfOrder}` : undefined;
}

/** Prometheus shows no more annotations of a level than this. */
const shownAnnotations = 10;

/**
 * In what our answer differs from theirs, or undefined when they are equal: the same series with the same samples (numbers to
 * nine digits), the same warnings and infos, or the same error. `ordered`: the order of a vector counts too.
 */
export function difference(ours: Answer, theirs: Answer, ordered: boolean): string | undefined {
  if (ours.status === 'error' || theirs.status === 'error') {
    if (ours.status === 'success') return `no error, where theirs says: ${JSON.stringify(theirs)}`;
    if (theirs.status === 'success') return `an error where theirs has none: ${ours.message}`;
    if (ours.kind === theirs.kind && ours.message === theirs.message) return undefined;
    return `error ${ours.kind}: ${ours.message}\n  not ${theirs.kind}: ${theirs.message}`;
  }
  const found = valueDifference(ours, theirs, ordered);
  if (found !== undefined) return found;
  if (theirs.said.length >= shownAnnotations) return undefined;
  const said = ours.said.toSorted().join('\n  ');
  const theirSaid = theirs.said.toSorted().join('\n  ');
  return said === theirSaid ? undefined : `says\n  ${said}\n not\n  ${theirSaid}`;
}

import type { ExplainAnswer } from '@bellwether/model';
import { formatBytes, formatCounted, formatDuration, formatExact } from '../format.js';

type Selector = ExplainAnswer['selectors'][number];

/** What one selector made the store do, as a sentence. */
export function selectorWords({ metrics, matched, series, samples, startMs, endMs, findMs, readMs }: Selector): string {
  if (metrics === 0) return 'No metric has this name: nothing was read.';
  if (matched === 0)
    return `The metric is there, but no series has these labels (looked for in ${formatDuration(findMs)}).`;
  const idle = matched - series;
  const without = idle > 0 ? `; ${formatExact(idle)} more match but have no sample in this time` : '';
  const span = endMs > startMs ? ` over ${formatDuration(endMs - startMs)}` : '';
  return (
    `Reads ${formatCounted(samples, 'sample', 'samples')} of ${formatCounted(series, 'series', 'series')}${span}${without}. ` +
    `Found in ${formatDuration(findMs)}, read in ${formatDuration(readMs)}.`
  );
}

/** What the whole query came to. */
export function resultWords({ result, evaluateMs, totalMs, peakSamples, fetchedBytes }: ExplainAnswer): string {
  const gives =
    result.type === 'matrix' || result.type === 'vector'
      ? formatCounted(result.series, 'series', 'series')
      : `a ${result.type}`;
  return (
    `Gives ${gives}. Worked out in ${formatDuration(evaluateMs)}, ${formatDuration(totalMs)} in all; ` +
    `held at most ${formatCounted(peakSamples, 'sample', 'samples')} at once${
      fetchedBytes > 0 ? `, ${formatBytes(fetchedBytes)} of what was read` : ''
    }.`
  );
}

/** One part of the time that a query took. */
export type TimePart = { readonly name: string; readonly ms: number };

/** Where the time went: the parts that can be told apart, and the rest. Selectors are found and read beside each other, so the parts of reading may overlap. */
export function timeParts({ parseMs, fetchMs, evaluateMs, totalMs }: ExplainAnswer): readonly TimePart[] {
  const known = [
    { name: 'Reading the query', ms: parseMs },
    { name: 'Finding and reading series', ms: fetchMs },
    { name: 'Working out', ms: evaluateMs },
  ];
  const rest = totalMs - known.reduce((sum, { ms }) => sum + ms, 0);
  return [...known, ...(rest > 0.05 ? [{ name: 'The rest', ms: rest }] : [])];
}

/** What makes the query slow, and what to do about it; undefined when it is quick. */
export function slowWords({ totalMs, fetchMs, samples, series }: ExplainAnswer): string | undefined {
  if (totalMs < slowMs) return undefined;
  const most = fetchMs > totalMs / 2 ? 'reading' : 'working out';
  const advice =
    series > 1000
      ? `Name more labels: ${formatExact(series)} series were read.`
      : `A shorter range reads fewer than ${formatCounted(samples, 'sample', 'samples')}.`;
  return `Most of the time went into ${most}. ${advice}`;
}

const slowMs = 1000;

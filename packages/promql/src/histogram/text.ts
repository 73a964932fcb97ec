import { shortNumber } from '../functions/quantile.js';
import { compact } from './arithmetic.js';
import { bucketBound } from './bounds.js';
import { customSchema, type Buckets, type FloatHistogram } from './float-histogram.js';

/** A histogram as messages and `count_values` show it: `{count:3, sum:5, [-0.001,0.001]:1, (1,2]:2}`. Buckets without a count are left out. */
export function histogramText(histogram: FloatHistogram): string {
  const { count, sum, schema, zeroCount, zeroThreshold, customValues } = histogram;
  const { positive, negative } = compact(histogram);
  const parts = [`count:${shortNumber(count)}`, `sum:${shortNumber(sum)}`];
  for (let at = negative.indexes.length - 1; at >= 0; at--) {
    const index = negative.indexes[at]!;
    const lower = shortNumber(-bucketBound(index, schema, customValues));
    const upper = shortNumber(-bucketBound(index - 1, schema, customValues));
    parts.push(`[${lower},${upper}):${shortNumber(negative.counts[at]!)}`);
  }
  if (zeroCount !== 0) {
    const end = shortNumber(zeroThreshold);
    parts.push(`[${shortNumber(-zeroThreshold)},${end}]:${shortNumber(zeroCount)}`);
  }
  for (let at = 0; at < positive.indexes.length; at++) {
    const index = positive.indexes[at]!;
    const lower = shortNumber(bucketBound(index - 1, schema, customValues));
    const upper = shortNumber(bucketBound(index, schema, customValues));
    const opening = schema === customSchema && index === 0 ? '[' : '(';
    parts.push(`${opening}${lower},${upper}]:${shortNumber(positive.counts[at]!)}`);
  }
  return `{${parts.join(', ')}}`;
}

const hintNames = { reset: 'reset', notReset: 'not_reset', gauge: 'gauge' } as const;

/** A histogram as Prometheus' test scripts write it: `{{schema:1 count:3 sum:5 buckets:[1 2]}}`. */
export function toTestLiteral(histogram: FloatHistogram): string {
  const { schema, count, sum, zeroCount, zeroThreshold, customValues, counterResetHint } = histogram;
  const { positive, negative } = compact(histogram);
  const parts: string[] = [];
  const say = (name: string, value: number): void => {
    if (value !== 0) parts.push(`${name}:${shortNumber(value)}`);
  };
  say('schema', schema);
  say('count', count);
  say('sum', sum);
  say('z_bucket', zeroCount);
  say('z_bucket_w', zeroThreshold);
  if (schema === customSchema) parts.push(`custom_values:[${Array.from(customValues, shortNumber).join(' ')}]`);
  if (counterResetHint !== 'unknown') parts.push(`counter_reset_hint:${hintNames[counterResetHint]}`);
  say('offset', positive.indexes[0] ?? 0);
  if (positive.counts.length > 0) parts.push(`buckets:[${runOf(positive).join(' ')}]`);
  say('n_offset', negative.indexes[0] ?? 0);
  if (negative.counts.length > 0) parts.push(`n_buckets:[${runOf(negative).join(' ')}]`);
  return `{{${parts.join(' ')}}}`;
}

/** The counts from the first bucket to the last, with those between that have none. */
function runOf({ indexes, counts }: Buckets): readonly string[] {
  const run: string[] = [];
  for (let at = 0; at < indexes.length; at++) {
    for (let gap = at === 0 ? 0 : indexes[at]! - indexes[at - 1]! - 1; gap > 0; gap--) run.push('0');
    run.push(shortNumber(counts[at]!));
  }
  return run;
}

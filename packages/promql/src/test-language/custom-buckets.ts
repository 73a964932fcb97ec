import { compact } from '../histogram/arithmetic.js';
import { bucketRun, customSchema, noBuckets, type FloatHistogram } from '../histogram/float-histogram.js';
import { labelsKey, labelValue, metricName, withLabel, type Labels } from '../value/labels.js';
import type { ScriptSeries, ScriptValue } from './script.js';

/** A native histogram at each place at which its classic series have values; undefined where they have none. */
export interface CustomBucketSeries {
  readonly labels: Labels;
  readonly histograms: readonly (FloatHistogram | undefined)[];
}

/** What the classic series of one histogram say at one place. */
interface Classic {
  readonly bounds: Map<number, number>;
  sum: number;
  count: number | undefined;
}

/** The classic histograms among the series (`_bucket` with `le`, `_sum`, `_count`) as native ones with custom buckets. */
export function customBucketSeries(series: readonly ScriptSeries[]): readonly CustomBucketSeries[] {
  const found = new Map<string, { readonly labels: Labels; readonly places: Classic[] }>();
  for (const { labels, values } of series) {
    const [, base, part] = /^(.*)_(bucket|sum|count)$/.exec(labelValue(labels, metricName)) ?? [];
    if (base === undefined) continue;
    const bound = boundOf(labelValue(labels, 'le'));
    if (part === 'bucket' && bound === undefined) continue;
    const bare = withLabel(withLabel(labels, 'le', ''), metricName, base);
    const key = labelsKey(bare);
    let histogram = found.get(key);
    if (histogram === undefined) found.set(key, (histogram = { labels: bare, places: [] }));
    for (const [at, value] of values.entries()) {
      const number = numberOf(value);
      if (number === undefined) continue;
      const place = (histogram.places[at] ??= { bounds: new Map(), sum: 0, count: undefined });
      if (part === 'bucket') place.bounds.set(bound ?? NaN, number);
      else if (part === 'sum') place.sum = number;
      else place.count = number;
    }
  }
  return Array.from(found.values(), ({ labels, places }) => ({
    labels,
    histograms: Array.from(places, place => place && native(place)),
  }));
}

function boundOf(text: string): number | undefined {
  if (text === '+Inf') return Infinity;
  const bound = text === '' ? NaN : Number(text);
  return Number.isNaN(bound) ? undefined : bound;
}

function numberOf(value: ScriptValue): number | undefined {
  if (value.kind === 'number') return value.value;
  return value.kind === 'stale' ? NaN : undefined;
}

/** Classic buckets count all that is below their bound; native ones what is between two. */
function native({ bounds, sum, count }: Classic): FloatHistogram {
  const rising = [...bounds].toSorted(([a], [b]) => a - b);
  const [last, below = 0] = rising.at(-1) ?? [];
  const total = count ?? below;
  if (last !== Infinity) rising.push([Infinity, total]);
  const counts = rising.map(([, upTo], at) => upTo - (rising[at - 1]?.[1] ?? 0));
  const finite = rising.flatMap(([bound]) => (bound === Infinity ? [] : [bound]));
  return compact({
    counterResetHint: 'unknown',
    schema: customSchema,
    zeroThreshold: 0,
    zeroCount: 0,
    count: total,
    sum,
    positive: bucketRun(0, Float64Array.from(counts)),
    negative: noBuckets,
    customValues: Float64Array.from(finite),
  });
}

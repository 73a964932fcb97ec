import { ClassicBuckets } from '../histogram/classic-buckets.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import { labelsKey, labelValue, metricName, withoutLabels, type Labels } from '../value/labels.js';
import { quoted } from '../parse/quoting.js';
import { float, histogram, type StepSeries, type Steps } from '../value/series.js';
import type { CallContext, Evaluated } from './define.js';

/** A classic bucket's series: what was observed up to its bound. */
interface ClassicBucket {
  readonly bound: number;
  readonly series: StepSeries;
}

/** Everything that has the same labels but for `le`: the buckets of a classic histogram, a native one, or by mistake both. */
interface Family {
  readonly labels: Labels;
  /** By rising bounds. */
  readonly classic: ClassicBucket[];
  native: StepSeries | undefined;
}

/** How a number is made of one histogram at one step. */
interface Estimator {
  /** `metric`: the histogram's name, for annotations. */
  classic(buckets: ClassicBuckets, step: number, metric: string): number;
  native(value: FloatHistogram, step: number, metric: string): number;
}

/** Where the histograms come from. */
interface Input {
  readonly vector: Evaluated | undefined;
  readonly steps: Steps;
  /** The place of the argument with the histograms. */
  readonly start: number | undefined;
  readonly annotations: CallContext['annotations'];
}

/** One series of numbers for each histogram of a vector. What is both a classic and a native one at a step has none there. */
export function estimated(input: Input, estimator: Estimator): Evaluated {
  const series = familiesOf(input).flatMap(family => estimatedFamily(family, input, estimator) ?? []);
  return { type: 'vector', series };
}

function estimatedFamily(family: Family, input: Input, estimator: Estimator): StepSeries | undefined {
  const { labels, classic, native } = family;
  const { steps, annotations, start } = input;
  const kinds = new Uint8Array(steps.count);
  const values = new Float64Array(steps.count);
  const metric = labelValue(labels, metricName);
  const buckets = new ClassicBuckets(classic.length);
  let seen = 0;
  for (let step = 0; step < steps.count; step++) {
    gather(buckets, classic, step);
    const one = native?.kinds[step] === histogram ? native.histograms?.[step] : undefined;
    if (one !== undefined && buckets.size > 0) {
      annotations.warn(
        `vector contains a mix of classic and native histograms for metric name ${quoted(metric)}`,
        start,
      );
    } else if (one !== undefined || buckets.size > 0) {
      values[step] = one === undefined ? estimator.classic(buckets, step, metric) : estimator.native(one, step, metric);
      kinds[step] = float;
      seen++;
    }
  }
  return seen === 0 ? undefined : { labels, kinds, values, histograms: undefined, dropName: true };
}

function gather(buckets: ClassicBuckets, classic: readonly ClassicBucket[], step: number): void {
  buckets.clear();
  for (const { bound, series } of classic) {
    if (series.kinds[step] === float) buckets.add(bound, series.values[step]!);
  }
}

function familiesOf({ vector, annotations, start }: Input): readonly Family[] {
  const families = new Map<string, Family>();
  for (const series of vector?.type === 'vector' ? vector.series : []) {
    if (series.kinds.includes(histogram)) familyOf(series.labels).native = series;
    if (!series.kinds.includes(float)) continue;
    const text = labelValue(series.labels, 'le');
    const bound = boundOf(text);
    if (bound === undefined) {
      const metric = quoted(labelValue(series.labels, metricName));
      annotations.warn(
        `bucket label "le" is missing or has a malformed value of ${quoted(text)} for metric name ${metric}`,
        start,
      );
    } else familyOf(withoutLabels(series.labels, bucketLabel)).classic.push({ bound, series });
  }
  const all = [...families.values()];
  for (const { classic } of all) classic.sort((a, b) => (a.bound < b.bound ? -1 : Number(a.bound > b.bound)));
  return all;

  function familyOf(labels: Labels): Family {
    const key = labelsKey(labels);
    let family = families.get(key);
    if (family === undefined) families.set(key, (family = { labels, classic: [], native: undefined }));
    return family;
  }
}

const bucketLabel: ReadonlySet<string> = new Set(['le']);

/** The bound that a label `le` says. */
function boundOf(text: string): number | undefined {
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  const bound = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  return Number.isFinite(bound) ? bound : undefined;
}

/** The value of a scalar argument at a step. */
export function scalarAt(arg: Evaluated | undefined, step: number): number {
  return arg?.type === 'scalar' ? (arg.values[step] ?? NaN) : NaN;
}

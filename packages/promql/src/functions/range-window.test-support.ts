import { emptyHistogram, type FloatHistogram } from '../histogram/float-histogram.js';
import { Annotations } from '../value/annotations.js';
import type { CallContext, RangeFunction, RangeWindow } from './define.js';

/** Samples of a range: second and value. */
export type Samples = readonly (readonly [second: number, value: number | FloatHistogram])[];

/** What a range function makes of the samples up to `endSeconds`, and what it says. */
export function reduced(
  func: RangeFunction,
  samples: Samples,
  { rangeSeconds, endSeconds }: { readonly rangeSeconds: number; readonly endSeconds: number },
  ...scalars: readonly number[]
): { readonly result: number | FloatHistogram | undefined; readonly said: readonly string[] } {
  const annotations = new Annotations();
  const context: CallContext = { annotations, start: 0, argStarts: [5, 7, 9] };
  const result = func.reduce(windowOf(samples, rangeSeconds, endSeconds), scalars, context);
  return { result, said: annotations.all().map(({ level, text }) => `${level}: ${text}`) };
}

function windowOf(samples: Samples, rangeSeconds: number, endSeconds: number): RangeWindow {
  const inside = samples.filter(([second]) => second > endSeconds - rangeSeconds && second <= endSeconds);
  const floats = inside.flatMap(([second, value]) => (typeof value === 'number' ? [[second, value] as const] : []));
  const others = inside.flatMap(([second, value]) => (typeof value === 'number' ? [] : [[second, value] as const]));
  // Samples before and after the window: nobody may read them.
  return {
    timesMs: Float64Array.from([-1, ...floats.map(([second]) => second * 1000), Infinity]),
    values: Float64Array.from([-7e7, ...floats.map(([, value]) => value), 7e7]),
    from: 1,
    to: floats.length + 1,
    histogramTimesMs: Float64Array.from([-1, ...others.map(([second]) => second * 1000)]),
    histograms: [emptyHistogram, ...others.map(([, value]) => value)],
    histogramFrom: 1,
    histogramTo: others.length + 1,
    rangeStartMs: (endSeconds - rangeSeconds) * 1000,
    rangeEndMs: endSeconds * 1000,
    stepMs: endSeconds * 1000,
    mayReset: floats.some(([, value], at) => value < (floats[at - 1]?.[1] ?? -Infinity)),
    metric: 'orders_total',
  };
}

/** Values one after the other, `spacing` seconds apart, the first at 0. */
export function every(spacing: number, ...values: readonly number[]): Samples {
  return values.map((value, at) => [at * spacing, value] as const);
}

/** A histogram that counted so many. */
export function counted(count: number): FloatHistogram {
  return { ...emptyHistogram, zeroThreshold: 0.001, zeroCount: count, count, sum: 0 };
}

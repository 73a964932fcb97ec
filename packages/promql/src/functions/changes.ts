import { detectReset } from '../histogram/detect-reset.js';
import { equalHistograms } from '../histogram/equal.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import type { RangeFunction, RangeWindow } from './define.js';

interface Counted {
  readonly name: string;
  readonly doc: string;
  floats(before: number, value: number): boolean;
  histograms(before: FloatHistogram, value: FloatHistogram): boolean;
}

/** Counts the samples that say something of the one before them; where floats and histograms take turns, each turn counts. */
function counted({ name, doc, floats, histograms }: Counted): RangeFunction {
  function countFloats({ values, from, to }: RangeWindow): number {
    let count = 0;
    for (let at = from + 1; at < to; at++) if (floats(values[at - 1]!, values[at]!)) count++;
    return count;
  }
  return {
    kind: 'range',
    name,
    doc,
    reduce(window) {
      if (window.histogramTo === window.histogramFrom) return countFloats(window);
      const { timesMs, values, to, histogramTimesMs, histogramTo } = window;
      let float = window.from;
      let histogram = window.histogramFrom;
      let before: number | FloatHistogram | undefined;
      let count = 0;
      while (float < to || histogram < histogramTo) {
        const isFloat = histogram >= histogramTo || (float < to && timesMs[float]! < histogramTimesMs[histogram]!);
        const sample: number | FloatHistogram = isFloat ? values[float++]! : window.histograms[histogram++]!;
        if (typeof before === 'number' && typeof sample === 'number') count += Number(floats(before, sample));
        else if (typeof before === 'object' && typeof sample === 'object') count += Number(histograms(before, sample));
        else if (before !== undefined) count++;
        before = sample;
      }
      return count;
    },
  };
}

export const changes = counted({
  name: 'changes',
  doc: 'How often the value changed from one sample to the next: restarts by `changes(process_start_time_seconds[1h])`. What changed and came back between two scrapes is not seen.',
  floats: (before, value) => value !== before && !(Number.isNaN(value) && Number.isNaN(before)),
  histograms: (before, value) => !equalHistograms(value, before),
});

export const resets = counted({
  name: 'resets',
  doc: 'How often a counter fell, which is how often it began anew. For counters only; a gauge falls all the time.',
  floats: (before, value) => value < before,
  histograms: (before, value) => detectReset(value, before),
});

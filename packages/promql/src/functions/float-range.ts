import type { CallContext, RangeFunction, RangeWindow } from './define.js';
import { hasHistograms, noteIgnoredHistograms } from './sample-mix.js';

interface FloatRange {
  readonly name: string;
  readonly doc: string;
  /** The floats of the window; there is at least one (or as many as `atLeast` says). */
  reduce(window: RangeWindow, scalars: readonly number[], context: CallContext): number;
  /** How many floats it takes; with fewer there is no result. */
  readonly atLeast?: number;
}

/** A range function that looks at floats alone: histograms among them are passed over, which it says. */
export function floatRange({ name, doc, reduce, atLeast = 1 }: FloatRange): RangeFunction {
  return {
    kind: 'range',
    name,
    doc,
    reduce(window, scalars, context) {
      const floats = window.to - window.from;
      if (floats > 0 && hasHistograms(window)) noteIgnoredHistograms(window, context);
      return floats < atLeast ? undefined : reduce(window, scalars, context);
    },
  };
}

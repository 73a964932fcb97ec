import type { CallContext, RangeWindow } from './define.js';

export function hasFloats(window: RangeWindow): boolean {
  return window.to > window.from;
}

export function hasHistograms(window: RangeWindow): boolean {
  return window.histogramTo > window.histogramFrom;
}

/** Says that a range held floats and histograms, where only one kind makes sense, so that it gives nothing. */
export function warnOfMix(window: RangeWindow, context: CallContext): void {
  context.annotations.warn(
    `encountered a mix of histograms and floats for metric name ${JSON.stringify(window.metric)}`,
    context.argStarts[0],
  );
}

/** Says that the histograms of a range were passed over, if there are floats as well. */
export function noteIgnoredHistograms(window: RangeWindow, context: CallContext): void {
  context.annotations.info(
    `ignored histograms in a range containing both floats and histograms for metric name ${JSON.stringify(window.metric)}`,
    context.argStarts[0],
  );
}

import { line } from 'd3-shape';
import type { ReactNode } from 'react';
import { colourVar, type SeriesColour } from './series-colour.js';

type SparklineProps = {
  readonly values: readonly (number | null)[];
  readonly colour?: SeriesColour;
  readonly widthPx?: number;
  readonly heightPx?: number;
};

/** The course of a value without axes; the number stands beside it, so this is hidden from those who do not see it. */
export function Sparkline({ values, colour = 'prev', widthPx = 66, heightPx = 18 }: SparklineProps): ReactNode {
  const known = values.filter(value => value !== null);
  if (known.length < 2) return undefined;
  const top = Math.max(...known);
  // The course fills the height; small noise on a large value stays small.
  const spread = Math.max(top - Math.min(...known), top * 0.25) || 1;
  const low = top - spread;
  const path = line<number | null>()
    .defined(value => value !== null)
    .x((_, step) => (step / (values.length - 1)) * widthPx)
    .y(value => heightPx - 1.5 - (((value ?? 0) - low) / spread) * (heightPx - 3));
  return (
    <svg aria-hidden="true" height={heightPx} style={{ display: 'block' }} width={widthPx}>
      <path d={path(values) ?? ''} fill="none" stroke={colourVar(colour)} strokeLinejoin="round" strokeWidth="1.3" />
    </svg>
  );
}

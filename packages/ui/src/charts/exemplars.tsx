import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatClockMs } from '../format.js';
import { usePageRange } from '../page-range.js';
import styles from './chart.module.css';
import { spreadExemplars } from './exemplar-spread.js';
import type { PlotPlace } from './plot.js';

/** A sample that names the trace it was taken in. */
export type ExemplarPoint = {
  readonly timeMs: number;
  readonly value: number;
  readonly traceId: string;
  readonly spanId: string | undefined;
};

type ExemplarsProps = {
  readonly exemplars: readonly ExemplarPoint[];
  readonly place: PlotPlace;
  format(value: number | null): string;
};

/**
 * Hollow diamonds over the plot, each a link to its trace.
 * The keyboard reaches the same links in the table of the chart: a hundred stops within a drawing would be a trap.
 */
export function Exemplars({ exemplars, place, format }: ExemplarsProps): ReactNode {
  const { zone } = usePageRange();
  return spreadExemplars(exemplars, place).map(({ exemplar, xPx, yPx }) => (
    <Link
      aria-hidden="true"
      className={styles['exemplar']}
      key={`${exemplar.traceId} ${exemplar.spanId ?? ''} ${exemplar.timeMs}`}
      params={{ traceId: exemplar.traceId }}
      search={{ span: exemplar.spanId }}
      style={{ left: place.leftPx + xPx, top: place.topPx + yPx }}
      tabIndex={-1}
      title={`${format(exemplar.value)} at ${formatClockMs(exemplar.timeMs, zone)}: open trace ${exemplar.traceId}`}
      to="/traces/$traceId"
    >
      <i />
    </Link>
  ));
}

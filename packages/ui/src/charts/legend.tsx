import type { ReactNode } from 'react';
import styles from './chart.module.css';
import { colourVar, type SeriesColour } from './series-colour.js';

type LegendProps = {
  readonly series: readonly { readonly name: string; readonly colour: SeriesColour }[];
  /** Name of the earlier period, drawn dashed. */
  readonly before?: string | undefined;
  readonly looks?: 'line' | 'bar';
  /** What stands beside its second line: it is narrower by so much. */
  readonly besidePx?: number;
};

/** The menu of a chart, its gaps and the padding of the card. */
const menuPx = 72;

/** Which line is which. Keys are bars and lines: squares and circles mean a status. */
export function Legend({ series, before, looks = 'line', besidePx = 0 }: LegendProps): ReactNode {
  return (
    <span className={styles['legend']} style={{ maxWidth: `min(260px, 100cqw - ${besidePx + menuPx}px)` }}>
      {series.map(({ name, colour }) => (
        <span key={name}>
          <i className={looks === 'bar' ? styles['bar'] : undefined} style={{ background: colourVar(colour) }} />
          {name}
        </span>
      ))}
      {before !== undefined && (
        <span>
          <i className={styles['dashed']} />
          {before}
        </span>
      )}
    </span>
  );
}

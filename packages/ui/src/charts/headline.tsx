import type { ReactNode } from 'react';
import { missing, type ValueAndUnit } from '../format.js';
import styles from './chart.module.css';

/** How a value differs from the earlier period. `flat` says that neither direction is good or bad. */
export type Change = { readonly text: string; readonly tone: 'bad' | 'good' | 'flat'; readonly title?: string };

type HeadlineProps = ValueAndUnit & {
  readonly change?: Change | undefined;
  readonly note?: string | undefined;
  readonly children?: ReactNode;
};

/** The number of a panel, its unit, and how it changed. */
export function Headline({ value, unit, change, note, children }: HeadlineProps): ReactNode {
  return (
    <div className={`num ${styles['headline']}`}>
      <span className={styles['value']}>
        {value}
        {unit !== '' && value !== missing && <small>{unit}</small>}
      </span>
      {change !== undefined && (
        <span className={styles[change.tone]} title={change.title}>
          {change.text}
        </span>
      )}
      {note !== undefined && <span className={styles['note']}>{note}</span>}
      {children}
    </div>
  );
}

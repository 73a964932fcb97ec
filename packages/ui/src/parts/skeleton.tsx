import type { ReactNode } from 'react';
import styles from './skeleton.module.css';

/** Grey lines in the room that data will take. Nothing is seen for the first 150 ms. */
export function Skeleton({ rows, rowPx = 30 }: { rows: number; rowPx?: number }): ReactNode {
  return (
    <output aria-label="Loading" className={styles['skeleton']}>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} style={{ height: rowPx }}>
          <span style={{ width: `${88 - ((row * 37) % 45)}%` }} />
        </span>
      ))}
    </output>
  );
}

/** One block of a known height: a chart that is not here yet. */
export function SkeletonBlock({ heightPx }: { heightPx: number }): ReactNode {
  return (
    <output aria-label="Loading" className={styles['skeleton']}>
      <span style={{ height: heightPx }}>
        <span className={styles['block']} />
      </span>
    </output>
  );
}

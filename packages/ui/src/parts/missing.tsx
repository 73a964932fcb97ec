import type { ReactNode } from 'react';
import { missing } from '../format.js';
import styles from './missing.module.css';

/** A value that does not exist: a dash, and why. */
export function Missing({ why }: { why: string }): ReactNode {
  return (
    <span className={styles['missing']} title={why}>
      {missing}
      <span className="unseen"> ({why})</span>
    </span>
  );
}

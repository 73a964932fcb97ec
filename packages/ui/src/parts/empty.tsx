import type { ReactNode } from 'react';
import styles from './notice.module.css';

/** Nothing to show, and why. What to do about it are the children. */
export function Empty({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  return (
    <div className={styles['empty']}>
      <p className={styles['title']}>{title}</p>
      {children}
    </div>
  );
}

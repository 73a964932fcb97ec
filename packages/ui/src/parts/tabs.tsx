import type { ReactNode } from 'react';
import styles from './tabs.module.css';

/** Views of one thing, each an address of its own: the children are links, the current one has `aria-current`. */
export function TabBar({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <nav aria-label={label} className={styles['tabs']}>
      {children}
    </nav>
  );
}

import type { ReactNode } from 'react';
import styles from './nav.module.css';

/** The bell. */
export function BrandMark(): ReactNode {
  return (
    <svg aria-hidden="true" className={styles['mark']} viewBox="0 0 24 24">
      <rect fill="var(--accent)" height="24" rx="6" width="24" />
      <path
        d="M12 5a4.6 4.6 0 0 0-4.6 4.6c0 4.2-1.6 5.6-1.6 5.6h12.4s-1.6-1.4-1.6-5.6A4.6 4.6 0 0 0 12 5zM10.4 17.8a1.8 1.8 0 0 0 3.2 0"
        fill="none"
        stroke="var(--on-accent)"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeWidth="1.8"
      />
    </svg>
  );
}

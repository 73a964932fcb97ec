import type { LogLevel } from '@bellwether/model';
import type { ReactNode } from 'react';
import { StatusShape } from '../parts/status-mark.js';
import styles from './level-mark.module.css';

/** Fatal and Error are a square, Warn a triangle; the quiet levels have no shape. The word is there for those who listen. */
export function LevelMark({ level }: { readonly level: LogLevel }): ReactNode {
  const loud = level === 'error' || level === 'fatal';
  return (
    <span className={styles.mark} title={level}>
      {loud && <StatusShape status="crit" />}
      {level === 'warn' && <StatusShape status="warn" />}
      <span className="unseen">{level === 'unset' ? '' : level}</span>
    </span>
  );
}

import type { ReactNode } from 'react';
import styles from './status-mark.module.css';

/** How bad it is. `none` is unknown, `muted` is known and silenced. */
export type Status = 'crit' | 'warn' | 'ok' | 'none' | 'muted';

type StatusMarkProps = {
  readonly status: Status;
  readonly word: string;
  /** `chip` has the status' soft ground, `plain` is shape and word alone, `shape` hides the word from the eye only. */
  readonly look?: 'chip' | 'plain' | 'shape';
};

/** Status is always shape, colour and word together: none of them alone. */
export function StatusMark({ status, word, look = 'plain' }: StatusMarkProps): ReactNode {
  return (
    <span
      className={`${styles['mark']} ${styles[status]} ${look === 'chip' ? styles['chip'] : ''}`}
      title={look === 'shape' ? word : undefined}
    >
      <StatusShape status={status} />
      <span className={look === 'shape' ? 'unseen' : undefined}>{word}</span>
    </span>
  );
}

/** The shape alone, where the word stands beside it anyway. */
export function StatusShape({ status }: { status: Status }): ReactNode {
  return (
    <svg aria-hidden="true" className={`${styles['shape']} ${styles[status]}`} viewBox="0 0 10 10">
      {shapes[status]}
    </svg>
  );
}

const shapes: { readonly [status in Status]: ReactNode } = {
  crit: (
    <>
      <rect fill="currentColor" height="10" rx="1.6" width="10" />
      <path d="M5 2.2v3.4M5 7.3v.6" stroke="var(--surface)" strokeLinecap="round" strokeWidth="1.5" />
    </>
  ),
  warn: <path d="M5 .3 10 9.6H0z" fill="currentColor" />,
  ok: <circle cx="5" cy="5" fill="currentColor" r="4.4" />,
  none: <circle cx="5" cy="5" fill="none" r="3.7" stroke="currentColor" strokeWidth="1.5" />,
  muted: (
    <>
      <circle cx="5" cy="5" fill="none" r="3.7" stroke="currentColor" strokeWidth="1.5" />
      <path d="M2.6 5h4.8" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
};

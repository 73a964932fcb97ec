import type { ReactNode } from 'react';
import styles from './calls.module.css';

/** Headline figures side by side. */
export function Figures({ children }: { readonly children: ReactNode }): ReactNode {
  return <dl className={styles['figures']}>{children}</dl>;
}

type FigureProps = {
  readonly name: string;
  readonly value: ReactNode;
  /** Beside the value, smaller: a change, a remark. */
  readonly note?: ReactNode;
  readonly why: string;
};

/** A figure with its name; `why` explains it to who asks. */
export function Figure({ name, value, note, why }: FigureProps): ReactNode {
  return (
    <div title={why}>
      <dt>{name}</dt>
      <dd className="num">
        {value}
        {note !== undefined && <span className={styles['sub']}>{note}</span>}
      </dd>
    </div>
  );
}

import { useState, type ReactNode } from 'react';
import { CardEnd } from './card-end.js';
import styles from './card.module.css';

type CardProps = {
  readonly title: string;
  /** Grey, beside the title. */
  readonly note?: ReactNode;
  /** At the right end of the title line: legend, links. */
  readonly right?: ReactNode;
  /** The right end may take a second line, beside what follows the title: a headline. */
  readonly rightOverhangs?: boolean;
  readonly children: ReactNode;
};

/** A white panel with a title. */
export function Card({ title, note, right, rightOverhangs = false, children }: CardProps): ReactNode {
  const [end, setEnd] = useState<HTMLElement | null>(null);
  return (
    <section aria-label={title} className={styles['card']} role="group">
      <header>
        <h2>{title}</h2>
        {note !== undefined && <span className={styles['note']}>{note}</span>}
        {right !== undefined && (
          <span className={styles['right']} data-overhangs={rightOverhangs}>
            {right}
          </span>
        )}
        <span className={styles['end']} ref={setEnd} />
      </header>
      <CardEnd value={end}>{children}</CardEnd>
    </section>
  );
}

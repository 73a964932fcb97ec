/* oxlint-disable jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys (WCAG 2.1.1) */
import { type ReactNode, useMemo } from 'react';
import { brokenLines, statementWords } from './statement-words.js';
import styles from './statement.module.css';

/** A database statement with its words coloured. */
export function Statement({ text }: { readonly text: string }): ReactNode {
  const words = useMemo(() => statementWords(brokenLines(text)), [text]);
  return (
    <pre className={styles.statement} tabIndex={0} aria-label="Statement">
      {words.map((word, index) =>
        word.kind === 'plain' || word.kind === 'number' ? (
          word.text
        ) : (
          // Words have no identity of their own, and the list never changes in place.
          <span key={index} className={styles[word.kind]}>
            {word.text}
          </span>
        ),
      )}
    </pre>
  );
}

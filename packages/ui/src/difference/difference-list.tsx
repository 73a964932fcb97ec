import type { Difference } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatExact, formatShare } from '../format.js';
import type { DifferenceQuestion } from './difference-query.js';
import { numberWords, valueWords } from './difference-words.js';
import { DistributionStrips } from './distribution-strips.js';
import styles from './difference.module.css';

type ListProps = {
  readonly rows: readonly Difference[];
  readonly question: DifferenceQuestion;
  /** What else is the same, all values of the key, how numbers are distributed. */
  readonly withDetails?: boolean;
};

/** What sets the selected apart, the most telling first: what it is, and how often each side has it. Each row leads to the selected that have it. */
export function DifferenceList({ rows, question, withDetails = false }: ListProps): ReactNode {
  return (
    <ol className={styles['rows']} data-details={withDetails}>
      {rows.map(row => (
        <li key={`${row.key} ${row.kind}`}>
          <Row question={question} row={row} />
          {withDetails && <Details row={row} />}
        </li>
      ))}
    </ol>
  );
}

function Row({ row, question }: { readonly row: Difference; readonly question: DifferenceQuestion }): ReactNode {
  const { signal, window } = question;
  const words = valueWords(row);
  const q = joined([question.q, question.selected, row.term]);
  const range = window === undefined ? {} : { from: String(window.fromMs), to: String(window.toMs) };
  return (
    <Link
      className={styles['row']}
      search={{ ...range, q }}
      title={`${row.key} ${words}: ${formatExact(row.selectedCount)} of the selected, ${formatExact(row.referenceCount)} of the others that were looked at. Open them.`}
      to={signal === 'spans' ? '/traces' : '/logs'}
    >
      <span className={styles['what']}>
        <span className={`mono ${styles['key']}`}>{row.key}</span>
        <span className={row.kind === 'value' ? styles['value'] : `num ${styles['value']}`}>{words}</span>
      </span>
      <span className={`num ${styles['shares']}`}>
        <Bar share={row.selectedShare} side="selected" />
        <Bar share={row.referenceShare} side="reference" />
      </span>
    </Link>
  );
}

/** Terms of several searches that must all hold. */
export function joined(searches: readonly string[]): string {
  return searches
    .map(search => search.trim())
    .filter(search => search !== '')
    .map((search, _, all) => (all.length > 1 && /(?:^|[\s)])OR(?:[\s(]|$)/.test(search) ? `(${search})` : search))
    .join(' ');
}

function Bar({ share, side }: { readonly share: number; readonly side: 'selected' | 'reference' }): ReactNode {
  return (
    <>
      <span className={styles['bar']} data-side={side}>
        <i style={{ width: `${Math.min(share, 1) * 100}%` }} />
      </span>
      <span className={styles['share']} data-side={side}>
        {formatShare(share)}
      </span>
    </>
  );
}

function Details({ row }: { readonly row: Difference }): ReactNode {
  return (
    <div className={styles['details']}>
      {row.also.length > 0 && (
        <p className={styles['also']}>
          Goes along with{' '}
          {row.also.map(({ key, value }, i) => (
            <span key={key}>
              {i > 0 && ', '}
              <span className="mono">{key}</span>
              {value !== '' && ` ${value}`}
            </span>
          ))}
        </p>
      )}
      {row.quantiles !== null && (
        <DistributionStrips format={value => numberWords(row.key, value)} quantiles={row.quantiles} />
      )}
      {row.quantiles === null && row.values.length > 1 && (
        <details>
          <summary>
            {row.values.length} values of {row.key}
          </summary>
          <ul className={styles['values']}>
            {row.values.map(({ value, selectedShare, referenceShare }) => (
              <li key={value}>
                <span className={styles['value']}>{value === '' ? '(empty)' : value}</span>
                <span className={`num ${styles['shares']}`}>
                  <Bar share={selectedShare} side="selected" />
                  <Bar share={referenceShare} side="reference" />
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** Which colour is which side. */
export function DifferenceLegend({ selected, reference }: { selected: string; reference: string }): ReactNode {
  return (
    <p className={styles['legend']}>
      <span data-side="selected">{selected}</span>
      <span data-side="reference">{reference}</span>
    </p>
  );
}

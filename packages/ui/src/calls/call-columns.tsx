import type { CallFigures } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatChange, formatDuration, formatExact, formatPercent, formatRate, formatShare } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { troubleRatio } from '../services/service-status.js';
import styles from './calls.module.css';

const noCalls = 'No calls in this range';

/** Calls per second; the number leads to their traces. `q` finds them. */
export function rateColumn<Row extends CallFigures>(q: (row: Row) => string, title = 'Calls'): Column<Row> {
  return {
    key: 'rate',
    title,
    right: true,
    width: '84px',
    largestFirst: true,
    value: row => row.callsPerSecond,
    unit: 'per second',
    cell: row => (
      <Link
        className={styles['number']}
        search={{ q: q(row) }}
        title={`${formatExact(row.calls)} in this range: see their traces`}
        to="/traces"
      >
        {formatRate(row.callsPerSecond)}
      </Link>
    ),
  };
}

/** The share that failed, and the way to those that did. */
export function errorColumn<Row extends CallFigures>(q: (row: Row) => string): Column<Row> {
  return {
    key: 'errors',
    title: 'Errors',
    right: true,
    width: '76px',
    fromPx: 600,
    largestFirst: true,
    value: row => row.errorRatio,
    unit: 'ratio',
    cell: row =>
      row.errorRatio === null ? (
        <Missing why={noCalls} />
      ) : (
        <Link
          className={row.errorRatio >= troubleRatio ? styles['trouble'] : styles['number']}
          search={{ q: `${q(row)} status:error` }}
          title={`${formatExact(row.errors)} failed: see their traces`}
          to="/traces"
        >
          {formatPercent(row.errorRatio)}
        </Link>
      ),
  };
}

const times = { mean: 'meanMs', p50: 'p50Ms', p95: 'p95Ms', p99: 'p99Ms' } as const;

/** A duration, and the way to the slowest. */
export function timeColumn<Row extends CallFigures>(
  title: keyof typeof times,
  q: (row: Row) => string,
  fromPx?: 600 | 800 | 1000,
): Column<Row> {
  const of = (row: Row): number | null => row[times[title]];
  return {
    key: title,
    title: title === 'mean' ? 'Mean' : title,
    right: true,
    width: '80px',
    largestFirst: true,
    ...(fromPx !== undefined && { fromPx }),
    value: of,
    unit: 'ms',
    cell: row =>
      of(row) === null ? (
        <Missing why={noCalls} />
      ) : (
        <Link
          className={styles['number']}
          search={{ q: q(row), sort: 'slowest' }}
          title="See the slowest traces"
          to="/traces"
        >
          {formatDuration(of(row))}
        </Link>
      ),
  };
}

/** A share as a bar with its number. */
export function shareColumn<Row>(
  title: string,
  hint: string,
  of: (row: Row) => number,
  fromPx?: 600 | 800,
): Column<Row> {
  return {
    key: 'share',
    title,
    hint,
    width: '112px',
    ...(fromPx !== undefined && { fromPx }),
    largestFirst: true,
    value: of,
    unit: 'ratio',
    cell: row => <ShareBar share={of(row)} />,
  };
}

/** A bar that is full at 1. */
export function ShareBar({ share }: { readonly share: number }): ReactNode {
  return (
    <span className={`num ${styles['share']}`}>
      <span className={styles['bar']}>
        <span style={{ width: `${Math.min(share * 100, 100)}%` }} />
      </span>
      {formatShare(share)}
    </span>
  );
}

/** How p95 changed against the compared period, called `beforeName`. */
export function changeColumn<Row>(beforeName: string, of: (row: Row) => number | null): Column<Row> {
  return {
    key: 'change',
    title: 'vs before',
    hint: `p95 against ${beforeName}`,
    right: true,
    width: '84px',
    fromPx: 800,
    largestFirst: true,
    value: of,
    unit: 'ratio',
    cell: row => {
      const change = of(row);
      if (change === null) return <Missing why="No calls in the compared period" />;
      const tone = Math.abs(change) < 0.05 ? 'flat' : change > 0 ? 'bad' : 'good';
      return <span className={styles[tone]}>{formatChange(change)}</span>;
    },
  };
}

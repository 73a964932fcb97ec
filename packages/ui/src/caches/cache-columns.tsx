import type { CacheOperation, CacheRow, KeyPatternRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import { errorColumn, rateColumn, ShareBar, timeColumn } from '../calls/call-columns.js';
import styles from '../calls/calls.module.css';
import { formatBusy } from '../calls/per-second.js';
import { productName } from '../databases/database-names.js';
import { formatCount, formatDuration, formatExact, formatRate } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { writeTerm } from '../search/write-term.js';

const noReads = 'Nothing was read of it';

/** Finds the commands of a key pattern in traces. */
function patternTerms({ pattern }: { readonly pattern: string }): string {
  return writeTerm('bellwether.key.pattern', pattern);
}

/** Finds the spans of an operation. */
function operationTerms({ system, operation }: { readonly system: string; readonly operation: string }): string {
  return `(${writeTerm('db.system.name', system)} OR ${writeTerm('db.system', system)}) ${writeTerm('name', operation)}`;
}

type Lookups = Pick<CacheRow, 'hits' | 'misses' | 'errors' | 'hitRatio' | 'readsPerSecond'>;

function hitColumn<Row extends Lookups>(): Column<Row> {
  return {
    key: 'hits',
    title: 'Hits',
    hint: 'Of hits and misses',
    width: '112px',
    value: row => row.hitRatio,
    unit: 'ratio',
    cell: row =>
      row.hitRatio === null ? (
        <Missing why={noReads} />
      ) : (
        <span
          title={`${formatExact(row.hits)} hits, ${formatExact(row.misses)} misses, ${formatExact(row.errors)} errors`}
        >
          <ShareBar share={row.hitRatio} />
        </span>
      ),
  };
}

function readColumn<Row extends Lookups>(): Column<Row> {
  return {
    key: 'reads',
    title: 'Reads',
    right: true,
    width: '84px',
    largestFirst: true,
    value: row => row.readsPerSecond,
    unit: 'per second',
    cell: row => formatRate(row.readsPerSecond),
  };
}

/** The columns of the kinds of caches. */
export const cacheColumns: readonly Column<CacheRow>[] = [
  {
    key: 'cache',
    title: 'Cache',
    cell: row => (
      <span className={styles['name']}>
        <b>{productName(row.system)}</b>
        <span className={styles['sub']}>{row.services.join(', ')}</span>
      </span>
    ),
  },
  hitColumn<CacheRow>(),
  readColumn<CacheRow>(),
  {
    key: 'errors',
    title: 'Errors',
    right: true,
    width: '72px',
    fromPx: 600,
    cell: row => <span className={row.errors > 0 ? styles['trouble'] : undefined}>{formatCount(row.errors)}</span>,
  },
];

/** The columns of key patterns. */
export const patternColumns: readonly Column<KeyPatternRow>[] = [
  {
    key: 'pattern',
    title: 'Keys',
    value: row => row.pattern,
    cell: row => (
      <span className={styles['name']}>
        <Link className="mono" search={{ q: patternTerms(row) }} title="See the traces that use them" to="/traces">
          {row.pattern}
        </Link>
        <span className={styles['sub']}>{productName(row.system)}</span>
      </span>
    ),
  },
  hitColumn<KeyPatternRow>(),
  readColumn<KeyPatternRow>(),
  {
    key: 'misses',
    title: 'Misses',
    right: true,
    width: '80px',
    fromPx: 600,
    largestFirst: true,
    value: row => row.misses,
    unit: '',
    cell: row => <span title={formatExact(row.misses)}>{formatCount(row.misses)}</span>,
  },
  {
    key: 'cost',
    title: 'A miss costs',
    hint: 'From the read that found nothing until the answer was put into the cache',
    right: true,
    width: '104px',
    largestFirst: true,
    value: row => row.missMs,
    unit: 'ms',
    cell: row =>
      row.missMs === null ? (
        <Missing why="No trace was seen in which the answer was put back" />
      ) : (
        <Link
          className={styles['number']}
          params={{ traceId: row.missTraceId }}
          search={{}}
          title="See the trace of a miss"
          to="/traces/$traceId"
        >
          {formatDuration(row.missMs)}
        </Link>
      ),
  },
  {
    key: 'busy',
    title: 'Misses cost',
    hint: 'Misses per second by what one costs',
    right: true,
    width: '104px',
    largestFirst: true,
    value: row => row.missBusy,
    unit: 's per second',
    cell: row => (row.missBusy === null ? <Missing why="What a miss costs was not seen" /> : formatBusy(row.missBusy)),
  },
  {
    key: 'followed',
    title: 'Spent in',
    hint: 'What took longest between the read and the write',
    width: '24%',
    fromPx: 800,
    cell: row =>
      row.followedBy === '' ? (
        <Missing why="No call of something else was seen meanwhile" />
      ) : (
        <Link className="mono" search={{ q: writeTerm('name', row.followedBy) }} title="See its traces" to="/traces">
          {row.followedBy}
        </Link>
      ),
  },
];

/** The columns of operations. */
export const operationColumns: readonly Column<CacheOperation>[] = [
  {
    key: 'operation',
    title: 'Operation',
    value: row => row.operation,
    cell: row => (
      <span className={styles['name']}>
        <Link className="mono" search={{ q: operationTerms(row) }} title="See its traces" to="/traces">
          {row.operation}
        </Link>
        <span className={styles['sub']}>{[productName(row.system), ...row.services].join(', ')}</span>
      </span>
    ),
  },
  rateColumn<CacheOperation>(operationTerms),
  timeColumn<CacheOperation>('mean', operationTerms, 600),
  timeColumn<CacheOperation>('p95', operationTerms),
  errorColumn<CacheOperation>(operationTerms),
];

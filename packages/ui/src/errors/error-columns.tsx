import type { ErrorRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Sparkline } from '../charts/sparkline.js';
import { formatAgo, formatCount, formatExact, formatFull, type Zone } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { pickColumn, type Picks } from '../parts/picks.js';
import { StatusMark } from '../parts/status-mark.js';
import { errorMark, errorTitle, trendOrder } from './error-trend.js';
import styles from './errors.module.css';

/** The columns of the list of errors. `nowMs` is what ages are counted from. */
export function errorColumns(nowMs: number, zone: Zone, picks: Picks): readonly Column<ErrorRow>[] {
  return [
    pickColumn<ErrorRow>(picks, errorTitle),
    {
      key: 'trend',
      title: 'State',
      width: '108px',
      fromPx: 600,
      value: row => trendOrder.indexOf(row.trend),
      cell: row => {
        const { mark, word, why } = errorMark(row);
        return (
          <span title={why}>
            <StatusMark status={mark} word={word} />
          </span>
        );
      },
    },
    { key: 'title', title: 'Error', cell: row => <ErrorName row={row} /> },
    {
      key: 'spark',
      title: 'Trend',
      hint: 'How often it came, over the range',
      width: '104px',
      fromPx: 800,
      cell: row => <Sparkline colour={row.trend === 'ongoing' ? 'prev' : 2} values={row.sparkline} widthPx={88} />,
    },
    count('events', 'Events', 'How often it came', row => row.events),
    count('users', 'Users', 'Different user.id', row => row.users, 600),
    count('tenants', 'Tenants', 'Different tenant.id', row => row.tenants, 600),
    {
      key: 'owner',
      title: 'Owner',
      hint: 'Who takes care of it',
      width: '112px',
      fromPx: 1000,
      value: row => row.owner,
      cell: row => (row.owner === '' ? <Missing why="It is nobody's" /> : <span title={row.owner}>{row.owner}</span>),
    },
    {
      key: 'last',
      title: 'Last seen',
      width: '112px',
      fromPx: 800,
      largestFirst: true,
      value: row => row.lastMs,
      unit: 'time',
      cell: row => <span title={formatFull(row.lastMs, zone)}>{formatAgo(row.lastMs, nowMs, zone)}</span>,
    },
    {
      key: 'since',
      title: 'Since',
      hint: 'When it was seen first, and the version that it came with in this range',
      width: '160px',
      fromPx: 1000,
      largestFirst: true,
      value: row => row.firstEverMs,
      unit: 'time',
      cell: row => (
        <span className={styles['since']} title={formatFull(row.firstEverMs, zone)}>
          {formatAgo(row.firstEverMs, nowMs, zone)}
          {row.firstVersion !== '' && <span className={styles['facts']}>{row.firstVersion}</span>}
        </span>
      ),
    },
  ];
}

function count(
  key: string,
  title: string,
  hint: string,
  of: (row: ErrorRow) => number,
  fromPx?: 600,
): Column<ErrorRow> {
  return {
    key,
    title,
    hint,
    right: true,
    width: '76px',
    largestFirst: true,
    ...(fromPx !== undefined && { fromPx }),
    value: of,
    unit: '',
    cell: row =>
      of(row) === 0 ? (
        <Missing why={`No event says: ${hint}`} />
      ) : (
        <span title={formatExact(of(row))}>{formatCount(of(row))}</span>
      ),
  };
}

function ErrorName({ row }: { row: ErrorRow }): ReactNode {
  return (
    <span className={styles['name']}>
      <Link params={{ id: row.id }} search={{}} title={errorTitle(row)} to="/errors/$id">
        {errorTitle(row)}
      </Link>
      <span className={styles['place']}>
        <span className="mono" title={row.culprit}>
          {row.culprit === '' ? 'place unknown' : row.culprit}
        </span>
        <span>{row.services.join(', ')}</span>
      </span>
    </span>
  );
}

import type { FindingRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Sparkline } from '../charts/sparkline.js';
import { formatAgo, formatCount, formatDuration, formatExact, formatFull, type Zone } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { pickColumn, type Picks } from '../parts/picks.js';
import { StatusMark } from '../parts/status-mark.js';
import { findingTitle, shortPlace, stateMarks } from './finding-state.js';
import styles from './findings.module.css';

/** The columns of the list of findings. `nowMs` is what ages are counted from. */
export function findingColumns(nowMs: number, zone: Zone, picks: Picks): readonly Column<FindingRow>[] {
  return [
    pickColumn<FindingRow>(picks, findingTitle),
    {
      key: 'state',
      title: 'State',
      width: '108px',
      fromPx: 800,
      value: row => row.state,
      cell: row => {
        const { mark, word, why } = stateMarks[row.state];
        return (
          <span title={why}>
            <StatusMark status={mark} word={word} />
          </span>
        );
      },
    },
    { key: 'title', title: 'Finding', cell: row => <FindingName row={row} /> },
    {
      key: 'spark',
      title: 'Trend',
      hint: 'Requests that had it, over the range',
      width: '104px',
      fromPx: 1000,
      cell: row => <Sparkline colour={2} values={row.sparkline} widthPx={88} />,
    },
    {
      key: 'cost',
      title: 'Time a day',
      hint: 'What requests would be shorter without it, at a guess, in a day',
      right: true,
      width: '96px',
      largestFirst: true,
      value: row => row.lostMsPerDay,
      unit: 'ms',
      cell: row => (
        <span title={`${formatDuration(row.lostMsEach)} of each request`}>{formatDuration(row.lostMsPerDay)}</span>
      ),
    },
    {
      key: 'requests',
      title: 'Requests a day',
      hint: 'Requests and jobs that have it, in a day',
      right: true,
      width: '112px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.requestsPerDay,
      unit: '',
      cell: row => <span title={`${formatExact(row.requests)} in this range`}>{formatCount(row.requestsPerDay)}</span>,
    },
    {
      key: 'times',
      title: 'Times each',
      hint: 'How often in one request',
      right: true,
      width: '88px',
      fromPx: 1000,
      largestFirst: true,
      value: row => row.timesEach,
      unit: '',
      cell: row => formatCount(Math.round(row.timesEach)),
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
  ];
}

function FindingName({ row }: { readonly row: FindingRow }): ReactNode {
  return (
    <span className={styles['name']}>
      <Link params={{ id: row.id }} search={{}} title={findingTitle(row)} to="/findings/$id">
        {findingTitle(row)}
      </Link>
      <span className={styles['place']}>
        <span title={row.route}>{row.route}</span>
        <span>{row.service}</span>
        {row.orm !== '' && <span>{row.orm}</span>}
        {row.place !== '' && (
          <span className="mono" title={row.place}>
            {shortPlace(row.place)}
          </span>
        )}
      </span>
    </span>
  );
}

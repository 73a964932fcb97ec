import type { CheckRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Sparkline } from '../charts/sparkline.js';
import { formatAgo, formatDuration, formatFull, formatPercent, type Zone } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { StatusMark } from '../parts/status-mark.js';
import { kindWords, reasonWords, stateMarks, states } from './check-marks.js';
import { DayBars } from './day-bars.js';
import styles from './uptime.module.css';

/** The columns of the list of checks. `nowMs` is what ages are counted from. */
export function checkColumns(nowMs: number, zone: Zone): readonly Column<CheckRow>[] {
  return [
    {
      key: 'state',
      title: 'State',
      width: '92px',
      value: row => states.indexOf(row.state),
      cell: row => <StatusMark status={stateMarks[row.state].mark} word={stateMarks[row.state].word} />,
    },
    { key: 'name', title: 'Check', value: row => row.name, cell: row => <CheckName row={row} /> },
    {
      key: 'service',
      title: 'Service',
      width: '120px',
      fromPx: 1000,
      value: row => row.service,
      cell: row =>
        row.service === '' ? (
          <Missing why="The check names no service" />
        ) : (
          <span className={styles['cut']} title={row.service}>
            <Link className="link" params={{ service: row.service }} search={{}} to="/services/$service">
              {row.service}
            </Link>
          </span>
        ),
    },
    { key: 'days', title: 'Last 90 days', width: '17%', fromPx: 800, cell: row => <DayBars days={row.days} /> },
    {
      key: 'uptime',
      title: '30 days',
      hint: 'Share of the runs of the last 30 days after which it was up',
      right: true,
      width: '82px',
      value: row => row.uptime30Days,
      unit: 'ratio',
      cell: row => (row.uptime30Days === null ? <Missing why="It has not run yet" /> : formatPercent(row.uptime30Days)),
    },
    {
      key: 'spark',
      title: 'Response',
      hint: 'Duration of the latest runs',
      width: '130px',
      fromPx: 800,
      value: row => row.last?.durationMs ?? null,
      unit: 'ms',
      cell: row => <Response row={row} />,
    },
    {
      key: 'certificate',
      title: 'Certificate',
      right: true,
      width: '98px',
      fromPx: 800,
      value: row => row.last?.certificateDays ?? null,
      unit: 'days',
      cell: row => {
        const days = row.last?.certificateDays ?? null;
        if (days === null) return <Missing why="The last run saw no certificate" />;
        return <span className={days < 14 ? styles['trouble'] : undefined}>{formatDuration(days * 86_400_000)}</span>;
      },
    },
    {
      key: 'last',
      title: 'Last run',
      width: '118px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.last?.startedMs ?? null,
      unit: 'time',
      cell: row =>
        row.last === null ? (
          <Missing why="It has not run yet" />
        ) : (
          <span
            title={`${formatFull(row.last.startedMs, zone)}${row.last.message === '' ? '' : `: ${row.last.message}`}`}
          >
            {formatAgo(row.last.startedMs, nowMs, zone)}
            {row.last.reason !== null && <span className={styles['reason']}>{reasonWords[row.last.reason]}</span>}
          </span>
        ),
    },
  ];
}

function Response({ row }: { row: CheckRow }): ReactNode {
  if (row.kind === 'heartbeat' || row.last === null) return <Missing why="Nothing is asked" />;
  return (
    <span className={styles['response']}>
      <Sparkline colour={1} values={row.recentMs} widthPx={72} />
      {row.last.isUp ? formatDuration(row.last.durationMs) : ''}
    </span>
  );
}

function CheckName({ row }: { row: CheckRow }): ReactNode {
  return (
    <span className={styles['name']}>
      <Link params={{ id: row.id }} search={{}} to="/uptime/$id">
        {row.name}
      </Link>
      <span className={styles['facts']} title={row.target}>
        {kindWords[row.kind]} · {row.target}
      </span>
    </span>
  );
}

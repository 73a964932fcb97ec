import type { ServiceRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Sparkline } from '../charts/sparkline.js';
import {
  formatAgo,
  formatDuration,
  formatExact,
  formatFull,
  formatPercent,
  formatRate,
  formatScore,
  type Zone,
} from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { StatusMark, StatusShape } from '../parts/status-mark.js';
import { writeTerm } from '../search/write-term.js';
import { statusMarks, statusOrder, troubleRatio } from './service-status.js';
import styles from './services.module.css';

const noRequests = 'No requests in this range';

/** The columns of the list of services. `nowMs` is what ages are counted from. */
export function serviceColumns(nowMs: number, zone: Zone): readonly Column<ServiceRow>[] {
  return [
    {
      key: 'status',
      title: 'Status',
      width: '104px',
      fromPx: 600,
      value: row => statusOrder.indexOf(row.status),
      cell: row => <StatusMark status={statusMarks[row.status].mark} word={statusMarks[row.status].word} />,
    },
    {
      key: 'name',
      title: 'Service',
      value: row => row.name,
      cell: row => <ServiceName row={row} />,
    },
    {
      key: 'rate',
      title: 'Requests',
      hint: 'Requests and messages handled per second',
      right: true,
      width: '84px',
      largestFirst: true,
      value: row => row.requestsPerSecond,
      cell: row => (
        <Link
          search={{ q: writeTerm('service', row.name) }}
          title={`${formatExact(row.requests)} requests: see their traces`}
          to="/traces"
        >
          {formatRate(row.requestsPerSecond)}
        </Link>
      ),
    },
    {
      key: 'errors',
      title: 'Errors',
      right: true,
      width: '80px',
      largestFirst: true,
      value: row => row.errorRatio,
      cell: row =>
        row.errorRatio === null ? (
          <Missing why={noRequests} />
        ) : (
          <Link
            className={row.errorRatio >= troubleRatio ? styles['trouble'] : undefined}
            search={{ q: `${writeTerm('service', row.name)} status:error` }}
            title="See the failed traces"
            to="/traces"
          >
            {formatPercent(row.errorRatio)}
          </Link>
        ),
    },
    latency('p50', 'p50', row => row.p50Ms, 800),
    latency('p95', 'p95', row => row.p95Ms),
    {
      key: 'apdex',
      title: 'Apdex',
      hint: 'Share of satisfied requests, T = 250 ms',
      right: true,
      width: '72px',
      fromPx: 800,
      value: row => row.apdex,
      cell: row => (row.apdex === null ? <Missing why={noRequests} /> : formatScore(row.apdex)),
    },
    {
      key: 'spark',
      title: 'Trend',
      hint: 'Requests per second over the range',
      width: '104px',
      fromPx: 600,
      cell: row => <Sparkline colour={row.status === 'failing' ? 2 : 'prev'} values={row.sparkline} widthPx={88} />,
    },
    {
      key: 'version',
      title: 'Version',
      width: '190px',
      fromPx: 1000,
      largestFirst: true,
      value: row => row.versionSince,
      cell: row => <Version nowMs={nowMs} row={row} zone={zone} />,
    },
  ];
}

function latency(key: string, title: string, of: (row: ServiceRow) => number | null, fromPx?: 800): Column<ServiceRow> {
  return {
    key,
    title,
    right: true,
    width: '84px',
    largestFirst: true,
    ...(fromPx !== undefined && { fromPx }),
    value: of,
    cell: row =>
      of(row) === null ? (
        <Missing why={noRequests} />
      ) : (
        <Link
          search={{ q: writeTerm('service', row.name), sort: 'slowest' }}
          title="See the slowest traces"
          to="/traces"
        >
          {formatDuration(of(row))}
        </Link>
      ),
  };
}

function ServiceName({ row }: { row: ServiceRow }): ReactNode {
  const facts = [row.language, ...row.environments].filter(text => text !== '');
  return (
    <span className={styles['name']}>
      <span className={styles['shape']}>
        <StatusShape status={statusMarks[row.status].mark} />
      </span>
      <Link params={{ service: row.name }} search={{}} to="/services/$service">
        {row.name}
      </Link>
      <span className={styles['facts']}>{facts.join(' · ')}</span>
    </span>
  );
}

function Version({ row, nowMs, zone }: { row: ServiceRow; nowMs: number; zone: Zone }): ReactNode {
  if (row.version === '') return <Missing why="The service sends no service.version" />;
  return (
    <span title={row.versionSince === null ? undefined : `First seen ${formatFull(row.versionSince, zone)}`}>
      {row.version}
      {row.versionSince !== null && <span className={styles['facts']}>{formatAgo(row.versionSince, nowMs, zone)}</span>}
    </span>
  );
}

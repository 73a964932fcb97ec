import type { ServiceRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Sparkline } from '../charts/sparkline.js';
import {
  formatAgo,
  formatChange,
  formatDuration,
  formatExact,
  formatFull,
  formatPercent,
  formatPoints,
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

/** The columns of the list of services. `nowMs` is what ages are counted from; `before` names the compared period, when there is one. */
export function serviceColumns(nowMs: number, zone: Zone, before?: string): readonly Column<ServiceRow>[] {
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
      unit: 'per second',
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
      unit: 'ratio',
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
    ...(before === undefined ? [] : comparedColumns(before)),
    {
      key: 'apdex',
      title: 'Apdex',
      hint: 'Share of satisfied requests, T = 250 ms',
      right: true,
      width: '72px',
      fromPx: 800,
      value: row => row.apdex,
      unit: 'ratio',
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

/** How much each service differs from the compared period. */
function comparedColumns(before: string): readonly Column<ServiceRow>[] {
  const nothing = <Missing why="No requests in the compared period" />;
  return [
    {
      key: 'errors-change',
      title: 'errors vs',
      hint: `Share of failed requests against ${before}, in points`,
      right: true,
      width: '84px',
      fromPx: 800,
      largestFirst: true,
      value: errorChange,
      cell: row => {
        const change = errorChange(row);
        return change === null ? nothing : <Changed difference={change} text={formatPoints(change)} />;
      },
    },
    {
      key: 'p95-change',
      title: 'p95 vs',
      hint: `p95 against ${before}`,
      right: true,
      width: '72px',
      largestFirst: true,
      value: p95Change,
      cell: row => {
        const change = p95Change(row);
        return change === null ? nothing : <Changed difference={change} text={formatChange(change)} />;
      },
    },
  ];
}

function errorChange({ errorRatio, before }: ServiceRow): number | null {
  const earlier = before?.errorRatio ?? null;
  return errorRatio === null || earlier === null ? null : errorRatio - earlier;
}

function p95Change({ p95Ms, before }: ServiceRow): number | null {
  const earlier = before?.p95Ms ?? null;
  return p95Ms === null || earlier === null || earlier === 0 ? null : p95Ms / earlier - 1;
}

const smallChange = 0.1;

/** More is worse, for errors as for durations; what hardly changed is neither. */
function Changed({ difference, text }: { readonly difference: number; readonly text: string }): ReactNode {
  const tone = difference > smallChange ? 'trouble' : difference < -smallChange ? 'good' : 'facts';
  return <span className={styles[tone]}>{text}</span>;
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
    unit: 'ms',
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

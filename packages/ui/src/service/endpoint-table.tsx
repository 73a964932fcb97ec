import type { EndpointRow, OverviewAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Sparkline } from '../charts/sparkline.js';
import { comparedName } from '../compared-name.js';
import { formatChange, formatDuration, formatExact, formatPercent, formatRate, formatShare } from '../format.js';
import { usePageRange } from '../page-range.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { writeTerm } from '../search/write-term.js';
import { troubleRatio } from '../services/service-status.js';
import { lengthInWords } from '../range-words.js';
import { latencyTone, splitOperation } from './chart-facts.js';
import styles from './service.module.css';

type EndpointTableProps = {
  readonly answer: OverviewAnswer;
  readonly rows: readonly EndpointRow[];
  /** The URL param of the sort; without it the rows stand as they come. */
  readonly sortParam?: string;
  readonly walks?: boolean;
};

const noRequests = 'No requests in this range';

/** What the service offers: each number leads to the traces behind it. */
export function EndpointTable({ answer, rows, sortParam, walks = false }: EndpointTableProps): ReactNode {
  const page = usePageRange();
  if (rows.length === 0) {
    return (
      <Empty title="No requests were handled in this range">
        <p>Endpoints are named by the spans that receive requests or messages.</p>
      </Empty>
    );
  }
  return (
    <div className={styles['table']}>
      <DataTable
        columns={columns(answer, lengthInWords(page.toMs - page.fromMs), comparedName(page))}
        label="Endpoints"
        rowKey={row => `${row.kind} ${row.operation}`}
        rows={rows}
        sortParam={sortParam}
        walks={walks}
      />
    </div>
  );
}

function columns(
  answer: OverviewAnswer,
  length: string,
  beforeName: string | undefined,
): readonly Column<EndpointRow>[] {
  const q = (row: EndpointRow): string => `${writeTerm('service', answer.service)} ${writeTerm('name', row.operation)}`;
  const slowMs = (answer.totals.p95Ms ?? Infinity) * 2;
  return [
    {
      key: 'operation',
      title: 'Endpoint',
      value: row => row.operation,
      cell: row => {
        const { method, name } = splitOperation(row.operation, row.kind);
        return (
          <>
            {method !== '' && <span className={`mono ${styles['method']}`}>{method}</span>}
            <Link className={styles['operation']} search={{ q: q(row) }} title="See its traces" to="/traces">
              {name}
            </Link>
          </>
        );
      },
    },
    {
      key: 'share',
      title: 'Share of time',
      hint: "Share of the service's total time",
      width: '120px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.timeShare,
      unit: 'ratio',
      cell: row => (
        <span className={`num ${styles['share']}`}>
          <span className={styles['bar']}>
            <span style={{ width: `${Math.min(row.timeShare * 100, 100)}%` }} />
          </span>
          {formatShare(row.timeShare)}
        </span>
      ),
    },
    {
      key: 'rate',
      title: 'Requests',
      right: true,
      width: '84px',
      largestFirst: true,
      value: row => row.requestsPerSecond,
      unit: 'per second',
      cell: row => (
        <Link
          className={styles['number']}
          search={{ q: q(row) }}
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
            className={row.errorRatio >= troubleRatio ? styles['trouble'] : styles['number']}
            search={{ q: `${q(row)} status:error` }}
            title={`${formatExact(row.errors)} failed: see their traces`}
            to="/traces"
          >
            {formatPercent(row.errorRatio)}
          </Link>
        ),
    },
    duration('p50', row => row.p50Ms, q, slowMs, 800),
    duration('p95', row => row.p95Ms, q, slowMs),
    duration('p99', row => row.p99Ms, q, Infinity, 800),
    {
      key: 'spark',
      title: `p95, ${length}`,
      width: '104px',
      fromPx: 600,
      cell: row => <Sparkline colour={(row.p95Change ?? 0) > 0.5 ? 2 : 'prev'} values={row.p95Spark} />,
    },
    ...(beforeName === undefined
      ? []
      : [
          {
            key: 'change',
            title: 'vs before',
            hint: `p95 against ${beforeName}`,
            right: true,
            width: '92px',
            largestFirst: true,
            value: (row: EndpointRow) => row.p95Change,
            unit: 'ratio',
            cell: (row: EndpointRow) =>
              row.p95Change === null ? (
                <Missing why="No requests in the compared period" />
              ) : (
                <span className={styles[latencyTone(row.p95Change)]}>{formatChange(row.p95Change)}</span>
              ),
          },
        ]),
  ];
}

function duration(
  title: 'p50' | 'p95' | 'p99',
  of: (row: EndpointRow) => number | null,
  q: (row: EndpointRow) => string,
  slowMs: number,
  fromPx?: 800,
): Column<EndpointRow> {
  return {
    key: title,
    title,
    right: true,
    width: '84px',
    largestFirst: true,
    ...(fromPx !== undefined && { fromPx }),
    value: of,
    unit: 'ms',
    cell: row => {
      const ms = of(row);
      if (ms === null) return <Missing why={noRequests} />;
      return (
        <Link
          className={ms >= slowMs ? styles['strong'] : styles['number']}
          search={{ q: q(row), sort: 'slowest' }}
          title="See the slowest traces"
          to="/traces"
        >
          {formatDuration(ms)}
        </Link>
      );
    },
  };
}

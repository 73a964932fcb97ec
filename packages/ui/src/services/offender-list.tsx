import type { OffenderRow, OffendersAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fetchOffenders } from '../api-client.js';
import { comparedName } from '../compared-name.js';
import { formatChange, formatDuration, formatExact, formatPercent, formatRate, formatShare } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { Missing } from '../parts/missing.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { writeTerm } from '../search/write-term.js';
import { addressTerms } from '../service/peer-terms.js';
import { troubleRatio } from './service-status.js';
import styles from './services.module.css';

/** Where the time of all services goes: their endpoints and what they call, by total time. */
export function OffenderList(): ReactNode {
  const page = usePageRange();
  const { params, compared } = page;
  const query = useQuery<OffendersAnswer>({
    queryKey: ['offenders', params.from, params.to, params.env ?? '', compared?.fromMs ?? 0, compared?.toMs ?? 0],
    queryFn: ({ signal }) => fetchOffenders({ ...params, cmpFrom: compared?.fromMs, cmpTo: compared?.toMs }, signal),
    placeholderData: keepPreviousData,
  });
  const before = comparedName(page);
  return (
    <Remote
      query={query}
      skeleton={
        <Card title="Endpoints">
          <Skeleton rows={10} />
        </Card>
      }
    >
      {({ endpoints, calls }) => (
        <div className={styles['offenders']}>
          <Offenders
            before={before}
            nothing="No requests were handled in this range"
            rows={endpoints}
            title="Endpoints"
          />
          <Offenders before={before} nothing="No calls were made in this range" rows={calls} title="Calls" />
        </div>
      )}
    </Remote>
  );
}

type OffendersProps = {
  readonly title: 'Endpoints' | 'Calls';
  readonly rows: readonly OffenderRow[];
  readonly before: string | undefined;
  readonly nothing: string;
};

function Offenders({ title, rows, before, nothing }: OffendersProps): ReactNode {
  return (
    <Card note="by total time" title={title}>
      {rows.length === 0 ? (
        <Empty title={nothing}>
          <LookFurtherBack />
        </Empty>
      ) : (
        <DataTable
          columns={columnsOf(title, before)}
          label={title}
          rowKey={row => `${row.service} ${row.kind} ${row.name} ${row.totalMs}`}
          rows={rows}
          sortParam={title === 'Endpoints' ? 'sort' : 'calls'}
          walks={title === 'Endpoints'}
        />
      )}
    </Card>
  );
}

function columnsOf(title: OffendersProps['title'], before: string | undefined): readonly Column<OffenderRow>[] {
  const q = (row: OffenderRow): string =>
    title === 'Endpoints'
      ? `${writeTerm('service', row.service)} ${writeTerm('name', row.name)}`
      : `${writeTerm('service', row.service)} kind:${row.kind} ${addressTerms(row.addresses, row.type)}`.trim();
  return [
    {
      key: 'name',
      title: title === 'Endpoints' ? 'Endpoint' : 'Called',
      value: row => row.name,
      cell: row => (
        <span className={styles['name']}>
          <Link search={{ q: q(row), sort: 'slowest' }} title="See its slowest traces" to="/traces">
            {row.name === '' ? 'Other' : row.name}
          </Link>
          <Link className={styles['of']} params={{ service: row.service }} search={{}} to="/services/$service">
            {row.service}
          </Link>
        </span>
      ),
    },
    {
      key: 'total',
      title: 'Total time',
      right: true,
      width: '92px',
      largestFirst: true,
      value: row => row.totalMs,
      unit: 'ms',
      cell: row => formatDuration(row.totalMs),
    },
    {
      key: 'share',
      title: 'Share',
      hint: title === 'Endpoints' ? 'Of the time of all endpoints' : 'Of the time of all calls',
      right: true,
      width: '64px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.timeShare,
      unit: 'ratio',
      cell: row => formatShare(row.timeShare),
    },
    {
      key: 'rate',
      title: title === 'Endpoints' ? 'Requests' : 'Calls',
      right: true,
      width: '88px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.requestsPerSecond,
      unit: 'per second',
      cell: row => (
        <Link search={{ q: q(row) }} title={`${formatExact(row.requests)}: see their traces`} to="/traces">
          {formatRate(row.requestsPerSecond)}
        </Link>
      ),
    },
    {
      key: 'errors',
      title: 'Errors',
      right: true,
      width: '72px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.errorRatio,
      unit: 'ratio',
      cell: row => (
        <Link
          className={(row.errorRatio ?? 0) >= troubleRatio ? styles['trouble'] : undefined}
          search={{ q: `${q(row)} status:error` }}
          title="See the failed traces"
          to="/traces"
        >
          {formatPercent(row.errorRatio)}
        </Link>
      ),
    },
    {
      key: 'p95',
      title: 'p95',
      right: true,
      width: '80px',
      largestFirst: true,
      value: row => row.p95Ms,
      unit: 'ms',
      cell: row => formatDuration(row.p95Ms),
    },
    ...(before === undefined
      ? []
      : [
          {
            key: 'change',
            title: 'vs before',
            hint: `Total time against ${before}`,
            right: true,
            width: '88px',
            largestFirst: true,
            value: (row: OffenderRow) => row.totalChange,
            unit: 'ratio',
            cell: (row: OffenderRow) =>
              row.totalChange === null ? (
                <Missing why="Nothing in the compared period" />
              ) : (
                formatChange(row.totalChange)
              ),
          },
        ]),
  ];
}

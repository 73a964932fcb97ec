import type { ExternalAnswer, VendorOperation, VendorRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import { changeColumn, errorColumn, rateColumn, ShareBar, timeColumn } from '../calls/call-columns.js';
import styles from '../calls/calls.module.css';
import { Sparkline } from '../charts/sparkline.js';
import { formatCount, formatDuration, formatNumber, formatPercent, formatScore, formatShare } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { writeTerm } from '../search/write-term.js';
import { peerTerms } from '../service/peer-terms.js';

const vendorTerms = (row: VendorRow): string => peerTerms(row.name, 'http');

const operationTerms = (row: VendorOperation): string =>
  `${peerTerms(row.vendor, 'http')} ${writeTerm('name', row.operation)}`;

const notLooked = 'No call of it is stored';

/** The columns of the list of services of others. */
export function vendorColumns(beforeName: string | undefined): readonly Column<VendorRow>[] {
  return [
    {
      key: 'vendor',
      title: 'Service',
      value: row => row.name,
      cell: row => (
        <span className={styles['name']}>
          <Link search={{ q: vendorTerms(row) }} title="See the traces that call it" to="/traces">
            {row.name}
          </Link>
          <span className={styles['sub']}>{row.services.join(', ')}</span>
        </span>
      ),
    },
    {
      key: 'share',
      title: 'Our time',
      hint: 'Of the time that the calling services take for their requests',
      width: '112px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.share,
      unit: 'ratio',
      cell: row =>
        row.share === null ? (
          <Missing why="The callers handle no requests" />
        ) : (
          <span title={formatShare(row.share)}>
            <ShareBar share={row.share} />
          </span>
        ),
    },
    rateColumn<VendorRow>(vendorTerms),
    timeColumn<VendorRow>('p50', vendorTerms, 800),
    timeColumn<VendorRow>('p95', vendorTerms),
    errorColumn<VendorRow>(vendorTerms),
    {
      key: 'timeouts',
      title: 'Timeouts',
      hint: 'Of the calls that were looked at',
      right: true,
      width: '80px',
      fromPx: 800,
      largestFirst: true,
      value: row => row.timeoutRatio,
      unit: 'ratio',
      cell: row =>
        row.timeoutRatio === null ? (
          <Missing why={notLooked} />
        ) : (
          <span className={row.timeoutRatio >= 0.01 ? styles['trouble'] : undefined}>
            {formatPercent(row.timeoutRatio)}
          </span>
        ),
    },
    {
      key: 'retries',
      title: 'Retries per call',
      hint: 'How often a call was made again, on average: 0.50 is every second one',
      right: true,
      width: '112px',
      fromPx: 800,
      largestFirst: true,
      value: row => row.retriesPerCall,
      unit: '',
      cell: row => (row.retriesPerCall === null ? <Missing why={notLooked} /> : formatScore(row.retriesPerCall)),
    },
    {
      key: 'spark',
      title: 'Trend',
      hint: 'Time taken, over the range',
      width: '96px',
      fromPx: 1000,
      cell: row => <Sparkline values={row.spark} />,
    },
    ...(beforeName === undefined ? [] : [changeColumn<VendorRow>(beforeName, row => row.p95Change)]),
  ];
}

/** The columns of what is done with them. */
export function operationColumns(beforeName: string | undefined): readonly Column<VendorOperation>[] {
  return [
    {
      key: 'operation',
      title: 'Operation',
      value: row => row.operation,
      cell: row => (
        <span className={styles['name']}>
          <Link className="mono" search={{ q: operationTerms(row) }} title="See its traces" to="/traces">
            {row.operation}
          </Link>
          <span className={styles['sub']}>
            {row.vendor} · {row.services.join(', ')}
          </span>
        </span>
      ),
    },
    rateColumn<VendorOperation>(operationTerms),
    timeColumn<VendorOperation>('mean', operationTerms, 800),
    timeColumn<VendorOperation>('p95', operationTerms),
    errorColumn<VendorOperation>(operationTerms),
    ...(beforeName === undefined ? [] : [changeColumn<VendorOperation>(beforeName, row => row.p95Change)]),
  ];
}

type Caller = ExternalAnswer['callers'][number];

/** The columns of our requests that call them. */
export const callerColumns: readonly Column<Caller>[] = [
  {
    key: 'caller',
    title: 'Request of ours',
    cell: row => (
      <span className={styles['name']}>
        {row.operation === '' ? (
          <span>Outside of a request</span>
        ) : (
          <Link
            search={{ q: `${writeTerm('service', row.service)} ${writeTerm('name', row.operation)}` }}
            title="See its traces"
            to="/traces"
          >
            {row.operation}
          </Link>
        )}
        <span className={styles['sub']}>
          {row.service} calls {row.vendor}
        </span>
      </span>
    ),
  },
  { key: 'calls', title: 'Calls', right: true, width: '72px', cell: row => formatCount(row.calls) },
  {
    key: 'each',
    title: 'Per request',
    right: true,
    width: '92px',
    cell: row => `${formatNumber(row.calls / Math.max(row.requests, 1))}×`,
  },
  { key: 'mean', title: 'Mean', right: true, width: '80px', cell: row => formatDuration(row.meanMs) },
];

type Failure = ExternalAnswer['failures'][number];

/** The columns of how calls failed. */
export const failureColumns: readonly Column<Failure>[] = [
  {
    key: 'reason',
    title: 'Failed with',
    cell: row => (
      <span className={styles['name']}>
        <Link
          className="mono"
          params={{ traceId: row.traceId }}
          search={{}}
          title="See a trace of it"
          to="/traces/$traceId"
        >
          {row.reason === '' ? 'no reason told' : row.reason}
        </Link>
        <span className={styles['sub']}>{row.vendor}</span>
      </span>
    ),
  },
  { key: 'calls', title: 'Calls', right: true, width: '80px', cell: row => formatCount(row.calls) },
];

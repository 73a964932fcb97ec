import type { StatusAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatAgo, formatCount, formatDuration, formatExact } from '../format.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { useArrivals, useLedger } from './data-queries.js';
import styles from './data.module.css';
import { DiskPanel } from './disk-panel.js';
import { LedgerPanel } from './ledger-panel.js';
import { RefusalPanel } from './refusal-panel.js';
import { TargetPanel } from './target-panel.js';
import { SeriesPanel } from './series-panel.js';

/** What came in, from whom, what was refused and why, what it takes on disk, and which metrics have too many series. */
export function DataPage(): ReactNode {
  const query = useArrivals();
  const ledger = useLedger();
  return (
    <Page title="Data">
      <div className={styles['panels']}>
        <Remote
          query={ledger}
          skeleton={
            <Card title="What came in">
              <Skeleton rows={6} />
            </Card>
          }
        >
          {answer => (
            <div className={styles['panels']}>
              <LedgerPanel ledger={answer} />
              <RefusalPanel ledger={answer} />
            </div>
          )}
        </Remote>
        <Remote
          query={query}
          skeleton={
            <Card title="Senders">
              <Skeleton rows={10} />
            </Card>
          }
        >
          {status => (
            <div className={styles['panels']}>
              <SenderPanel status={status} />
              <TargetPanel status={status} />
              <DiskPanel disk={status.disk} />
            </div>
          )}
        </Remote>
        <SeriesPanel />
      </div>
    </Page>
  );
}

type Sender = StatusAnswer['senders'][number];

/** A clock that is further off is shown as a fault. */
const maxSkewMs = 5000;

function SenderPanel({ status: { senders, nowMs } }: { status: StatusAnswer }): ReactNode {
  return (
    <Card note="since the receiver started" title="Senders">
      {senders.length === 0 ? (
        <Empty title="Nobody has sent anything since the receiver started" />
      ) : (
        <DataTable
          columns={senderColumns(nowMs)}
          label="Senders"
          rowKey={row => `${row.protocol} ${row.service} ${row.userAgent}`}
          rows={senders}
          sortParam="sort"
          walks
        />
      )}
    </Card>
  );
}

function Clock({ skewMs }: { skewMs: number | null }): ReactNode {
  if (skewMs === null) return <Missing why="What it sends carries no time" />;
  if (Math.abs(skewMs) <= maxSkewMs) return 'right';
  return (
    <span className={styles['trouble']} title="Set both clocks by NTP, or it sends late">
      {formatDuration(Math.abs(skewMs))} {skewMs < 0 ? 'behind' : 'ahead'}
    </span>
  );
}

function senderColumns(nowMs: number): readonly Column<Sender>[] {
  return [
    {
      key: 'service',
      title: 'Service',
      value: row => row.service,
      cell: row => row.service || <Missing why="It does not say its service.name" />,
    },
    { key: 'protocol', title: 'Protocol', width: '170px', value: row => row.protocol, cell: row => row.protocol },
    {
      key: 'agent',
      title: 'Program',
      width: '260px',
      fromPx: 800,
      value: row => row.userAgent,
      cell: row => (row.userAgent === '' ? <Missing why="It does not say what it is" /> : row.userAgent),
    },
    {
      key: 'items',
      title: 'Items',
      hint: 'Spans, log records, data points and files since the receiver started',
      right: true,
      width: '90px',
      largestFirst: true,
      value: row => row.items,
      unit: '',
      cell: row => <span title={formatExact(row.items)}>{formatCount(row.items)}</span>,
    },
    {
      key: 'clock',
      title: 'Clock',
      hint: 'Its newest time less ours when it came',
      right: true,
      width: '110px',
      fromPx: 600,
      value: row => Math.abs(row.clockSkewMs ?? 0),
      cell: row => <Clock skewMs={row.clockSkewMs} />,
    },
    {
      key: 'last',
      title: 'Last',
      right: true,
      width: '90px',
      largestFirst: true,
      value: row => row.lastSeen,
      unit: 'time',
      cell: row => formatAgo(row.lastSeen, nowMs),
    },
  ];
}

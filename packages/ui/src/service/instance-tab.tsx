import type { InstanceRow, OverviewAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatFull,
  formatCores,
  formatPercent,
  formatRate,
  type Zone,
} from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import { useRuntime } from './runtime-query.js';
import styles from './service.module.css';

/** Where the service runs: what each instance does and takes, and which stands out. */
export function InstanceTab({ answer }: { answer: OverviewAnswer }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const query = useRuntime(answer.service);
  return (
    <Remote
      query={query}
      skeleton={
        <Card title="Instances">
          <Skeleton rows={Math.max(answer.instancesSeen.length, 3)} />
        </Card>
      }
    >
      {({ instances }) => (
        <Card note="seen in the last hour of the range" title="Instances">
          {instances.length === 0 ? (
            <Empty title="No instance was seen">
              <p>Instances are told apart by service.instance.id, else by host.name.</p>
            </Empty>
          ) : (
            <DataTable
              columns={columns(instances.length, nowMs, zone)}
              label="Instances"
              rowKey={row => row.instance}
              rowPx={46}
              rows={instances}
              sortParam="sort"
              walks
            />
          )}
        </Card>
      )}
    </Remote>
  );
}

function figure(
  key: string,
  title: string,
  hint: string,
  of: (row: InstanceRow) => number | null,
  format: (value: number | null) => string,
  fromPx?: 600 | 800 | 1000,
): Column<InstanceRow> {
  return {
    key,
    title,
    hint,
    right: true,
    width: '84px',
    ...(fromPx !== undefined && { fromPx }),
    largestFirst: true,
    value: of,
    cell: row => (of(row) === null ? <Missing why="It does not tell" /> : format(of(row))),
  };
}

function columns(count: number, nowMs: number, zone: Zone): readonly Column<InstanceRow>[] {
  return [
    {
      key: 'instance',
      title: 'Instance',
      value: row => row.instance,
      cell: row => (
        <span className={styles['two']}>
          <span className="mono">{row.instance}</span>
          <span className={styles['sub']} title={row.host}>
            {[row.host, row.version].filter(text => text !== '').join(', ')}
          </span>
        </span>
      ),
    },
    {
      key: 'outlier',
      title: 'Against others',
      width: '132px',
      value: row => (row.outlier === '' ? 1 : 0),
      cell: row =>
        count === 1 ? (
          <Missing why="It is the only instance" />
        ) : row.outlier === '' ? (
          <span className={styles['flat']}>like the others</span>
        ) : (
          <span title={row.outlier}>
            <StatusMark status="warn" word="Stands out" />
          </span>
        ),
    },
    figure('rate', 'Requests', 'Per second, from the spans that are stored', row => row.requestsPerSecond, formatRate),
    figure('errors', 'Errors', 'Share of requests that failed', row => row.errorRatio, formatPercent, 600),
    figure('p95', 'p95', '19 of 20 requests took at most this long', row => row.p95Ms, formatDuration),
    figure('cpu', 'CPU, cores', 'In use', row => row.cpu, formatCores, 600),
    figure('memory', 'Memory', 'In RAM', row => row.memoryBytes, formatBytes, 600),
    figure('heap', 'Heap', 'In use, of where Node ends the process', row => row.heapShare, formatPercent, 800),
    figure('loop', 'Loop', 'How busy the event loop was', row => row.loopUtilization, formatPercent, 800),
    figure(
      'uptime',
      'Uptime',
      'Since it was started',
      row => row.uptimeSeconds,
      seconds => formatDuration(seconds === null ? null : seconds * 1000),
      800,
    ),
    {
      key: 'seen',
      title: 'Last seen',
      right: true,
      width: '108px',
      fromPx: 1000,
      largestFirst: true,
      value: row => row.lastSeen,
      unit: 'time',
      cell: row => <span title={formatFull(row.lastSeen, zone)}>{formatAgo(row.lastSeen, nowMs, zone)}</span>,
    },
  ];
}

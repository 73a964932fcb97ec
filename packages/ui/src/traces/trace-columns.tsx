import type { TraceRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatClockMs, formatCount, formatDay, formatDuration, formatFull, nsToMs, type Zone } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { StatusMark } from '../parts/status-mark.js';
import styles from './traces-page.module.css';

type Shown = {
  readonly zone: Zone;
  readonly nowMs: number;
  /** Of the traces in the list: the bars are drawn against it. */
  readonly slowestMs: number;
  readonly onFollow: () => void;
};

/** The columns of the list of traces. The server sorts it, so no heading does. */
export function traceColumns({ zone, nowMs, slowestMs, onFollow }: Shown): readonly Column<TraceRow>[] {
  return [
    {
      key: 'time',
      title: 'Time',
      width: '112px',
      value: row => nsToMs(row.startNs),
      unit: 'time',
      cell: row => <Started row={row} zone={zone} nowMs={nowMs} />,
    },
    { key: 'root', title: 'Root', cell: row => <Root row={row} onFollow={onFollow} /> },
    {
      key: 'duration',
      title: 'Duration',
      value: row => row.durationMs,
      unit: 'ms',
      width: '24%',
      cell: row => (
        <div className={`${styles.duration} num`}>
          <b>{formatDuration(row.durationMs)}</b>
          <span className={styles.track} aria-hidden="true">
            <i style={{ width: `${slowestMs === 0 ? 0 : (row.durationMs / slowestMs) * 100}%` }} />
          </span>
        </div>
      ),
    },
    {
      key: 'spans',
      title: 'Spans',
      value: row => row.spanCount,
      unit: '',
      right: true,
      width: '64px',
      fromPx: 600,
      cell: row => formatCount(row.spanCount),
    },
    {
      key: 'errors',
      title: 'Errors',
      value: row => row.errorCount,
      unit: '',
      right: true,
      width: '64px',
      fromPx: 600,
      cell: row => (
        <span className={row.errorCount > 0 ? styles.failed : styles.none}>{formatCount(row.errorCount)}</span>
      ),
    },
    {
      key: 'services',
      title: 'Services',
      width: '72px',
      right: true,
      fromPx: 800,
      cell: row => <span title={row.services.join(', ')}>{row.services.length}</span>,
    },
    {
      key: 'tenant',
      title: 'Tenant',
      width: '150px',
      fromPx: 1000,
      cell: row => <span className={styles.services}>{row.tenantId}</span>,
    },
  ];
}

function Started({
  row,
  zone,
  nowMs,
}: {
  readonly row: TraceRow;
  readonly zone: Zone;
  readonly nowMs: number;
}): ReactNode {
  const startMs = nsToMs(row.startNs);
  const today = formatDay(startMs, zone) === formatDay(nowMs, zone);
  return (
    <span className={styles.time} title={formatFull(startMs, zone)}>
      {today ? '' : `${formatDay(startMs, zone)}, `}
      {formatClockMs(startMs, zone)}
    </span>
  );
}

function Root({ row, onFollow }: { readonly row: TraceRow; readonly onFollow: () => void }): ReactNode {
  const failed = row.httpStatus.startsWith('5') || row.errorCount > 0;
  return (
    <div className={styles.root}>
      {failed ? (
        <StatusMark status="crit" look="shape" word={row.httpStatus === '' ? 'Error' : row.httpStatus} />
      ) : (
        <StatusMark status="ok" look="shape" word={row.httpStatus === '' ? 'OK' : row.httpStatus} />
      )}
      <span className={styles.service}>{row.rootService}</span>
      <Link
        className={styles.name}
        onClick={onFollow}
        params={{ traceId: row.traceId }}
        search={{}}
        title={row.rootName}
        to="/traces/$traceId"
      >
        {row.rootName}
      </Link>
      {!row.hasRoot && (
        <span className={styles.noRoot} title="The root span is not here (yet); the earliest span stands for it">
          no root
        </span>
      )}
    </div>
  );
}

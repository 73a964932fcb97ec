import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ExemplarPoint } from '../charts/exemplars.js';
import { formatClockMs } from '../format.js';
import { usePageRange } from '../page-range.js';
import { DataTable, type Column } from '../parts/data-table.js';
import styles from './result.module.css';

type ExemplarListProps = { readonly exemplars: readonly ExemplarPoint[]; format(value: number | null): string };

/** The diamonds of the chart as rows, the largest value first: the way to their traces by keyboard. */
export function ExemplarList({ exemplars, format }: ExemplarListProps): ReactNode {
  const { zone } = usePageRange();
  if (exemplars.length === 0) return undefined;
  const columns: readonly Column<ExemplarPoint>[] = [
    { key: 'time', title: 'Exemplar at', width: '160px', cell: row => formatClockMs(row.timeMs, zone) },
    { key: 'value', title: 'Value', width: '120px', right: true, cell: row => format(row.value) },
    { key: 'trace', title: 'Trace', cell: traceCell },
  ];
  return (
    <div className={styles['exemplars']}>
      <DataTable
        columns={columns}
        label="Exemplars"
        rowKey={row => `${row.traceId} ${row.spanId ?? ''} ${row.timeMs}`}
        rows={exemplars.toSorted((a, b) => b.value - a.value)}
      />
    </div>
  );
}

function traceCell({ traceId, spanId }: ExemplarPoint): ReactNode {
  return (
    <Link className="link mono" params={{ traceId }} search={{ span: spanId }} to="/traces/$traceId">
      {traceId}
    </Link>
  );
}

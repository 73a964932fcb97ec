import type { LedgerAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatAgo, formatCount, formatExact } from '../format.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import styles from './data.module.css';

type Refusal = LedgerAnswer['rejections'][number];

/** What was refused lately, why, what to change where it comes from, and how such a request begins. */
export function RefusalPanel({ ledger: { rejections, nowMs } }: { ledger: LedgerAnswer }): ReactNode {
  return (
    <Card note="the latest, one row per reason and sender" title="Refused">
      {rejections.length === 0 ? (
        <Empty title="Nothing was refused since the receiver started" />
      ) : (
        <DataTable
          columns={refusalColumns(nowMs)}
          label="Refused"
          rowKey={row => `${row.protocol} ${row.reason} ${row.sender}`}
          rowPx={52}
          rows={rejections}
        />
      )}
    </Card>
  );
}

function refusalColumns(nowMs: number): readonly Column<Refusal>[] {
  return [
    {
      key: 'reason',
      title: 'Why, and what to change',
      cell: row => (
        <div className={styles['why']}>
          <b>{row.reason}</b>
          <span>{row.remedy}</span>
          {row.example !== '' && (
            <code title="How such a request begins, without what looks secret or personal">{row.example}</code>
          )}
        </div>
      ),
    },
    { key: 'protocol', title: 'Protocol', width: '170px', fromPx: 600, cell: row => row.protocol },
    { key: 'sender', title: 'From', width: '220px', fromPx: 800, cell: row => row.sender },
    {
      key: 'count',
      title: 'Times',
      right: true,
      width: '80px',
      cell: row => <span title={formatExact(row.count)}>{formatCount(row.count)}</span>,
    },
    { key: 'last', title: 'Last', right: true, width: '90px', cell: row => formatAgo(row.at, nowMs) },
  ];
}

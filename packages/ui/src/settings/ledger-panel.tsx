import type { LedgerAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatCount, formatDateTime, formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import styles from './data.module.css';
import { itemsOf, lostOf, totalRow, type LedgerRow } from './ledger-sums.js';

/** What came in and what became of it: a row per protocol, signal and key, and their sum. */
export function LedgerPanel({ ledger }: { ledger: LedgerAnswer }): ReactNode {
  const { zone } = usePageRange();
  const { rows, since, nowMs } = ledger;
  const isMany = rows.length > 1;
  return (
    <Card
      note={since === null ? undefined : `items as they were sent, since ${formatDateTime(since, zone, nowMs)}`}
      title="What came in"
    >
      {rows.length === 0 ? (
        <Empty title="Nothing has come in yet" />
      ) : (
        <>
          <DataTable
            columns={columns}
            label="What came in"
            rowKey={row => `${row.protocol} ${row.signal} ${row.key}`}
            rows={isMany ? [...rows, totalRow(rows)] : rows}
          />
          <Losses rows={rows} />
        </>
      )}
    </Card>
  );
}

const columns: readonly Column<LedgerRow>[] = [
  {
    key: 'protocol',
    title: 'Protocol',
    cell: row => (row.signal === 'all' ? <b className={styles['total']}>All</b> : row.protocol),
  },
  { key: 'signal', title: 'Signal', width: '90px', cell: row => (row.signal === 'all' ? '' : row.signal) },
  { key: 'key', title: 'Key', width: '120px', fromPx: 1000, cell: row => row.key },
  amount('received', 'Received', row => row.received),
  amount('stored', 'Stored', row => row.stored, 600),
  amount('pending', 'Pending', row => row.pending, 800, 'On their way into the store'),
  amount('duplicate', 'Duplicate', row => row.duplicate, 800, 'Came again after they were kept; kept once'),
  amount('sampledOut', 'Sampled out', row => row.sampledOut, 1000, 'Left out by tail sampling; counted in every rate'),
  amount('refused', 'Refused', row => itemsOf(row.refused), undefined, 'The sender was told that they are not kept'),
  amount('dropped', 'Dropped', row => itemsOf(row.dropped), 600, 'We had said that they are kept'),
];

function amount(
  key: string,
  title: string,
  of: (row: LedgerRow) => number,
  fromPx?: 600 | 800 | 1000,
  hint?: string,
): Column<LedgerRow> {
  const isLoss = key === 'refused' || key === 'dropped';
  return {
    key,
    title,
    right: true,
    width: key === 'sampledOut' ? '100px' : '86px',
    ...(fromPx !== undefined && { fromPx }),
    ...(hint !== undefined && { hint }),
    cell: row => (
      <span className={isLoss && of(row) > 0 ? styles['trouble'] : undefined} title={formatExact(of(row))}>
        {formatCount(of(row))}
      </span>
    ),
  };
}

/** Why items are missing, in words; also what senders say they lost themselves. */
function Losses({ rows }: { rows: LedgerAnswer['rows'] }): ReactNode {
  const losses = lostOf(rows);
  if (losses.length === 0) return <p className={styles['note']}>Every item is accounted for, and none was lost.</p>;
  return (
    <ul className={styles['losses']}>
      {losses.map(({ what, reason, protocol, signal, items }) => (
        <li key={`${what} ${reason} ${protocol} ${signal}`}>
          <b>{formatExact(items)}</b> {signal} by {protocol} {what}: {reason.replaceAll('-', ' ')}
        </li>
      ))}
    </ul>
  );
}

import type { DatabasesAnswer, PoolRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from '../calls/calls.module.css';
import { formatCount, formatDuration, formatNumber, formatShare } from '../format.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { StatusMark } from '../parts/status-mark.js';

const nearFull = 0.9;

/** How a pool is: who waits, or gave up, says more than how full it is. */
function poolState({ peak, pending, timeouts }: PoolRow): {
  readonly mark: 'crit' | 'warn' | 'ok';
  readonly word: string;
} {
  if ((timeouts ?? 0) > 0) return { mark: 'crit', word: 'Timeouts' };
  if ((pending ?? 0) > 0) return { mark: 'warn', word: 'Waiting' };
  if ((peak ?? 0) >= nearFull) return { mark: 'warn', word: 'Was full' };
  return { mark: 'ok', word: 'Healthy' };
}

const columns: readonly Column<PoolRow>[] = [
  {
    key: 'pool',
    title: 'Pool',
    cell: row => (
      <span className={styles['name']}>
        <Link
          className="mono"
          search={{
            q: `db_client_connection_count{job=${JSON.stringify(row.service)}, db_client_connection_pool_name=${JSON.stringify(row.pool)}}`,
          }}
          title={`${row.pool}: see its course`}
          to="/metrics"
        >
          {row.pool}
        </Link>
        <span className={styles['sub']} title={row.instance}>
          {row.service}
        </span>
      </span>
    ),
  },
  {
    key: 'state',
    title: 'State',
    width: '96px',
    cell: row => {
      const { mark, word } = poolState(row);
      return <StatusMark status={mark} word={word} />;
    },
  },
  {
    key: 'used',
    title: 'In use',
    hint: 'Of how many there may be',
    right: true,
    width: '72px',
    cell: row => (row.max === null ? formatNumber(row.used) : `${formatNumber(row.used)} / ${formatNumber(row.max)}`),
  },
  {
    key: 'peak',
    title: 'Peak',
    hint: 'Most in use at once in this range, of the limit',
    right: true,
    width: '60px',
    fromPx: 600,
    cell: row => (row.peak === null ? <Missing why="The pool tells no limit" /> : formatShare(row.peak)),
  },
  {
    key: 'wait',
    title: 'Wait p95',
    hint: 'Time until a connection was there',
    right: true,
    width: '76px',
    cell: row =>
      row.waitP95Ms === null ? <Missing why="Nobody asked for a connection" /> : formatDuration(row.waitP95Ms),
  },
  {
    key: 'timeouts',
    title: 'Timeouts',
    hint: 'Times that nobody got one in time',
    right: true,
    width: '76px',
    fromPx: 600,
    cell: row => (
      <span className={(row.timeouts ?? 0) > 0 ? styles['trouble'] : undefined}>{formatCount(row.timeouts ?? 0)}</span>
    ),
  },
];

/** Connection pools of each process, fullest first. */
export function PoolPanel({ answer }: { readonly answer: DatabasesAnswer }): ReactNode {
  return (
    <Card note="fullest first" title="Connection pools">
      {answer.pools.length === 0 ? (
        <Empty title="No pool was told">
          <p>They come from the metrics db.client.connection.*, which the SDK sends by itself.</p>
        </Empty>
      ) : (
        <DataTable
          columns={columns}
          label="Connection pools"
          rowKey={row => `${row.service} ${row.instance} ${row.pool}`}
          rowPx={46}
          rows={answer.pools}
        />
      )}
    </Card>
  );
}

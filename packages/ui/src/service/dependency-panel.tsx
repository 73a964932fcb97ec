import type { DependencyRow, OverviewAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatChange, formatDuration, formatPercent, formatRate } from '../format.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { writeTerm } from '../search/write-term.js';
import { troubleRatio } from '../services/service-status.js';
import { latencyTone, splitPeer } from './chart-facts.js';
import { addressTerms } from './peer-terms.js';
import styles from './service.module.css';

const shown = 6;

/** What the service calls, by time spent. */
export function DependencyPanel({ answer }: { answer: OverviewAnswer }): ReactNode {
  const rows = answer.dependencies.slice(0, shown);
  return (
    <Card
      note={answer.dependencies.length > rows.length ? `${rows.length} of ${answer.dependencies.length}` : undefined}
      title="Dependencies"
    >
      {rows.length === 0 ? (
        <Empty title="No calls to other systems in this range">
          <p>They are read from client and producer spans.</p>
        </Empty>
      ) : (
        <div className={styles['table']}>
          <DataTable
            columns={columns(answer.service)}
            label="Dependencies"
            rowKey={row => `${row.type} ${row.peer}`}
            rowPx={44}
            rows={rows}
          />
        </div>
      )}
    </Card>
  );
}

function columns(service: string): readonly Column<DependencyRow>[] {
  const q = (row: DependencyRow): string => `${writeTerm('service', service)} ${addressTerms(row.addresses, row.type)}`;
  return [
    {
      key: 'peer',
      title: 'Called',
      cell: row => {
        const { title, below } = splitPeer(row.peer, row.type);
        return (
          <span>
            <Link className={styles['title']} search={{ q: q(row) }} title="See the traces that call it" to="/traces">
              {title}
            </Link>
            <span className={styles['sub']}>{below}</span>
          </span>
        );
      },
    },
    {
      key: 'rate',
      title: 'Calls',
      right: true,
      width: '76px',
      cell: row => formatRate(row.callsPerSecond),
    },
    {
      key: 'errors',
      title: 'Errors',
      right: true,
      width: '72px',
      cell: row =>
        row.errorRatio === null ? (
          <Missing why="No calls in this range" />
        ) : (
          <Link
            className={row.errorRatio >= troubleRatio ? styles['trouble'] : styles['number']}
            search={{ q: `${q(row)} status:error` }}
            title="See the failed calls"
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
      width: '84px',
      cell: row => (
        <>
          <Link
            className={styles['number']}
            search={{ q: q(row), sort: 'slowest' }}
            title="See the slowest"
            to="/traces"
          >
            {formatDuration(row.p95Ms)}
          </Link>
          {row.p95Change !== null && (
            <span className={`${styles['sub']} ${styles[latencyTone(row.p95Change)]}`}>
              {formatChange(row.p95Change)}
            </span>
          )}
        </>
      ),
    },
  ];
}

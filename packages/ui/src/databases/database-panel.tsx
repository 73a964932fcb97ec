import type { DatabaseRow, DatabasesAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { errorColumn, rateColumn, shareColumn, timeColumn } from '../calls/call-columns.js';
import styles from '../calls/calls.module.css';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { peerTerms } from '../service/peer-terms.js';
import { useUrlState } from '../url-state.js';
import { databaseTitle } from './database-names.js';

const terms = (row: DatabaseRow): string => peerTerms(row.name, 'db');

const columns: readonly Column<DatabaseRow>[] = [
  {
    key: 'database',
    title: 'Database',
    cell: row => (
      <span className={styles['name']}>
        <b>{databaseTitle(row)}</b>
        <span className={styles['sub']} title={row.services.join(', ')}>
          {row.services.join(', ')}
        </span>
      </span>
    ),
  },
  shareColumn<DatabaseRow>('Share of time', 'Of the time that all databases took', row => row.share, 600),
  rateColumn<DatabaseRow>(terms),
  timeColumn<DatabaseRow>('p95', terms),
  errorColumn<DatabaseRow>(terms),
];

/** Each database with who asks it. */
export function DatabasePanel({ answer }: { readonly answer: DatabasesAnswer }): ReactNode {
  const { get, set } = useUrlState();
  return (
    <Card note="a click shows its queries" title="Databases">
      {answer.databases.length === 0 ? (
        <Empty title="No queries in this range" />
      ) : (
        <DataTable
          columns={columns}
          label="Databases"
          onOpen={row => set({ db: get('db') === row.name ? undefined : row.name })}
          rowKey={row => row.name}
          rowPx={46}
          rows={answer.databases}
          selectedKey={get('db')}
        />
      )}
    </Card>
  );
}

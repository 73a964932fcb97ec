import type { CollectionRow, DatabasesAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount, formatCounted, formatExact } from '../format.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { databaseTitle } from './database-names.js';

const columns: readonly Column<CollectionRow>[] = [
  {
    key: 'collection',
    title: 'Collection',
    value: row => row.collection,
    cell: row => (
      <Link
        className="mono"
        search={{ q: `max(db_collection_rows{db_collection_name=${JSON.stringify(row.collection)}})` }}
        title="See its course"
        to="/metrics"
      >
        {row.collection}
      </Link>
    ),
  },
  { key: 'database', title: 'Database', width: '30%', fromPx: 600, cell: row => databaseTitle(row) },
  {
    key: 'rows',
    title: 'Rows',
    hint: "The database's own estimate",
    right: true,
    width: '110px',
    largestFirst: true,
    value: row => row.rows,
    unit: '',
    cell: row => <span title={formatExact(row.rows)}>{formatCount(row.rows)}</span>,
  },
  {
    key: 'grown',
    title: 'Grown',
    hint: 'Since the start of the range',
    right: true,
    width: '110px',
    largestFirst: true,
    value: row => row.grown,
    unit: '',
    cell: row =>
      row.grown === null ? (
        <Missing why="It was not told at the start of the range" />
      ) : (
        `${row.grown > 0 ? '+' : ''}${formatCount(row.grown)}`
      ),
  },
];

/** Tables and collections with how much is in them, where the SDK was asked to count. */
export function CollectionPanel({ answer }: { readonly answer: DatabasesAnswer }): ReactNode {
  if (answer.collections.length === 0) return undefined;
  const rows = answer.collectionTotals.reduce((sum, total) => sum + total.rows, 0);
  const count = answer.collectionTotals.reduce((sum, total) => sum + total.collections, 0);
  return (
    <Card
      note={`${formatCounted(count, 'collection', 'collections')}, ${formatCounted(rows, 'row', 'rows')}`}
      title="Collections"
    >
      <DataTable
        columns={columns}
        label="Collections"
        rowKey={row => `${row.system} ${row.namespace} ${row.collection}`}
        rows={answer.collections}
        sortParam="csort"
      />
    </Card>
  );
}

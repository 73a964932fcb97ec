import type { QueryRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import { changeColumn, errorColumn, rateColumn, shareColumn, timeColumn } from '../calls/call-columns.js';
import styles from '../calls/calls.module.css';
import { Sparkline } from '../charts/sparkline.js';
import { formatNumber } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { databaseTitle, queryTerms } from './database-names.js';

/** `postgresql shop` as it is read. */
function titleOf(database: string): string {
  const [system = '', ...rest] = database.split(' ');
  return databaseTitle({ system, namespace: rest.join(' ') });
}

/** The columns of the list of queries; `beforeName` is the compared period. */
export function queryColumns(beforeName: string | undefined, namesDatabase: boolean): readonly Column<QueryRow>[] {
  return [
    {
      key: 'query',
      title: 'Query',
      value: row => row.summary,
      cell: row => (
        <span className={styles['name']}>
          <Link
            className="mono"
            params={{ name: row.database, hash: row.hash }}
            search={{}}
            title={row.summary}
            to="/databases/$name/queries/$hash"
          >
            {row.summary}
          </Link>
          <span className={styles['sub']}>
            {namesDatabase && `${titleOf(row.database)} · `}
            {row.services.join(', ')}
          </span>
        </span>
      ),
    },
    shareColumn<QueryRow>('Share of time', 'Of the time that the databases shown took', row => row.share, 600),
    rateColumn<QueryRow>(queryTerms),
    timeColumn<QueryRow>('mean', queryTerms, 600),
    timeColumn<QueryRow>('p95', queryTerms),
    {
      key: 'rows',
      title: 'Rows',
      hint: 'Rows of an answer, on the average',
      right: true,
      width: '72px',
      fromPx: 800,
      largestFirst: true,
      value: row => row.rowsPerCall,
      unit: '',
      cell: row =>
        row.rowsPerCall === null ? <Missing why="Its sender does not count rows" /> : formatNumber(row.rowsPerCall),
    },
    errorColumn<QueryRow>(queryTerms),
    {
      key: 'spark',
      title: 'Trend',
      hint: 'Time taken, over the range',
      width: '96px',
      fromPx: 800,
      cell: row => <Sparkline values={row.spark} />,
    },
    ...(beforeName === undefined ? [] : [changeColumn<QueryRow>(beforeName, row => row.p95Change)]),
  ];
}

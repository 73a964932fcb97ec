import type { DatabasesAnswer, QueryRow } from '@bellwether/model';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import styles from '../calls/calls.module.css';
import { CallsSkeleton } from '../calls/calls-skeleton.js';
import { NoCalls } from '../calls/no-calls.js';
import { Picker } from '../calls/picker.js';
import { comparedName } from '../compared-name.js';
import { formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { FilterField } from '../parts/filter-field.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { useUrlState } from '../url-state.js';
import { CollectionPanel } from './collection-panel.js';
import { ConnectionChart } from './connection-chart.js';
import { databaseTitle } from './database-names.js';
import { DatabasePanel } from './database-panel.js';
import { useDatabases } from './database-queries.js';
import { LoadChart } from './load-chart.js';
import { PoolPanel } from './pool-panel.js';
import { queryColumns } from './query-columns.js';

/** What databases are busy with: load and connections, then the queries that take most time. */
export function DatabasesPage(): ReactNode {
  const { get } = useUrlState();
  const query = useDatabases(get('db'));
  return (
    <Page
      actions={
        <Link className="link" search={{ kind: 'n-plus-one-sql' }} to="/findings">
          N+1 queries
        </Link>
      }
      title="Databases"
    >
      <Remote query={query} skeleton={<CallsSkeleton charts={['Load by query', 'Connections']} table="Queries" />}>
        {answer =>
          answer.databases.length === 0 && answer.pools.length === 0 ? (
            <NoCalls
              filter={{ param: 'db', all: 'All databases' }}
              title="Databases"
              what="No database was asked for anything"
            >
              <p>
                Queries are read from client spans that carry db.system.name. The SDK sends them for pg, mysql2,
                mongodb, Prisma, TypeORM and others by itself.
              </p>
            </NoCalls>
          ) : (
            <Databases answer={answer} />
          )
        }
      </Remote>
    </Page>
  );
}

function Databases({ answer }: { readonly answer: DatabasesAnswer }): ReactNode {
  return (
    <>
      <Picker
        choices={answer.databases.map(row => ({ value: row.name, title: databaseTitle(row) }))}
        label="Which database"
        param="db"
      />
      <div className={styles['two']}>
        <LoadChart answer={answer} />
        <ConnectionChart answer={answer} />
      </div>
      <QueryTable answer={answer} />
      <div className={styles['two']}>
        <DatabasePanel answer={answer} />
        <PoolPanel answer={answer} />
      </div>
      <CollectionPanel answer={answer} />
      {answer.metricsMissing !== '' && (
        <p className={styles['note']}>Some figures that come from metrics are missing: {answer.metricsMissing}</p>
      )}
    </>
  );
}

function matches(row: QueryRow, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/);
  const own = `${row.summary} ${row.database} ${row.services.join(' ')}`.toLowerCase();
  return words.every(word => own.includes(word));
}

function QueryTable({ answer }: { readonly answer: DatabasesAnswer }): ReactNode {
  const page = usePageRange();
  const { get, set } = useUrlState();
  const navigate = useNavigate();
  const text = get('q') ?? '';
  const beforeName = comparedName(page);
  const manyDatabases = answer.databases.length > 1 && get('db') === undefined;
  const rows = useMemo(() => answer.queries.filter(row => matches(row, text)), [answer.queries, text]);
  return (
    <>
      <div className={styles['filters']}>
        <FilterField
          label="Filter queries"
          onChange={value => set({ q: value === '' ? undefined : value }, 'replace')}
          placeholder="Query, table or service"
          value={text}
        />
      </div>
      <Card
        note={`${formatExact(rows.length)} by total time${answer.queries.length >= 200 ? ', the first 200' : ''}`}
        title="Queries"
      >
        {rows.length === 0 ? (
          <Empty title={answer.queries.length === 0 ? 'No queries in this range' : 'No query matches the filter'}>
            {text !== '' && <Button onClick={() => set({ q: undefined })}>Remove the filter</Button>}
          </Empty>
        ) : (
          <DataTable
            columns={queryColumns(beforeName, manyDatabases)}
            label="Queries"
            onOpen={row =>
              void navigate({
                to: '/databases/$name/queries/$hash',
                params: { name: row.database, hash: row.hash },
                search: {},
              })
            }
            rowKey={row => `${row.database} ${row.hash}`}
            rowPx={46}
            rows={rows}
            sortParam="sort"
            walks
          />
        )}
      </Card>
    </>
  );
}

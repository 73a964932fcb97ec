import type { DatabasesAnswer, QueryRow } from '@bellwether/model';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import styles from '../calls/calls.module.css';
import { comparedName } from '../compared-name.js';
import { formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button, ButtonGroup } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { FilterField } from '../parts/filter-field.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton, SkeletonBlock } from '../parts/skeleton.js';
import { zoomOut } from '../time-range.js';
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
      <Remote query={query} skeleton={<DatabasesSkeleton />}>
        {answer =>
          answer.databases.length === 0 && answer.pools.length === 0 ? <NoDatabases /> : <Databases answer={answer} />
        }
      </Remote>
    </Page>
  );
}

function DatabasesSkeleton(): ReactNode {
  return (
    <>
      <div className={styles['two']}>
        {['Load by query', 'Connections'].map(title => (
          <Card key={title} title={title}>
            <SkeletonBlock heightPx={164} />
          </Card>
        ))}
      </div>
      <Card title="Queries">
        <Skeleton rowPx={46} rows={8} />
      </Card>
    </>
  );
}

function Databases({ answer }: { readonly answer: DatabasesAnswer }): ReactNode {
  return (
    <>
      {answer.databases.length > 1 && <DatabasePicker answer={answer} />}
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

/** All databases, or one of them. */
function DatabasePicker({ answer }: { readonly answer: DatabasesAnswer }): ReactNode {
  const { get, set } = useUrlState();
  const chosen = get('db');
  return (
    <div className={styles['filters']}>
      <ButtonGroup label="Which database">
        <Button aria-pressed={chosen === undefined} onClick={() => set({ db: undefined })}>
          All
        </Button>
        {answer.databases.slice(0, 12).map(row => (
          <Button aria-pressed={chosen === row.name} key={row.name} onClick={() => set({ db: row.name })}>
            {databaseTitle(row)}
          </Button>
        ))}
      </ButtonGroup>
    </div>
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

/** Nothing in this range, or nothing ever: what to do about it. */
function NoDatabases(): ReactNode {
  const { range, setRange, env } = usePageRange();
  const { get, set } = useUrlState();
  return (
    <Card title="Databases">
      <Empty title={`No database was asked for anything${env === undefined ? '' : ` in ${env}`} in this range`}>
        <p>
          Queries are read from client spans that carry db.system.name. The SDK sends them for pg, mysql2, mongodb,
          Prisma, TypeORM and others by itself.
        </p>
        <div className={styles['ways']}>
          {get('db') !== undefined && <Button onClick={() => set({ db: undefined })}>All databases</Button>}
          {env !== undefined && <Button onClick={() => set({ env: undefined })}>All environments</Button>}
          <Button onClick={() => setRange(zoomOut(range, Date.now()))}>Look further back</Button>
        </div>
      </Empty>
    </Card>
  );
}

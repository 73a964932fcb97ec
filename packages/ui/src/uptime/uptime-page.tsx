import type { ChecksAnswer } from '@bellwether/model';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { usePageRange } from '../page-range.js';
import { Button, buttonClass } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { FilterField } from '../parts/filter-field.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusShape } from '../parts/status-mark.js';
import { useUrlState } from '../url-state.js';
import { checkColumns } from './check-columns.js';
import { CheckForm } from './check-form.js';
import { stateMarks, states } from './check-marks.js';
import { MaintenanceForm } from './maintenance-form.js';
import { StatusPageForm } from './status-page-form.js';
import { useChecks } from './uptime-query.js';
import styles from './uptime.module.css';

/** What is up now as seen from outside, and how it was in the last 90 days. */
export function UptimePage(): ReactNode {
  const query = useChecks();
  const { get, set } = useUrlState();
  const [dialog, setDialog] = useState<'page' | 'maintenance' | undefined>(undefined);
  const isAdding = get('add') !== undefined;
  const add = (): void => set({ add: '1' });
  const slug = query.data?.statusPage.slug ?? '';
  return (
    <Page
      actions={
        <>
          {slug !== '' && (
            <a className={buttonClass('ghost')} href={`/status/${slug}`}>
              Open status page
            </a>
          )}
          <Button onClick={() => setDialog('maintenance')}>Maintenance</Button>
          <Button onClick={() => setDialog('page')}>Status page</Button>
          <Button look="primary" onClick={add}>
            Add a check
          </Button>
        </>
      }
      title="Uptime"
    >
      <Remote
        query={query}
        skeleton={
          <Card title="Checks">
            <Skeleton rowPx={46} rows={5} />
          </Card>
        }
      >
        {answer => <CheckList answer={answer} nowMs={query.dataUpdatedAt} onAdd={add} />}
      </Remote>
      {isAdding && <CheckForm onClose={() => set({ add: undefined }, 'replace')} />}
      {dialog === 'maintenance' && query.data !== undefined && (
        <MaintenanceForm
          nowMs={query.dataUpdatedAt}
          onClose={() => setDialog(undefined)}
          windows={query.data.maintenance}
        />
      )}
      {dialog === 'page' && query.data !== undefined && (
        <StatusPageForm before={query.data.statusPage} onClose={() => setDialog(undefined)} />
      )}
    </Page>
  );
}

function CheckList({
  answer,
  nowMs,
  onAdd,
}: {
  readonly answer: ChecksAnswer;
  readonly nowMs: number;
  onAdd(): void;
}): ReactNode {
  const { zone } = usePageRange();
  const { get, set } = useUrlState();
  const navigate = useNavigate();
  const text = (get('q') ?? '').toLowerCase();
  const state = get('state');
  if (answer.checks.length === 0) return <NoChecks onAdd={onAdd} />;
  const rows = answer.checks.filter(
    row =>
      (state === undefined || row.state === state) &&
      `${row.name} ${row.target} ${row.id} ${row.service}`.toLowerCase().includes(text),
  );
  return (
    <>
      <div className={styles['filters']}>
        <FilterField
          label="Filter checks"
          onChange={value => set({ q: value === '' ? undefined : value }, 'replace')}
          placeholder="Name, address or service"
          value={get('q') ?? ''}
        />
        <div aria-label="Filter by state" className={styles['ways']} role="group">
          {states.map(each => {
            const count = answer.checks.filter(row => row.state === each).length;
            return (
              <Button
                aria-pressed={state === each}
                disabled={count === 0 && state !== each}
                key={each}
                onClick={() => set({ state: state === each ? undefined : each })}
              >
                <StatusShape status={stateMarks[each].mark} />
                {stateMarks[each].word}
                <span className="num">{count}</span>
              </Button>
            );
          })}
        </div>
      </div>
      <Card note={`${rows.length} of ${answer.checks.length}`} title="Checks">
        {rows.length === 0 ? (
          <Empty title="No check matches the filter">
            <Button onClick={() => set({ q: undefined, state: undefined })}>Remove the filter</Button>
          </Empty>
        ) : (
          <DataTable
            columns={checkColumns(nowMs, zone)}
            label="Checks"
            onOpen={row => void navigate({ to: '/uptime/$id', params: { id: row.id }, search: {} })}
            rowKey={row => row.id}
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

function NoChecks({ onAdd }: { onAdd(): void }): ReactNode {
  return (
    <Card title="Checks">
      <Empty title="Nothing is checked yet">
        <p>
          This server can call your pages, ports, names and certificates from here, and hear from jobs that they ran.
        </p>
        <div className={styles['ways']}>
          <Button look="primary" onClick={onAdd}>
            Add the first URL
          </Button>
        </div>
      </Empty>
    </Card>
  );
}

import type { FindingActs, FindingsAnswer } from '@bellwether/model';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button, ButtonGroup } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Chip } from '../parts/chip.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { FilterField } from '../parts/filter-field.js';
import { Page } from '../parts/page.js';
import { usePicks } from '../parts/picks.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { UndoBar, type Done } from '../parts/undo-bar.js';
import { useUrlState } from '../url-state.js';
import { BulkBar } from './bulk-bar.js';
import { findingColumns } from './finding-columns.js';
import { kindWords } from './finding-state.js';
import styles from './findings.module.css';
import { useFindingActs, useFindings } from './findings-query.js';

/** What is wrong with how traces run, the costliest first. */
export function FindingsPage(): ReactNode {
  const { get, set } = useUrlState();
  const service = get('service');
  const q = get('q') ?? '';
  const query = useFindings({ service, kind: get('kind'), state: get('state'), q });
  return (
    <Page title="Findings">
      <div className={styles['filters']}>
        <FilterField
          label="Filter findings"
          onChange={value => set({ q: value === '' ? undefined : value }, 'replace')}
          placeholder="Words, route or place"
          value={q}
        />
        {service !== undefined && (
          <Chip onRemove={() => set({ service: undefined })} removeLabel="Findings of all services">
            Service {service}
          </Chip>
        )}
        <StateFilter answer={query.data} />
        <KindFilter />
      </div>
      <Remote
        query={query}
        skeleton={
          <Card title="Findings">
            <Skeleton rowPx={46} rows={8} />
          </Card>
        }
      >
        {answer => <FindingList answer={answer} />}
      </Remote>
    </Page>
  );
}

const states = [
  { state: 'unresolved', word: 'Unresolved' },
  { state: 'resolved', word: 'Resolved' },
  { state: 'ignored', word: 'Ignored' },
] as const;

function StateFilter({ answer }: { readonly answer: FindingsAnswer | undefined }): ReactNode {
  const { get, set } = useUrlState();
  const chosen = get('state') ?? 'unresolved';
  return (
    <ButtonGroup label="Findings of which state">
      {states.map(({ state, word }) => (
        <Button
          aria-pressed={chosen === state}
          key={state}
          onClick={() => set({ state: state === 'unresolved' ? undefined : state })}
        >
          {word}
          <span className="num">{answer?.states[state] ?? ''}</span>
        </Button>
      ))}
    </ButtonGroup>
  );
}

function KindFilter(): ReactNode {
  const { get, set } = useUrlState();
  return (
    <select
      aria-label="Kind of finding"
      className={styles['kinds']}
      onChange={event => set({ kind: event.target.value === '' ? undefined : event.target.value })}
      value={get('kind') ?? ''}
    >
      <option value="">All kinds</option>
      {Object.entries(kindWords).map(([kind, word]) => (
        <option key={kind} value={kind}>
          {word}
        </option>
      ))}
    </select>
  );
}

function FindingList({ answer }: { readonly answer: FindingsAnswer }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const navigate = useNavigate();
  const { findings, total } = answer;
  const picks = usePicks(findings);
  const acts = useFindingActs();
  const [done, setDone] = useState<Done<FindingActs> | undefined>(undefined);
  const picked = findings.filter(({ id }) => picks.has(id));
  const undoBar = done !== undefined && <UndoBar acts={acts} done={done} onClose={() => setDone(undefined)} />;
  if (findings.length === 0)
    return (
      <>
        {undoBar}
        <NoFindings answer={answer} />
      </>
    );
  const note =
    findings.length === total ? formatExact(total) : `${formatExact(findings.length)} of ${formatExact(total)}`;
  return (
    <Card note={`${note}, the costliest first`} title="Findings">
      {picked.length > 0 ? (
        <BulkBar
          onDone={next => {
            picks.clear();
            setDone(next);
          }}
          rows={picked}
        />
      ) : (
        undoBar
      )}
      <DataTable
        columns={findingColumns(nowMs, zone, picks)}
        label="Findings"
        onOpen={row => void navigate({ to: '/findings/$id', params: { id: row.id }, search: {} })}
        rowKey={row => row.id}
        rowPx={46}
        rows={findings}
        sortParam="sort"
        walks
      />
    </Card>
  );
}

/** None, or none that the filters let through. */
function NoFindings({ answer }: { readonly answer: FindingsAnswer }): ReactNode {
  const { env } = usePageRange();
  const { get, set } = useUrlState();
  const filters = ['q', 'service', 'kind', 'state'].filter(name => get(name) !== undefined);
  const others = answer.states.resolved + answer.states.ignored;
  return (
    <Card title="Findings">
      <Empty
        title={filters.length > 0 ? 'No finding matches the filter in this range' : 'Nothing was found in this range'}
      >
        {filters.length === 0 && (
          <p>
            Traces are looked at as they complete: for N+1 queries, calls that wait for each other, lists without pages
            and more.
            {others > 0 && ` ${formatExact(others)} more are resolved or ignored.`}
          </p>
        )}
        <div className={styles['ways']}>
          {filters.length > 0 && (
            <Button onClick={() => set({ q: undefined, service: undefined, kind: undefined, state: undefined })}>
              Remove the filter
            </Button>
          )}
          {env !== undefined && <Button onClick={() => set({ env: undefined })}>All environments</Button>}
          <LookFurtherBack />
        </div>
      </Empty>
    </Card>
  );
}

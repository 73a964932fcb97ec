import type { ErrorActs, ErrorRow, ErrorsAnswer } from '@bellwether/model';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button, ButtonGroup } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Chip } from '../parts/chip.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { Page } from '../parts/page.js';
import { usePicks } from '../parts/picks.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusShape } from '../parts/status-mark.js';
import { UndoBar, type Done } from '../parts/undo-bar.js';
import { SearchBar } from '../search/search-bar.js';
import { useUrlState } from '../url-state.js';
import { BulkBar } from './bulk-bar.js';
import { errorColumns } from './error-columns.js';
import { errorMark, trendMarks } from './error-trend.js';
import styles from './errors.module.css';
import { useErrors } from './errors-query.js';
import { useActs } from './use-acts.js';

/** What goes wrong: errors of the same place are one, new ones first. */
export function ErrorsPage(): ReactNode {
  const { get, set } = useUrlState();
  const q = get('q') ?? '';
  const service = get('service');
  const query = useErrors(service, q, get('state'));
  return (
    <Page title="Errors">
      <div className={styles['filters']}>
        <SearchBar placeholder="Search errors, e.g. declined release:v412 tag:card=visa" signal="errors" />
      </div>
      <div className={styles['filters']}>
        {service !== undefined && (
          <Chip onRemove={() => set({ service: undefined })} removeLabel="Errors of all services">
            Service {service}
          </Chip>
        )}
        <StateFilter answer={query.data} />
        <TrendFilter answer={query.data} />
      </div>
      <Remote
        query={query}
        skeleton={
          <Card title="Errors">
            <Skeleton rowPx={46} rows={8} />
          </Card>
        }
      >
        {answer => <ErrorList answer={answer} />}
      </Remote>
    </Page>
  );
}

const states = [
  { state: 'unresolved', word: 'Unresolved' },
  { state: 'resolved', word: 'Resolved' },
  { state: 'ignored', word: 'Ignored' },
] as const;

/** What people said of errors; those that nobody has dealt with are shown first. */
function StateFilter({ answer }: { readonly answer: ErrorsAnswer | undefined }): ReactNode {
  const { get, set } = useUrlState();
  const chosen = get('state') ?? 'unresolved';
  return (
    <ButtonGroup label="Errors of which state">
      {states.map(({ state, word }) => (
        <Button
          aria-pressed={chosen === state}
          key={state}
          onClick={() => set({ state: state === 'unresolved' ? undefined : state, trend: undefined })}
        >
          {word}
          <span className="num">{answer?.states[state] ?? ''}</span>
        </Button>
      ))}
    </ButtonGroup>
  );
}

const kinds = [
  { kind: 'new', ...trendMarks.new },
  { kind: 'regressed', ...errorMark({ trend: 'ongoing', state: 'regressed' }) },
  { kind: 'rising', ...trendMarks.rising },
  { kind: 'ongoing', ...trendMarks.ongoing },
] as const;

/** What a row is marked as, while nobody has dealt with it. */
const kindOf = ({ state, trend }: ErrorRow): string => (state === 'regressed' ? state : trend);

/** How many there are of each kind; a click shows only those. */
function TrendFilter({ answer }: { readonly answer: ErrorsAnswer | undefined }): ReactNode {
  const { get, set } = useUrlState();
  const chosen = get('trend');
  const of = (kind: string): number => answer?.errors.filter(row => kindOf(row) === kind).length ?? 0;
  return (
    <div aria-label="Filter by state" className={styles['trends']} role="group">
      {kinds.map(({ kind, mark, word, why }) => (
        <Button
          aria-pressed={chosen === kind}
          disabled={of(kind) === 0 && chosen !== kind}
          key={kind}
          onClick={() => set({ trend: chosen === kind ? undefined : kind })}
          title={why}
        >
          <StatusShape status={mark} />
          {word}
          <span className="num">{of(kind)}</span>
        </Button>
      ))}
    </div>
  );
}

function ErrorList({ answer }: { readonly answer: ErrorsAnswer }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const { get, set } = useUrlState();
  const navigate = useNavigate();
  const [done, setDone] = useState<Done<ErrorActs> | undefined>(undefined);
  const acts = useActs();
  const kind = get('trend');
  const rows = answer.errors.filter(row => kind === undefined || kindOf(row) === kind);
  const picks = usePicks(rows);
  const pickedRows = rows.filter(({ id }) => picks.has(id));
  const undoBar = done !== undefined && <UndoBar acts={acts} done={done} onClose={() => setDone(undefined)} />;
  if (answer.errors.length === 0)
    return (
      <>
        {undoBar}
        <NoErrors />
      </>
    );
  const note =
    rows.length === answer.total
      ? formatExact(rows.length)
      : `${formatExact(rows.length)} of ${formatExact(answer.total)}`;
  return (
    <Card note={note} title="Errors">
      {pickedRows.length > 0 && (
        <BulkBar
          onDone={next => {
            picks.clear();
            setDone(next);
          }}
          rows={pickedRows}
        />
      )}
      {pickedRows.length === 0 && undoBar}
      {rows.length === 0 ? (
        <Empty title="No error matches the filter">
          <Button onClick={() => set({ trend: undefined })}>Remove the filter</Button>
        </Empty>
      ) : (
        <DataTable
          columns={errorColumns(nowMs, zone, picks)}
          label="Errors"
          onOpen={row => void navigate({ to: '/errors/$id', params: { id: row.id }, search: {} })}
          rowKey={row => row.id}
          rowPx={46}
          rows={rows}
          sortParam="sort"
          walks
        />
      )}
    </Card>
  );
}

/** None, or none that the filters let through. */
function NoErrors(): ReactNode {
  const { env } = usePageRange();
  const { get, set } = useUrlState();
  const isFiltered = (get('q') ?? '') !== '' || get('service') !== undefined || get('state') !== undefined;
  return (
    <Card title="Errors">
      <Empty
        title={
          isFiltered
            ? 'No error matches the filter in this range'
            : 'No errors in this range that nobody has dealt with'
        }
      >
        {!isFiltered && <p>Exceptions of spans, error lines of logs and events of Sentry&rsquo;s SDKs show up here.</p>}
        <div className={styles['ways']}>
          {isFiltered && (
            <Button onClick={() => set({ q: undefined, service: undefined, state: undefined })}>
              Remove the filter
            </Button>
          )}
          {env !== undefined && <Button onClick={() => set({ env: undefined })}>All environments</Button>}
          <LookFurtherBack />
          <Link className="link" search={{}} to="/logs">
            Logs
          </Link>
        </div>
      </Empty>
    </Card>
  );
}

import type { DashboardsAnswer } from '@bellwether/model';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { emptyDashboard } from '@bellwether/dashboards';
import { Plus, Upload } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { FilterField } from '../parts/filter-field.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import { formatCount } from '../format.js';
import { useUrlState } from '../url-state.js';
import { fetchDashboards, importDashboardJson } from './dashboards-client.js';
import styles from './dashboards.module.css';
import { ImportDialog } from './import-dialog.js';
import { dropped } from './read-file.js';

type Listed = DashboardsAnswer['dashboards'][number];

const origins = { own: 'Saved here', folder: 'Folder', 'built-in': 'Built in' } as const;

/** All dashboards: built-in, of the configured folder, and one's own. A file dropped on the page is imported. */
export function DashboardsPage(): ReactNode {
  const { get, set } = useUrlState();
  const navigate = useNavigate();
  const query = useQuery({ queryKey: ['dashboards'], queryFn: ({ signal }) => fetchDashboards(signal), staleTime: 0 });
  const [importing, setImporting] = useState<{ readonly text: string } | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const filter = (get('q') ?? '').toLowerCase();

  async function create(): Promise<void> {
    const uid = `new-${Date.now().toString(36)}`;
    try {
      await importDashboardJson(emptyDashboard(uid, 'New dashboard'), false);
      await navigate({ to: '/dashboards/$uid', params: { uid }, search: {} });
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  }

  async function take(transfer: DataTransfer): Promise<void> {
    try {
      const text = await dropped(transfer);
      if (text !== undefined) setImporting({ text });
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <Page
      actions={
        <>
          <Button onClick={() => setImporting({ text: '' })}>
            <Upload aria-hidden="true" /> Import
          </Button>
          <Button onClick={() => void create()}>
            <Plus aria-hidden="true" /> New
          </Button>
        </>
      }
      title="Dashboards"
    >
      {fault !== undefined && <StatusMark status="crit" word={fault} />}
      <div
        className={styles['drop']}
        onDragOver={event => event.preventDefault()}
        onDrop={event => {
          event.preventDefault();
          void take(event.dataTransfer);
        }}
      >
        <FilterField
          label="Search dashboards"
          onChange={text => set({ q: text || undefined }, 'replace')}
          placeholder="Name or tag"
          value={get('q') ?? ''}
        />
        <Remote
          query={query}
          skeleton={
            <Card title="Dashboards">
              <Skeleton rows={8} />
            </Card>
          }
        >
          {answer => <DashboardList answer={answer} filter={filter} onImport={() => setImporting({ text: '' })} />}
        </Remote>
      </div>
      {importing !== undefined && <ImportDialog onClose={() => setImporting(undefined)} text={importing.text} />}
    </Page>
  );
}

type ListProps = {
  readonly answer: DashboardsAnswer;
  readonly filter: string;
  onImport(): void;
};

function DashboardList({ answer: { dashboards, problems }, filter, onImport }: ListProps): ReactNode {
  const navigate = useNavigate();
  const shown = dashboards.filter(({ title, tags, uid }) =>
    [title, uid, ...tags].some(text => text.toLowerCase().includes(filter)),
  );
  return (
    <>
      {shown.length === 0 ? (
        <Empty title={dashboards.length === 0 ? 'There are no dashboards yet' : 'No dashboard has this in its name'}>
          {dashboards.length === 0 && (
            <>
              <p>Import Grafana's JSON from a file, paste it, or drop it here.</p>
              <Button onClick={onImport}>Import</Button>
            </>
          )}
        </Empty>
      ) : (
        <Card title="Dashboards" note={formatCount(shown.length)}>
          <DataTable
            columns={columns}
            label="Dashboards"
            onOpen={({ uid }) => void navigate({ to: '/dashboards/$uid', params: { uid }, search: {} })}
            rowKey={({ uid }) => uid}
            rows={shown}
            sortParam="sort"
            walks
          />
        </Card>
      )}
      {problems.length > 0 && (
        <Card title="Files that can not be shown">
          <ul className={styles['problems']}>
            {problems.map(({ file, message }) => (
              <li key={`${file} ${message}`}>
                <code>{file}</code> {message}
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

const columns: readonly Column<Listed>[] = [
  {
    key: 'title',
    title: 'Name',
    value: row => row.title.toLowerCase(),
    cell: row => (
      <span className={styles['named']}>
        <Link className="link" params={{ uid: row.uid }} search={{}} to="/dashboards/$uid">
          {row.title}
        </Link>
        {row.description !== '' && (
          <span className={styles['about']} title={row.description}>
            {row.description}
          </span>
        )}
      </span>
    ),
  },
  {
    key: 'tags',
    title: 'Tags',
    width: '220px',
    fromPx: 800,
    cell: row =>
      row.tags.slice(0, 3).map(tag => (
        <span className={styles['tag']} key={tag}>
          {tag}
        </span>
      )),
  },
  {
    key: 'panels',
    title: 'Panels',
    width: '80px',
    right: true,
    fromPx: 600,
    largestFirst: true,
    value: row => row.panels,
    unit: '',
    cell: row => formatCount(row.panels),
  },
  {
    key: 'origin',
    title: 'From',
    width: '200px',
    fromPx: 600,
    value: row => origins[row.origin],
    cell: row => (row.file === null || row.origin === 'built-in' ? origins[row.origin] : row.file),
  },
];

import { useNavigate, useParams } from '@tanstack/react-router';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import {
  addPanel,
  builtIns,
  duplicatePanel,
  firstOf,
  followedLinks,
  laidOut,
  readDashboard,
  readIntervalMs,
  removePanel,
  textOf,
  type Dashboard,
  type JsonObject,
  type Panel,
} from '@bellwether/dashboards';
import { Menu } from '@base-ui/react/menu';
import { ArrowLeft, Ellipsis, Redo2, Undo2 } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from 'react';
import { ApiFailure } from '../api-client.js';
import { usePageRange } from '../page-range.js';
import { download } from '../parts/download.js';
import { Button, ButtonGroup, buttonClass } from '../parts/button.js';
import { Empty } from '../parts/empty.js';
import { Failure } from '../parts/failure.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import { Page } from '../parts/page.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import { readRange } from '../time-range.js';
import { useUrlState } from '../url-state.js';
import arrangeStyles from './arrange.module.css';
import { editorVariables } from './editor-variables.js';
import { DashboardGrid } from './dashboard-grid.js';
import styles from './dashboards.module.css';
import {
  fetchDashboard,
  importDashboardJson,
  isConflict,
  saveDashboard,
  type OpenedDashboard,
} from './dashboards-client.js';
import { MarkPicker } from './mark-picker.js';
import { LeaveGuard } from './leave-guard.js';
import { PanelView } from './panel-view.js';
import { RemoveDialog } from './remove-dialog.js';
import { variableScope } from './resolve-variables.js';
import { useAnnotations } from './use-annotations.js';
import { TagLinkMenu } from './tag-link-menu.js';
import { useDocumentEdits, type DocumentEdits } from './use-document-edits.js';
import { useFilters } from './use-filters.js';
import { useVariables } from './use-variables.js';
import { VariablesBar } from './variables-bar.js';

// With the editor of queries, which who only looks does not need.
const PanelEditor = lazy(() => import('./panel-editor.js').then(module => ({ default: module.PanelEditor })));

/** One dashboard: its variables, its panels, and what can be changed of them. */
export function DashboardPage(): ReactNode {
  const { uid = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['dashboard', uid],
    queryFn: ({ signal }) => fetchDashboard(uid, signal),
    staleTime: 0,
  });
  if (query.data !== undefined) return <OpenDashboard key={uid} opened={query.data} uid={uid} />;
  if (query.status === 'error') {
    const isGone = query.error instanceof ApiFailure && query.error.status === 404;
    return (
      <Page title={isGone ? 'No such dashboard' : 'Dashboard'}>
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  return (
    <Page title="Dashboard">
      <SkeletonBlock heightPx={300} />
    </Page>
  );
}

function OpenDashboard({ opened, uid }: { readonly opened: OpenedDashboard; readonly uid: string }): ReactNode {
  const { params, get, set } = useUrlState();
  const { fromMs, toMs } = usePageRange();
  const edits = useDocumentEdits(opened.document);
  const { document, isChanged, change } = edits;
  const [preview, setPreview] = useState<JsonObject | undefined>(undefined);
  const [said, setSaid] = useState('');
  const shown = preview ?? document;
  const dashboard = useMemo(() => ({ ...readDashboard(shown), uid }), [shown, uid]);
  const variables = useVariables(dashboard);
  const filters = useFilters(variables.data);
  const scope = useMemo(
    () =>
      variables.data === undefined || filters === undefined ? undefined : variableScope(variables.data, toMs - fromMs),
    [variables.data, filters, fromMs, toMs],
  );
  const linkScope = firstOf(
    scope ?? (() => undefined),
    builtIns({ fromMs, toMs, stepMs: 60_000, scrapeMs: 15_000, dashboard: dashboard.title, uid }),
  );
  const sections = useMemo(
    () => laidOut(dashboard, name => variables.data?.get(name)?.chosen),
    [dashboard, variables.data],
  );
  const turned = new Set([params['marks'] ?? []].flat());
  const { marks, markers, failed } = useAnnotations(
    dashboard,
    scope,
    variables.data,
    (name, byDefault) => byDefault !== turned.has(name),
  );
  useRefresh(dashboard);

  const viewed = get('view');
  const panels = sections.flatMap(section => section.panels);
  const panel = viewed === undefined ? undefined : panels.find(({ key }) => key === viewed);
  const isEditing = get('edit') === 'on' && panel !== undefined;
  const isArranging = get('arrange') === 'on' && viewed === undefined;
  const arrange = (): void => {
    setPreview(undefined);
    set({ arrange: isArranging ? undefined : 'on' }, 'replace');
  };
  useUndoKeys(edits, !isEditing);
  const edit = (one: Panel): void => set({ view: one.key, edit: 'on' });
  const close = (): void => {
    setPreview(undefined);
    set({ view: undefined, edit: undefined });
  };

  return (
    <Page
      actions={
        <DashboardActions
          edits={edits}
          isArranging={isArranging}
          onArrange={arrange}
          onAdd={() => {
            const next = addPanel(document, 'timeseries', 'New panel');
            change(next);
            const added = readDashboard(next)
              .sections.flatMap(section => section.panels)
              .findLast(one => one.title === 'New panel');
            if (added !== undefined) edit(added);
          }}
          opened={opened}
          uid={uid}
        />
      }
      facts={<DashboardFacts dashboard={dashboard} isChanged={isChanged} origin={opened.meta.origin} />}
      title={dashboard.title}
    >
      <LeaveGuard isChanged={isChanged} />
      <div className={styles['bar']}>
        {variables.data !== undefined && <VariablesBar variables={variables.data} />}
        <SavedRange dashboard={dashboard} />
        <MarkPicker
          failed={failed}
          marks={marks}
          onTurn={name => {
            const next = turned.has(name) ? [...turned].filter(one => one !== name) : [...turned, name];
            set({ marks: next.length === 0 ? undefined : next });
          }}
        />
        {dashboard.tagLinks.map(link => (
          <TagLinkMenu key={link.title} link={link} scope={linkScope} uid={uid} />
        ))}
        {/* Their addresses hold variables: not before those are known. */}
        {(scope === undefined ? [] : followedLinks(dashboard.links, linkScope)).map(({ title, address, newTab }) => (
          <a
            className="link"
            href={address}
            key={`${title} ${address}`}
            rel="noreferrer"
            target={newTab ? '_blank' : undefined}
          >
            {title}
          </a>
        ))}
      </div>
      {dashboard.notes.length > 0 && (
        <ul className={styles['remarks']}>
          {dashboard.notes.map(note => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {panel !== undefined ? (
        <>
          <Button className={styles['back']} look="ghost" onClick={close}>
            <ArrowLeft aria-hidden="true" /> All panels
          </Button>
          <div className={styles['alone']} data-editing={isEditing}>
            <PanelView
              dashboard={dashboard}
              filters={filters}
              key={panel.key}
              markers={markers}
              panel={panel}
              variables={scope}
              {...(!isEditing && { onEdit: () => edit(panel) })}
            />
          </div>
          {isEditing && (
            <Suspense fallback={<SkeletonBlock heightPx={200} />}>
              <PanelEditor
                document={document}
                key={panel.key}
                onCancel={close}
                onDone={next => {
                  if (next !== document) change(next);
                  close();
                }}
                onPreview={setPreview}
                panel={panel}
                variables={editorVariables(dashboard, panel, scope, { fromMs, toMs })}
              />
            </Suspense>
          )}
        </>
      ) : viewed !== undefined && variables.data !== undefined ? (
        <Empty title="This panel is not there any more">
          <Button onClick={close}>Show all panels</Button>
        </Empty>
      ) : panels.length === 0 ? (
        <Empty title="It has no panels yet" />
      ) : (
        <>
          {isArranging && (
            <p className={arrangeStyles['help']} id="arrange-keys">
              Drag a panel by its grip, or its corner to resize it. On a grip the arrow keys move it, with Shift they
              resize it; Ctrl+Z takes a change back.
            </p>
          )}
          <span aria-live="polite" className="unseen">
            {said}
          </span>
          <DashboardGrid
            actsOf={one => ({
              onEdit: () => edit(one),
              onDuplicate: () => change(duplicatePanel(document, one.path)),
              onRemove: () => {
                change(removePanel(document, one.path));
                setSaid(`${one.title} was removed. Undo brings it back.`);
              },
            })}
            arranging={isArranging ? { document, onPreview: setPreview, onChange: change, onSaid: setSaid } : undefined}
            dashboard={dashboard}
            filters={filters}
            markers={markers}
            sections={sections}
            variables={scope}
          />
        </>
      )}
    </Page>
  );
}

/** Ctrl+Z and Ctrl+Shift+Z, but not in a field, which has its own. */
function useUndoKeys({ undo, redo }: DocumentEdits, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]') !== null)
        return;
      const act = event.shiftKey ? redo : undo;
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.document.addEventListener('keydown', press);
    return () => window.document.removeEventListener('keydown', press);
  }, [undo, redo, isOn]);
}

/** As often as the dashboard wishes, unless the person has switched refreshing off. */
function useRefresh({ refresh }: Dashboard): void {
  const { refreshAtLeast } = usePageRange();
  const seconds = Math.max(5, (readIntervalMs(refresh) ?? 0) / 1000);
  const isOn = (readIntervalMs(refresh) ?? 0) > 0;
  useEffect(() => (isOn ? refreshAtLeast(seconds) : undefined), [isOn, seconds, refreshAtLeast]);
}

type FactsProps = {
  readonly dashboard: Dashboard;
  readonly origin: OpenedDashboard['meta']['origin'];
  readonly isChanged: boolean;
};

function DashboardFacts({ dashboard, origin, isChanged }: FactsProps): ReactNode {
  const words = { own: '', folder: 'From the folder', 'built-in': 'Built in' }[origin];
  return (
    <>
      {words !== '' && <span className={styles['fact']}>{words}</span>}
      {dashboard.tags.slice(0, 5).map(tag => (
        <span className={styles['tag']} key={tag}>
          {tag}
        </span>
      ))}
      {isChanged && <StatusMark status="warn" word="Changed, not saved" />}
    </>
  );
}

/** The range the dashboard was saved with: offered, not forced, since one range holds for the whole application. */
function SavedRange({ dashboard: { time } }: { readonly dashboard: Dashboard }): ReactNode {
  const { range, setRange } = usePageRange();
  if (time.from === '') return undefined;
  const saved = readRange(time.from, time.to);
  if (JSON.stringify(saved) === JSON.stringify(range)) return undefined;
  return (
    <Button
      look="ghost"
      onClick={() => setRange(saved)}
      title="Change the range to the one that the dashboard was saved with"
    >
      Saved with {time.from}
      {time.to !== '' && time.to !== 'now' ? ` to ${time.to}` : ''}
    </Button>
  );
}

type ActionsProps = {
  readonly uid: string;
  readonly opened: OpenedDashboard;
  readonly edits: DocumentEdits;
  readonly isArranging: boolean;
  onArrange(): void;
  onAdd(): void;
};

function DashboardActions({ uid, opened, edits, isArranging, onArrange, onAdd }: ActionsProps): ReactNode {
  const { document, isChanged, undo, redo, forget: onSaved } = edits;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [fault, setFault] = useState<{ readonly message: string; readonly isConflict: boolean } | undefined>(undefined);
  const [isSaving, setSaving] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const { canSave, version } = opened.meta;

  async function attempt(save: () => Promise<void>): Promise<void> {
    setSaving(true);
    setFault(undefined);
    try {
      await save();
      await client.invalidateQueries({ queryKey: ['dashboards'] });
    } catch (error) {
      setFault({ message: error instanceof Error ? error.message : String(error), isConflict: isConflict(error) });
    } finally {
      setSaving(false);
    }
  }

  const save = (): Promise<void> =>
    attempt(async () => {
      await saveDashboard(uid, document, version);
      await client.refetchQueries({ queryKey: ['dashboard', uid] });
      onSaved();
    });
  const saveCopy = (): Promise<void> =>
    attempt(async () => {
      const copy = `${uid.slice(0, 80)}-${Date.now().toString(36)}`;
      const title = `${textOf(document, 'title') || uid} (copy)`;
      await importDashboardJson({ ...document, uid: copy, title, version: 1 }, false);
      onSaved();
      // The list is asked anew first: by then the page knows that nothing is left to lose.
      await client.invalidateQueries({ queryKey: ['dashboards'] });
      await navigate({ to: '/dashboards/$uid', params: { uid: copy }, search: {} });
    });

  return (
    <>
      {fault !== undefined && (
        <span className={styles['failed']} role="alert">
          <StatusMark status="crit" word={fault.message} />
          {fault.isConflict && <Button onClick={() => void saveCopy()}>Save as a copy</Button>}
        </span>
      )}
      {(undo !== undefined || redo !== undefined) && (
        <ButtonGroup label="Changes">
          <Button aria-label="Undo" disabled={undo === undefined} onClick={() => undo?.()} title="Undo (Ctrl+Z)">
            <Undo2 aria-hidden="true" />
          </Button>
          <Button aria-label="Redo" disabled={redo === undefined} onClick={() => redo?.()} title="Redo (Ctrl+Shift+Z)">
            <Redo2 aria-hidden="true" />
          </Button>
        </ButtonGroup>
      )}
      {isArranging && <Button onClick={onArrange}>Done arranging</Button>}
      {isChanged && (
        <Button disabled={isSaving} look="primary" onClick={() => void (canSave ? save() : saveCopy())}>
          {canSave ? 'Save' : 'Save as a copy'}
        </Button>
      )}
      <Menu.Root>
        <Menu.Trigger aria-label="Dashboard: more" className={buttonClass('plain')}>
          <Ellipsis aria-hidden="true" />
        </Menu.Trigger>
        <MenuPopup>
          <MenuItem onClick={onAdd}>Add a panel</MenuItem>
          <MenuItem onClick={onArrange}>{isArranging ? 'Done arranging' : 'Arrange panels'}</MenuItem>
          {isChanged && <MenuItem onClick={onSaved}>Discard changes</MenuItem>}
          <MenuItem onClick={() => void saveCopy()}>Save as a copy</MenuItem>
          <MenuItem
            onClick={() => download(`${uid}.json`, `${JSON.stringify(document, null, 2)}\n`, 'application/json')}
          >
            Export as JSON
          </MenuItem>
          {canSave && <MenuItem onClick={() => setRemoving(true)}>Delete…</MenuItem>}
        </MenuPopup>
      </Menu.Root>
      {isRemoving && (
        <RemoveDialog
          onClose={() => setRemoving(false)}
          onRemoved={onSaved}
          title={textOf(document, 'title') || uid}
          uid={uid}
        />
      )}
    </>
  );
}

import type { LogRow, TraceAnswer } from '@bellwether/model';
import { useQuery } from '@tanstack/react-query';
import { Search, X } from 'lucide-react';
import { type CSSProperties, type ReactNode, useCallback, useMemo, useState } from 'react';
import { fetchTraceLogs } from '../api-client.js';
import { formatCount } from '../format.js';
import { type KeyBinding, useKeys } from '../keys.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Failure } from '../parts/failure.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusShape } from '../parts/status-mark.js';
import { useUrlState } from '../url-state.js';
import { FlameView } from './flame-view.js';
import { GroupPane } from './group-pane.js';
import { useKeptPx, useWidthPx } from './kept-px.js';
import { Minimap } from './minimap.js';
import { OperationsView } from './operations-view.js';
import { PaneResizer } from './pane-resizer.js';
import { SpanPane } from './span-pane.js';
import { statusError } from './span-tree.js';
import { TimeByServiceBar } from './time-by-service-bar.js';
import { around, parseWindow, type TimeWindow, wholeTrace, windowText } from './time-window.js';
import { sinceStartUs, TraceLogs } from './trace-logs.js';
import { firstToLookAt, traceModel, type TraceModel } from './trace-model.js';
import styles from './trace-page.module.css';
import { TraceTitle } from './trace-title.js';
import {
  errorsAndAncestors,
  type Folding,
  revealing,
  rowOfSpan,
  type WaterfallRows,
  waterfallRows,
} from './waterfall.js';
import { expandedAt, WaterfallView } from './waterfall-view.js';

const views = [
  { view: undefined, label: 'Waterfall' },
  { view: 'flame', label: 'Flame graph' },
  { view: 'operations', label: 'By operation' },
  { view: 'logs', label: 'Logs' },
] as const;

/** The bars keep the rest of the width. */
const mostForNames = 0.56;

const noLogTimes: ReadonlyMap<number, readonly number[]> = new Map();

/** The views of one trace, and what is selected in them. */
export function TraceView({ trace }: { readonly trace: TraceAnswer }): ReactNode {
  const { zone } = usePageRange();
  const url = useUrlState();
  const model = useMemo(() => traceModel(trace), [trace]);
  const logs = useQuery({
    queryKey: ['trace-logs', trace.traceId, model.logCount],
    queryFn: ({ signal }) => fetchTraceLogs(trace.traceId, undefined, signal),
    enabled: model.logCount > 0,
  });
  const logTimesUs = useMemo(() => logTimes(model, logs.data?.logs ?? []), [model, logs.data]);

  const view = url.get('view');
  const showPath = url.get('path') !== 'off';
  const errorsOnly = url.get('errors') === '1';
  const find = url.get('find')?.trim().toLowerCase() || undefined;
  const whole = wholeTrace(trace.durationUs);
  const [dragged, setDragged] = useState<TimeWindow | undefined>(undefined);
  const window = dragged ?? parseWindow(url.get('zoom'), whole) ?? whole;
  const onWindow = (next: TimeWindow, done: boolean): void => {
    setDragged(done ? undefined : next);
    if (done) url.set({ zoom: windowText(next, whole) });
  };

  const [folding, setFolding] = useFolding(model);
  const keep = useMemo(
    () => (errorsOnly ? errorsAndAncestors(model.spans, model.tree) : undefined),
    [errorsOnly, model],
  );
  const rows = useMemo(() => waterfallRows(model.spans, model.tree, folding, keep), [model, folding, keep]);
  const found = useMemo(() => (find === undefined ? undefined : findSpans(model, find)), [model, find]);

  const spanParam = url.get('span');
  const groupParam = url.get('group');
  const chosen = model.indexOfId.get(groupParam ?? spanParam ?? '');
  const selected = chosen ?? firstToLookAt(model);
  const wantsGroup = chosen === undefined ? true : groupParam !== undefined;
  const selectedRow = useMemo(() => rowOfSpan(rows, selected, wantsGroup), [rows, selected, wantsGroup]);
  const group = rows.groups[rows.group[selectedRow] ?? -1];

  const select = useCallback(
    (span: number, asGroup: boolean, how: 'push' | 'replace') => {
      const id = model.spans.id[span];
      url.set({ span: asGroup ? undefined : id, group: asGroup ? id : undefined }, how);
    },
    [model, url],
  );
  const selectRow = (row: number, how: 'push' | 'replace' = 'push'): void => {
    const span = rows.span[row];
    if (span !== undefined) select(span, rows.group[row]! >= 0, how);
  };

  // What a link or another view selected is unfolded, once; what the reader folds afterwards stays folded.
  const [revealed, setRevealed] = useState<string | undefined>(undefined);
  if (revealed !== spanParam) {
    setRevealed(spanParam);
    if (chosen !== undefined && groupParam === undefined)
      setFolding(revealing(model.spans, model.tree, folding, chosen));
  }

  const toggle = (row: number): void => {
    const span = rows.span[row]!;
    const isGroup = rows.group[row]! >= 0;
    setFolding({
      foldedSpans: isGroup ? folding.foldedSpans : toggled(folding.foldedSpans, span),
      openGroups: isGroup ? toggled(folding.openGroups, span) : folding.openGroups,
    });
    // The selection never hides in what was folded.
    if (expandedAt(model, rows, folding, row) === true && selectedRow > row && liesBelow(rows, row, selectedRow)) {
      select(span, isGroup, 'replace');
    }
  };
  const nextError = (): void => {
    const failed = [...model.tree.order].filter(span => model.spans.status[span] === statusError);
    const at = failed.indexOf(selected);
    const next = failed[(at + 1) % failed.length];
    if (next === undefined) return;
    setFolding(revealing(model.spans, model.tree, folding, next));
    select(next, false, 'replace');
  };
  const nextFound = (): void => {
    if (found === undefined) return;
    const order = [...model.tree.order].filter(span => found[span] === 1);
    const next = order[(order.indexOf(selected) + 1) % order.length];
    if (next === undefined) return;
    setFolding(revealing(model.spans, model.tree, folding, next));
    select(next, false, 'replace');
  };
  const zoomToSelected = (): void => {
    const startUs = group?.startUs ?? model.spans.startUs[selected]!;
    const lengthUs = group === undefined ? model.spans.durationUs[selected]! : group.endUs - group.startUs;
    const next = windowText(around(startUs, lengthUs, whole), whole);
    url.set({ zoom: next === url.get('zoom') ? undefined : next });
  };
  const move = (by: number): void => selectRow(Math.min(Math.max(selectedRow + by, 0), rows.count - 1), 'replace');
  const foldOrUp = (): void => {
    if (expandedAt(model, rows, folding, selectedRow) === true) toggle(selectedRow);
    else {
      for (let row = selectedRow - 1; row >= 0; row--) {
        if (rows.depth[row]! < rows.depth[selectedRow]!) return selectRow(row, 'replace');
      }
    }
  };
  const openOrDown = (): void => {
    const expanded = expandedAt(model, rows, folding, selectedRow);
    if (expanded === false) toggle(selectedRow);
    else if (expanded === true) move(1);
  };
  const escape = (): void => {
    if (find !== undefined) url.set({ find: undefined });
    else if (url.get('zoom') !== undefined) url.set({ zoom: undefined });
    else if (chosen !== undefined) url.set({ span: undefined, group: undefined });
  };
  const onRows = view === undefined;
  useKeys([
    binding('j', 'Next row', () => move(1)),
    binding('k', 'Previous row', () => move(-1)),
    binding('e', 'Next error', nextError),
    binding('z', 'Zoom to the span, and back', zoomToSelected),
    binding('f', 'Flame graph and back', () => url.set({ view: view === 'flame' ? undefined : 'flame' })),
    binding('Escape', 'Clear the search, the zoom, the selection', escape),
    ...(onRows
      ? [
          binding('ArrowDown', 'Next row', () => move(1)),
          binding('ArrowUp', 'Previous row', () => move(-1)),
          binding('ArrowLeft', 'Fold, then go up', foldOrUp),
          binding('ArrowRight', 'Unfold, then go down', openOrDown),
          binding('Home', 'First row', () => selectRow(0, 'replace')),
          binding('End', 'Last row', () => selectRow(rows.count - 1, 'replace')),
          binding('Enter', 'Fold or unfold', () => toggle(selectedRow)),
        ]
      : []),
  ]);

  const [keptNamePx, setNamePx] = useKeptPx('bellwether.trace-names', 424);
  const [widthPx, viewsBox] = useWidthPx<HTMLElement>();
  const namePx = Math.min(keptNamePx, widthPx * mostForNames);
  const [panePx, setPanePx] = useKeptPx('bellwether.trace-pane', 360);
  // React's type of `style` does not know custom properties.
  const measures = { '--name': `${namePx}px`, '--pane': `${panePx}px` } as CSSProperties;
  const timed = view === undefined || view === 'flame';
  return (
    <div className={styles.page} style={measures}>
      <TraceTitle model={model} zone={zone} onLogs={() => url.set({ view: 'logs' })} onNextError={nextError} />
      <div className={styles.body}>
        <section ref={viewsBox} className={styles.views} aria-label="Trace">
          <div className={styles.tools}>
            <div className={styles.tabs} role="tablist" aria-label="View">
              {views.map(({ view: each, label }) => (
                <button
                  key={label}
                  type="button"
                  role="tab"
                  aria-selected={each === view}
                  onClick={() => url.set({ view: each })}
                >
                  {label}
                </button>
              ))}
            </div>
            <span className={styles.space} />
            {timed && (
              <FindSpan
                text={url.get('find') ?? ''}
                hits={found?.reduce((sum, each) => sum + each, 0)}
                onText={text => url.set({ find: text === '' ? undefined : text }, 'replace')}
                onNext={nextFound}
              />
            )}
            {onRows && (
              <>
                <Button aria-pressed={showPath} onClick={() => url.set({ path: showPath ? 'off' : undefined })}>
                  Critical path
                </Button>
                <Button
                  aria-pressed={errorsOnly}
                  disabled={model.errorCount === 0 && !errorsOnly}
                  onClick={() => url.set({ errors: errorsOnly ? undefined : '1' })}
                >
                  Errors only
                </Button>
              </>
            )}
          </div>
          {trace.truncated && (
            <p className={styles.notice}>
              Shows the first {formatCount(trace.spans.id.length)} of {formatCount(trace.spanCount)} spans.
            </p>
          )}
          {timed && (
            <div className={styles.overview}>
              <TimeByServiceBar model={model} />
              <Minimap model={model} window={window} onWindow={onWindow} />
            </div>
          )}
          {view === 'flame' && (
            <FlameView
              model={model}
              window={window}
              selected={selected}
              found={found}
              onSelect={span => select(span, false, 'replace')}
            />
          )}
          {view === 'operations' && <OperationsView model={model} onSelect={span => select(span, false, 'replace')} />}
          {view === 'logs' &&
            (logs.isError ? (
              <Failure error={logs.error} onRetry={() => void logs.refetch()} />
            ) : logs.isLoading ? (
              <Skeleton rows={12} rowPx={24} />
            ) : (
              <TraceLogs
                model={model}
                logs={logs.data?.logs ?? []}
                partial={logs.data?.partial ?? false}
                zone={zone}
                selected={selected}
                onSelect={span => select(span, false, 'replace')}
              />
            ))}
          {onRows && (
            <WaterfallView
              model={model}
              rows={rows}
              folding={folding}
              window={window}
              selectedRow={selectedRow}
              showPath={showPath}
              find={find}
              found={found}
              logTimesUs={logs.data === undefined ? noLogTimes : logTimesUs}
              namePx={namePx}
              widthPx={widthPx}
              onNamePx={setNamePx}
              onSelect={selectRow}
              onToggle={toggle}
            />
          )}
          {onRows && <Legend />}
        </section>
        <PaneResizer px={panePx} onPx={setPanePx} />
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys scroll it */}
        <aside className={styles.pane} aria-label="Selected span" data-chosen={chosen !== undefined} tabIndex={0}>
          <div className={styles.paneClose}>
            <Button look="ghost" aria-label="Close" onClick={() => url.set({ span: undefined, group: undefined })}>
              <X aria-hidden="true" />
            </Button>
          </div>
          {group !== undefined ? (
            <GroupPane
              model={model}
              group={group}
              isOpen={folding.openGroups.has(group.first)}
              onOpen={() => toggle(selectedRow)}
            />
          ) : (
            <SpanPane model={model} span={selected} logs={logs.data?.logs} zone={zone} />
          )}
        </aside>
      </div>
    </div>
  );
}

function binding(keys: string, label: string, run: () => void): KeyBinding {
  return { keys, label, group: 'Trace', run };
}

function Legend(): ReactNode {
  return (
    <div className={styles.foot}>
      <span>
        <i className={styles.keyPath} aria-hidden="true" />
        critical path
      </span>
      <span>
        <i className={styles.keyLog} aria-hidden="true" />
        log line
      </span>
      <span>
        <StatusShape status="crit" />
        error
      </span>
      <span>
        <i className={styles.keyAsync} aria-hidden="true" />
        asynchronous
      </span>
      <span className={styles.space} />
      <span className={styles.keys}>
        <kbd>J</kbd>
        <kbd>K</kbd> move
      </span>
      <span className={styles.keys}>
        <kbd>←</kbd>
        <kbd>→</kbd> fold
      </span>
      <span className={styles.keys}>
        <kbd>E</kbd> next error
      </span>
      <span className={styles.keys}>
        <kbd>Z</kbd> zoom to span
      </span>
      <span className={styles.keys}>
        <kbd>?</kbd> all keys
      </span>
    </div>
  );
}

type FindSpanProps = {
  readonly text: string;
  readonly hits: number | undefined;
  readonly onText: (text: string) => void;
  readonly onNext: () => void;
};

function FindSpan({ text, hits, onText, onNext }: FindSpanProps): ReactNode {
  return (
    <label className={styles.find}>
      <Search aria-hidden="true" />
      <input
        data-filter=""
        type="text"
        aria-label="Find span"
        placeholder="Find span or service"
        value={text}
        onChange={event => onText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') onNext();
          if (event.key === 'Escape') {
            onText('');
            event.currentTarget.blur();
          }
        }}
      />
      {hits !== undefined && (
        <span className={styles.hits} aria-live="polite">
          {formatCount(hits)}
        </span>
      )}
    </label>
  );
}

/** What is folded, kept by span id: while a trace is still arriving its spans change their places. */
function useFolding(model: TraceModel): readonly [Folding, (next: Folding) => void] {
  const [folded, setFolded] = useState<readonly string[]>([]);
  const [open, setOpen] = useState<readonly string[]>([]);
  const folding = useMemo((): Folding => {
    const places = (ids: readonly string[]): ReadonlySet<number> =>
      new Set(ids.map(id => model.indexOfId.get(id) ?? -1));
    return { foldedSpans: places(folded), openGroups: places(open) };
  }, [model, folded, open]);
  const ids = (spans: ReadonlySet<number>): readonly string[] => [...spans].flatMap(span => model.spans.id[span] ?? []);
  return [
    folding,
    next => {
      setFolded(ids(next.foldedSpans));
      setOpen(ids(next.openGroups));
    },
  ];
}

function toggled(set: ReadonlySet<number>, member: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}

function liesBelow(rows: WaterfallRows, above: number, row: number): boolean {
  for (let at = above + 1; at <= row; at++) if (rows.depth[at]! <= rows.depth[above]!) return false;
  return true;
}

/** 1 for each span whose name, service, what it called or id holds the text. */
function findSpans(model: TraceModel, find: string): Uint8Array {
  const { spans, trace, workers, workerOf } = model;
  const nameHit = trace.names.map(name => name.toLowerCase().includes(find));
  const workerHit = workers.map(worker => worker.toLowerCase().includes(find));
  const found = new Uint8Array(model.tree.count);
  for (let span = 0; span < found.length; span++) {
    const hit =
      nameHit[spans.name[span]!] === true ||
      workerHit[workerOf[span]!] === true ||
      workerHit[spans.service[span]!] === true ||
      spans.id[span] === find;
    if (hit) found[span] = 1;
  }
  return found;
}

function logTimes(model: TraceModel, logs: readonly LogRow[]): ReadonlyMap<number, readonly number[]> {
  const times = new Map<number, number[]>();
  for (const log of logs) {
    const span = model.indexOfId.get(log.spanId);
    if (span === undefined) continue;
    const timeUs = sinceStartUs(model.trace.startNs, log.timeNs);
    const known = times.get(span);
    if (known === undefined) times.set(span, [timeUs]);
    else known.push(timeUs);
  }
  return times;
}

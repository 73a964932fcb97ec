import type { LogRow } from '@bellwether/model';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Radio, Shapes, WrapText } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { fetchLogHistogram, fetchLogs } from '../api-client.js';
import { Histogram } from '../charts/histogram.js';
import { firstSizes } from '../early/first-questions.js';
import { formatCount, formatExact } from '../format.js';
import { useHold } from '../hold.js';
import { useKeys } from '../keys.js';
import { usePageRange } from '../page-range.js';
import { Button, buttonClass } from '../parts/button.js';
import { Failure } from '../parts/failure.js';
import { Skeleton, SkeletonBlock } from '../parts/skeleton.js';
import { SplitPane } from '../parts/split-pane.js';
import { useHoldOver } from '../search/hold-over.js';
import { isBadQuery, ListFailure } from '../search/list-failure.js';
import { NothingFound } from '../search/nothing-found.js';
import { SearchBar } from '../search/search-bar.js';
import { addTerm, writeTerm } from '../search/write-term.js';
import { useUrlState } from '../url-state.js';
import { readColumns, writeColumns } from './columns.js';
import { levelBands } from './level-bands.js';
import { type ListProps, useLineKeys } from './line-keys.js';
import { LiveLines } from './live-lines.js';
import { LogLines } from './log-lines.js';
import { LogPane } from './log-pane.js';
import { LogPatterns } from './log-patterns.js';
import { readSelection, writeSelection } from './log-selection.js';
import styles from './logs-page.module.css';

const pageSize = firstSizes.logs;
const histogramSteps = firstSizes.steps;
const histogramPx = 76;

/** Log lines: how many when, which, and everything about the selected one. With `live=1` as they arrive, with `view=patterns` what they have in common. */
export function LogsPage(): ReactNode {
  useEffect(() => {
    document.title = 'Logs · Bellwether';
  }, []);
  const { zone } = usePageRange();
  const { get, set } = useUrlState();
  const q = get('q') ?? '';
  const isLive = get('live') === '1';
  const isPatterns = !isLive && get('view') === 'patterns';
  const wraps = get('wrap') === '1';
  const cols = get('cols');
  const columns = useMemo(() => readColumns(cols), [cols]);
  const selection = readSelection(get('sel'));
  // The list knows the selected line before the server has answered with all of it.
  const [line, setLine] = useState<LogRow | undefined>(undefined);

  const select = useCallback(
    (next: LogRow, how: 'push' | 'replace' = 'push') => {
      setLine(next);
      set({ sel: writeSelection(next) }, how);
    },
    [set],
  );
  const close = useCallback(() => set({ sel: undefined }), [set]);
  // Nothing moves while a line is being read.
  useHold(selection !== undefined);
  const list: ListProps = {
    q,
    columns,
    wraps,
    selectedId: selection?.id,
    onSelect: select,
    onRemoveColumn: key => set({ cols: writeColumns(columns.filter(each => each !== key)) }),
  };
  useKeys([
    { keys: 'Escape', label: 'Close the line', group: 'Logs', run: close },
    { keys: 'w', label: 'Wrap long lines', group: 'Logs', run: () => set({ wrap: wraps ? undefined : '1' }) },
    {
      keys: 'v',
      label: 'Patterns, or lines',
      group: 'Logs',
      run: () => set({ view: isPatterns ? undefined : 'patterns', live: undefined, sel: undefined }),
    },
  ]);

  return (
    <SplitPane
      fill
      onClose={close}
      pane={
        selection && (
          <LogPane
            key={selection.id}
            line={line?.id === selection.id ? line : undefined}
            onColumn={key => set({ cols: writeColumns([...columns.filter(each => each !== key), key]) })}
            onTerm={(key, value, how) => set({ q: addTerm(q, writeTerm(key, value, how)) })}
            selection={selection}
            zone={zone}
          />
        )
      }
      paneLabel="Selected line"
    >
      <div className={styles.page}>
        <div className={styles.title}>
          <h1>Logs</h1>
          {!isLive && <Total q={q} />}
          <div className={styles.right}>
            {!isLive && (
              <Link
                className={buttonClass()}
                search={{ ask: q, signal: 'logs' }}
                title="What these have that others lack"
                to="/difference"
              >
                What is different
              </Link>
            )}
            <Button
              aria-pressed={wraps}
              onClick={() => set({ wrap: wraps ? undefined : '1' })}
              title="Wrap long lines (w)"
            >
              <WrapText aria-hidden="true" />
              Wrap
            </Button>
            <Button
              aria-pressed={isPatterns}
              onClick={() => set({ view: isPatterns ? undefined : 'patterns', live: undefined, sel: undefined })}
              title="What lines have in common (v)"
            >
              <Shapes aria-hidden="true" />
              Patterns
            </Button>
            <Button
              aria-pressed={isLive}
              onClick={() => set({ live: isLive ? undefined : '1' })}
              title="Lines as they arrive"
            >
              <Radio aria-hidden="true" />
              Live
            </Button>
          </div>
        </div>
        <div className={styles.bar}>
          <SearchBar signal="logs" placeholder='level>=warn service:checkout "free text" order.id:4711' />
        </div>
        {isLive ? (
          <LiveLines {...list} />
        ) : (
          <>
            <Volume q={q} />
            {isPatterns ? <LogPatterns q={q} /> : <StoredLines {...list} />}
          </>
        )}
      </div>
    </SplitPane>
  );
}

function useVolume(q: string): ReturnType<typeof useQuery<Awaited<ReturnType<typeof fetchLogHistogram>>>> {
  const { params } = usePageRange();
  return useQuery({
    queryKey: ['log-histogram', params.from, params.to, params.env ?? '', q],
    queryFn: ({ signal }) => fetchLogHistogram({ ...params, q, steps: histogramSteps }, signal),
    placeholderData: keepPreviousData,
  });
}

function Total({ q }: { readonly q: string }): ReactNode {
  const { data } = useVolume(q);
  if (data === undefined) return null;
  return (
    <span className={styles.total} title={`${formatExact(data.total)} lines`}>
      {formatCount(data.total)} {q === '' ? 'lines' : 'matching lines'}
    </span>
  );
}

function Volume({ q }: { readonly q: string }): ReactNode {
  const volume = useVolume(q);
  const series = useMemo(() => (volume.data === undefined ? [] : levelBands(volume.data)), [volume.data]);
  if (volume.data === undefined) {
    if (isBadQuery(volume.error)) return null;
    return (
      <div className={styles.histogram}>
        {volume.isError ? (
          <Failure error={volume.error} onRetry={() => void volume.refetch()} />
        ) : (
          <SkeletonBlock heightPx={histogramPx} />
        )}
      </div>
    );
  }
  return (
    <div className={volume.isPlaceholderData ? `${styles.histogram} ${styles.stale}` : styles.histogram}>
      <Histogram
        drill={{ traces: undefined, logs: q }}
        heightPx={histogramPx}
        series={series}
        stepMs={volume.data.stepMs}
        stepsMs={volume.data.stepsMs}
        summary={`${formatExact(volume.data.total)} log lines over the range: ${series
          .map(({ name, counts }) => `${formatExact(counts.reduce((sum, count) => sum + count, 0))} ${name}`)
          .join(', ')}`}
        title="Log lines over time"
      />
    </div>
  );
}

function StoredLines(props: ListProps): ReactNode {
  const { q, selectedId, onSelect } = props;
  const { params, zone, nowMs } = usePageRange();
  const holdOver = useHoldOver();
  const list = useInfiniteQuery({
    queryKey: ['logs', params.from, params.to, params.env ?? '', q],
    queryFn: ({ signal, pageParam }) => fetchLogs({ ...params, q, limit: pageSize, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const lines = useMemo(() => list.data?.pages.flatMap(page => page.logs) ?? [], [list.data]);
  const selectedIndex = useMemo(() => lines.findIndex(line => line.id === selectedId), [lines, selectedId]);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  useLineKeys(lines.length, index => lines[index], selectedIndex, onSelect);

  if (list.isPending) {
    return (
      <div className={styles.list}>
        <Skeleton rows={24} rowPx={22} />
      </div>
    );
  }
  if (list.isError && list.data === undefined) {
    return (
      <div className={styles.list}>
        <ListFailure error={list.error} onRetry={() => void list.refetch()} />
      </div>
    );
  }
  return (
    <div className={list.isPlaceholderData ? `${styles.list} ${styles.stale}` : styles.list} {...holdOver}>
      {list.data.pages.some(page => page.partial) && (
        <p className={styles.notice}>
          The search stopped at its limit, so some lines may be missing. Narrow the range or the filter to see all.
        </p>
      )}
      {lines.length === 0 ? (
        <NothingFound signal="logs" />
      ) : (
        <LogLines
          {...props}
          count={lines.length}
          lineAt={index => lines[index]}
          nowMs={nowMs}
          onEnd={onEnd}
          selectedIndex={selectedIndex}
          zone={zone}
        />
      )}
      {isFetchingNextPage && <p className={styles.more}>Loading more…</p>}
    </div>
  );
}

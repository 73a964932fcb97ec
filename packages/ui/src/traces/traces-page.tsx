import type { TraceSort } from '@bellwether/model';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback, useEffect, useMemo } from 'react';
import { fetchTraceHistogram, fetchTraces } from '../api-client.js';
import { Histogram } from '../charts/histogram.js';
import { firstSizes } from '../early/first-questions.js';
import { formatCount, formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button, buttonClass, ButtonGroup } from '../parts/button.js';
import { DataTable } from '../parts/data-table.js';
import { Failure } from '../parts/failure.js';
import { Skeleton, SkeletonBlock } from '../parts/skeleton.js';
import { useHoldOver } from '../search/hold-over.js';
import { isBadQuery, ListFailure } from '../search/list-failure.js';
import { NothingFound } from '../search/nothing-found.js';
import { SearchBar } from '../search/search-bar.js';
import { keepResultSet } from '../trace/result-set.js';
import { useUrlState } from '../url-state.js';
import { traceColumns } from './trace-columns.js';
import styles from './traces-page.module.css';

const pageSize = firstSizes.traces;
const histogramSteps = firstSizes.steps;
const histogramPx = 76;

const sorts: readonly { readonly sort: TraceSort; readonly label: string; readonly title: string }[] = [
  { sort: 'recent', label: 'Recent', title: 'Newest first' },
  { sort: 'slowest', label: 'Slowest', title: 'Those with the longest matching span first' },
  { sort: 'errors', label: 'Most errors', title: 'Those with most failed matching spans first' },
];

/** Traces that hold a span matching the search: when, and which. */
export function TracesPage(): ReactNode {
  useEffect(() => {
    document.title = 'Traces · Bellwether';
  }, []);
  const { params } = usePageRange();
  const { get, set } = useUrlState();
  const q = get('q') ?? '';
  const sort = sorts.find(each => each.sort === get('sort'))?.sort ?? 'recent';
  const histogram = useQuery({
    queryKey: ['trace-histogram', params.from, params.to, params.env ?? '', q],
    queryFn: ({ signal }) => fetchTraceHistogram({ ...params, q, steps: histogramSteps }, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <div className={styles.page}>
      <div className={styles.title}>
        <h1>Traces</h1>
        {histogram.data !== undefined && (
          <span className={styles.total} title={`${formatExact(histogram.data.total)} spans match`}>
            {formatCount(histogram.data.total)} {q === '' ? 'spans' : 'matching spans'}
            {histogram.data.stored < histogram.data.total && (
              <span title={`${formatExact(histogram.data.stored)} of them are stored; what is counted stands for all`}>
                {' '}
                · sampled, scaled
              </span>
            )}
          </span>
        )}
        <div className={styles.right}>
          <Link className={buttonClass()} search={q === '' ? {} : { q }} to="/flame">
            Flame graph
          </Link>
          <Link className={buttonClass()} search={{ ask: q }} title="What these have that others lack" to="/difference">
            What is different
          </Link>
          <ButtonGroup label="Sort">
            {sorts.map(each => (
              <Button
                key={each.sort}
                aria-pressed={each.sort === sort}
                title={each.title}
                onClick={() => set({ sort: each.sort === 'recent' ? undefined : each.sort })}
              >
                {each.label}
              </Button>
            ))}
          </ButtonGroup>
        </div>
      </div>
      <div className={styles.bar}>
        <SearchBar signal="spans" placeholder='service:checkout status:error duration>200ms "free text"' />
      </div>
      {histogram.data !== undefined ? (
        <div className={histogram.isPlaceholderData ? `${styles.histogram} ${styles.stale}` : styles.histogram}>
          <Histogram
            drill={{ traces: q, logs: undefined }}
            heightPx={histogramPx}
            series={[
              { name: 'OK', colour: 1, counts: histogram.data.ok },
              { name: 'Errors', colour: 'crit', counts: histogram.data.errors },
            ]}
            stepMs={histogram.data.stepMs}
            stepsMs={histogram.data.stepsMs}
            summary={histogramSummary(histogram.data.total, histogram.data.errors)}
            title="Traces over time"
          />
        </div>
      ) : (
        !isBadQuery(histogram.error) && (
          <div className={styles.histogram}>
            {histogram.isError ? (
              <Failure error={histogram.error} onRetry={() => void histogram.refetch()} />
            ) : (
              <SkeletonBlock heightPx={histogramPx} />
            )}
          </div>
        )
      )}
      <TraceList q={q} sort={sort} />
    </div>
  );
}

function histogramSummary(total: number, errors: readonly number[]): string {
  const failed = errors.reduce((sum, count) => sum + count, 0);
  return `${formatExact(total)} spans over the range, ${formatExact(failed)} of them failed`;
}

function TraceList({ q, sort }: { readonly q: string; readonly sort: TraceSort }): ReactNode {
  const { params, zone, nowMs } = usePageRange();
  const navigate = useNavigate();
  const holdOver = useHoldOver();
  const list = useInfiniteQuery({
    queryKey: ['traces', params.from, params.to, params.env ?? '', q, sort],
    queryFn: ({ signal, pageParam }) => fetchTraces({ ...params, q, sort, limit: pageSize, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => list.data?.pages.flatMap(page => page.traces) ?? [], [list.data]);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  const keep = useCallback(
    () => keepResultSet({ traceIds: rows.map(row => row.traceId), hasMore: hasNextPage }),
    [rows, hasNextPage],
  );
  const columns = useMemo(() => {
    const slowestMs = rows.reduce((most, row) => Math.max(most, row.durationMs), 0);
    return traceColumns({ zone, nowMs, slowestMs, onFollow: keep });
  }, [rows, zone, nowMs, keep]);

  if (list.isPending) {
    return (
      <div className={styles.list}>
        <Skeleton rows={14} />
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
  const isPartial = list.data.pages.some(page => page.partial);
  return (
    <div className={list.isPlaceholderData ? `${styles.list} ${styles.stale}` : styles.list} {...holdOver}>
      {isPartial && (
        <p className={styles.notice}>
          The search stopped at its limit, so some traces may be missing. Narrow the range or the filter to see all.
        </p>
      )}
      {rows.length === 0 ? (
        <NothingFound signal="spans" />
      ) : (
        <DataTable
          columns={columns}
          label="Traces"
          onEnd={onEnd}
          onOpen={row => {
            keep();
            void navigate({ to: '/traces/$traceId', params: { traceId: row.traceId }, search: {} });
          }}
          rowKey={row => row.traceId}
          rows={rows}
          walks
        />
      )}
      {isFetchingNextPage && <p className={styles.more}>Loading more…</p>}
    </div>
  );
}

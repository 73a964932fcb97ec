import { Fragment, lazy, Suspense, useMemo, type ReactNode } from 'react';
import { formatCounted } from '../format.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { Failure } from '../parts/failure.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { StatusShape } from '../parts/status-mark.js';
import { usePageRange } from '../page-range.js';
import { useUrlState } from '../url-state.js';
import { frameOf, mostSeries } from './frame.js';
import { hasBuckets } from './has-buckets.js';
import type { View } from './metrics-page.js';
import { NoSamples } from './no-samples.js';
import { ResultChart } from './result-chart.js';
import styles from './result.module.css';
import type { AskedQuery, RangeAnswers } from './result-query.js';
import { StatView } from './stat-view.js';
import { useQueryEdit } from './use-query-edit.js';
import { ValueTable } from './value-table.js';

// Only histograms need it.
const HeatmapView = lazy(() => import('./heatmap-view.js').then(module => ({ default: module.HeatmapView })));

type ResultPanelProps = {
  readonly range: RangeAnswers;
  readonly instant: readonly AskedQuery[];
  readonly view: View;
  /** There is no query yet. */
  readonly isBlank: boolean;
};

/** The answer of all queries: what failed by query, what the server warned of, and the rest drawn. */
export function ResultPanel({ range, instant, view, isBlank }: ResultPanelProps): ReactNode {
  const { env } = usePageRange();
  const { set } = useUrlState();
  const isOverTime = view === 'chart' || view === 'heatmap';
  const asked = isOverTime ? range.now : instant;
  const frame = useMemo(() => frameOf(range), [range]);
  if (isBlank) return <FirstSteps />;
  const total = asked.reduce((sum, { result }) => sum + (result.data?.series.length ?? 0), 0);
  const hasLines = asked.some(({ result }) => result.data?.series.some(({ values }) => values.length > 0));
  const isLoading = asked.some(({ result }) => result.isPending && result.fetchStatus !== 'idle');
  const hasAnswer = asked.some(({ result }) => result.data !== undefined && result.error === null);
  return (
    <Card title="Result" note={hasAnswer ? `${total} series` : undefined}>
      {env !== undefined && (
        <p className={styles['note']}>
          The environment filter ({env}) is not part of these queries: add it as a label of the query.
        </p>
      )}
      <Faults asked={[...asked, ...range.before]} />
      {asked.length === 0 ? (
        <Empty title="Every query is left out">
          <Button onClick={() => set({ off: undefined })}>Draw them all</Button>
        </Empty>
      ) : isLoading ? (
        <SkeletonBlock heightPx={320} />
      ) : !hasAnswer ? undefined : total === 0 && !asked.some(({ result }) => result.data?.text !== undefined) ? (
        <NoSamples asked={asked} />
      ) : (
        <div className={styles['ready']} data-stale={asked.some(({ result }) => result.isPlaceholderData)}>
          {total > mostSeries && view === 'chart' && (
            <p className={styles['warning']}>
              <StatusShape status="warn" /> Only the first {mostSeries} of {total} series are drawn. Sum them, or take
              the largest with topk.
            </p>
          )}
          {view === 'chart' && <Histograms asked={asked} stepMs={range.stepMs} stepsMs={range.stepsMs} />}
          {view === 'chart' && hasLines && (
            <ResultChart asked={asked} frame={frame} stepMs={range.stepMs} stepsMs={range.stepsMs} />
          )}
          {view === 'heatmap' && (
            <Suspense fallback={<SkeletonBlock heightPx={300} />}>
              <HeatmapView asked={asked} stepMs={range.stepMs} stepsMs={range.stepsMs} />
            </Suspense>
          )}
          {view === 'table' && <ValueTable asked={asked} />}
          {view === 'stat' && <StatView asked={asked} />}
        </div>
      )}
    </Card>
  );
}

type HistogramsProps = Pick<RangeAnswers, 'stepsMs' | 'stepMs'> & { readonly asked: readonly AskedQuery[] };

/** A line cannot show a histogram: its buckets are drawn, and what lines can be made of it is offered. */
function Histograms({ asked, ...steps }: HistogramsProps): ReactNode {
  const editQuery = useQueryEdit();
  const { set } = useUrlState();
  return asked.map(({ query, result }) => {
    const series = result.data?.series ?? [];
    const wide = series.filter(({ values, histograms }) => values.length === 0 && histograms.length > 0);
    if (wide.length > 0) {
      return (
        <Fragment key={query.letter}>
          <p className={styles['note']}>
            {query.letter}: {formatCounted(wide.length, 'series is a histogram', 'series are histograms')}, which no
            line can show: these are the buckets.
            <button
              className={styles['way']}
              onClick={() => editQuery(query.letter, expr => `histogram_quantile(0.95, ${expr})`)}
              type="button"
            >
              Draw the 0.95 quantile
            </button>
          </p>
          <Suspense fallback={<SkeletonBlock heightPx={300} />}>
            <HeatmapView {...steps} asked={[{ query, result }]} />
          </Suspense>
        </Fragment>
      );
    }
    return result.data !== undefined && hasBuckets(result.data) ? (
      <p className={styles['note']} key={query.letter}>
        {query.letter}: its series are buckets of a histogram.
        <button className={styles['way']} onClick={() => set({ view: 'heatmap' })} type="button">
          Draw them as a heatmap
        </button>
      </p>
    ) : undefined;
  });
}

/** What failed, and what was answered with a doubt. */
function Faults({ asked }: { readonly asked: readonly AskedQuery[] }): ReactNode {
  return asked.map(({ query, result }, index) => (
    // The same query may stand here twice: for now and for the earlier period.
    <Fragment key={`${query.letter} ${index}`}>
      {result.error !== null && (
        <div className={styles['failed']}>
          <b>{query.letter}</b>
          <Failure error={result.error} onRetry={() => void result.refetch()} />
        </div>
      )}
      {result.fetchStatus === 'idle' && result.isPending && (
        <div className={styles['failed']}>
          <b>{query.letter}</b>
          <Failure error={new Error('This was cancelled before it was ready.')} onRetry={() => void result.refetch()} />
        </div>
      )}
      {result.data?.warnings.map(text => (
        <p className={styles['warning']} key={text}>
          <StatusShape status="warn" /> {query.letter}: {text}
        </p>
      ))}
      {result.data?.infos.map(text => (
        <p className={styles['note']} key={text}>
          {query.letter}: {text}
        </p>
      ))}
    </Fragment>
  ));
}

function FirstSteps(): ReactNode {
  return (
    <Card title="Ask a question">
      <Empty title="Pick a metric, or write PromQL">
        <p>
          A click on a metric asks the first question about it: how fast a counter grows, how slow the slow requests of
          a histogram are, what a gauge says now.
        </p>
      </Empty>
    </Card>
  );
}

import { useMemo, type ReactNode } from 'react';
import { BucketHeatmap } from '../charts/bucket-heatmap.js';
import { classicCells, mostCells, nativeCells, type BucketCells } from '../charts/bucket-cells.js';
import { ChartMenu } from '../charts/chart-menu.js';
import { bucketColumns } from '../charts/heatmap-csv.js';
import { formatExact } from '../format.js';
import type { QueryResult } from '../prometheus-client.js';
import { boxDrill, bucketSpans } from './bucket-spans.js';
import { measureFormat } from './measure-format.js';
import { knownMetric, useMetricList } from './metric-list.js';
import { metricsOf, parsedQuery } from './parsed-query.js';
import type { MetricQuery } from './query-list.js';
import styles from './result.module.css';
import type { AskedQuery } from './result-query.js';
import { measureOf } from './unit.js';

type Steps = { readonly stepsMs: readonly number[]; readonly stepMs: number };

/** The buckets of each query over time: of native histograms, or of classic ones by their `le`. */
export function HeatmapView({ asked, ...steps }: Steps & { readonly asked: readonly AskedQuery[] }): ReactNode {
  return asked.map(({ query, result }) =>
    result.data === undefined ? undefined : (
      <QueryHeatmap {...steps} isOnly={asked.length === 1} key={query.letter} query={query} result={result.data} />
    ),
  );
}

type QueryHeatmapProps = Steps & {
  readonly query: MetricQuery;
  readonly result: QueryResult;
  readonly isOnly: boolean;
};

function QueryHeatmap({ query, result, stepsMs, stepMs, isOnly }: QueryHeatmapProps): ReactNode {
  const list = useMetricList().data;
  const buckets = useMemo(() => bucketsOf(result, { timesMs: stepsMs, stepMs }), [result, stepsMs, stepMs]);
  const parsed = parsedQuery(query.expr);
  const spans = useMemo(() => bucketSpans([query.expr]), [query.expr]);
  const [metric = ''] = parsed === undefined ? [] : metricsOf(parsed);
  const whole = metric.replace(/_bucket$/, '');
  const { axis } = measureFormat(measureOf(whole, knownMetric(metric, list)?.unit));
  if (buckets === undefined) {
    return (
      <p className={styles['note']}>
        {query.letter}: there are no buckets in its answer. Ask for a histogram, or for{' '}
        <code>sum by (le) (rate(…_bucket[5m]))</code>.
      </p>
    );
  }
  const series = result.series.filter(({ histograms }) => histograms.length > 0).length;
  return (
    <>
      {!isOnly && (
        <p className={styles['note']}>
          <b>{query.letter}</b> {query.expr}
        </p>
      )}
      {series > 1 && <p className={styles['note']}>The buckets of {formatExact(series)} series are added up.</p>}
      {buckets.cells.length >= mostCells && (
        <p className={styles['note']}>Only the first {formatExact(mostCells)} cells are drawn: take a longer step.</p>
      )}
      <div style={{ position: 'relative' }}>
        <div className={styles['tools']}>
          <ChartMenu
            series={bucketColumns(buckets)}
            stepsMs={stepsMs}
            title={isOnly ? 'Result' : `Result of ${query.letter}`}
          />
        </div>
        <BucketHeatmap
          buckets={buckets}
          {...('why' in spans ? { note: spans.why } : { drillOf: (low, high) => boxDrill(spans, low, high) })}
          format={axis}
          heightPx={300}
          scale="log"
          title={isOnly ? 'Result' : `Result of ${query.letter}`}
        />
      </div>
    </>
  );
}

/** The cells of an answer; undefined when it has no buckets. */
function bucketsOf({ series }: QueryResult, steps: Omit<BucketCells, 'cells'>): BucketCells | undefined {
  if (series.some(({ histograms }) => histograms.length > 0)) return nativeCells(series, steps);
  return classicCells(series, steps);
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatCount, formatCounted, formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { fetchSeries } from '../prometheus-client.js';
import { selectorOf } from './first-query.js';
import { labelCounts, type LabelCount } from './label-counts.js';
import styles from './metric-browser.module.css';
import { knownMetric, useMetricList } from './metric-list.js';
import { fetchLargest } from './metrics-api.js';

type MetricFactsProps = { readonly metric: string; onFilter(label: string, value: string): void };

/** Beyond this the server counts: it would be too much to send. */
const mostSeries = 2000;
const steadyMs = 300_000;
const manyValues = 100;

/** What a metric is, how many series it has, and which labels make them. */
export function MetricFacts({ metric, onFilter }: MetricFactsProps): ReactNode {
  const { fromMs, toMs } = usePageRange();
  const known = knownMetric(metric, useMetricList().data);
  const from = Math.floor(fromMs / steadyMs) * steadyMs;
  const to = Math.ceil(toMs / steadyMs) * steadyMs;
  const isLarge = (known?.series ?? 0) > mostSeries;
  const labels = useQuery({
    queryKey: ['label-counts', metric, isLarge, from, to],
    queryFn: async ({ signal }): Promise<readonly LabelCount[]> => {
      if (!isLarge) {
        const match = [selectorOf(metric)];
        return labelCounts(await fetchSeries({ fromMs: from, toMs: to, match, limit: mostSeries }, signal));
      }
      const { metrics } = await fetchLargest({ fromMs: from, toMs: to }, signal);
      const found = metrics.find(one => one.metric === metric || one.metric === known?.metric);
      return (found?.labels ?? []).map(({ key, values, examples }) => ({ label: key, values, examples }));
    },
    retry: false,
    meta: { quiet: true },
  });
  if (known === undefined) return undefined;
  const facts = [known.type, known.unit, formatCounted(known.series, 'series', 'series')].filter(Boolean).join(' · ');
  return (
    <section aria-label={`About ${metric}`} className={styles['facts']}>
      <h2>{metric}</h2>
      <p className={styles['quiet']}>{facts}</p>
      {known.metric !== known.name && (
        <p className={styles['quiet']}>
          came as <code>{known.metric}</code>
        </p>
      )}
      {known.help !== '' && <p>{known.help}</p>}
      <ul>
        {(labels.data ?? []).map(({ label, values, examples }) => (
          <li key={label}>
            <span className={styles['label']} data-many={values > manyValues}>
              <span className={styles['name']}>{label}</span>
              <span className={styles['number']} title={`${formatExact(values)} values`}>
                {formatCount(values)}
              </span>
            </span>
            <span className={styles['examples']}>
              {examples.map(value => (
                <button
                  key={value}
                  onClick={() => onFilter(label, value)}
                  title={`Only ${label} = ${value}`}
                  type="button"
                >
                  {value}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

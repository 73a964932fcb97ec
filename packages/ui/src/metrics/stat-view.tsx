import type { ReactNode } from 'react';
import { formatExact } from '../format.js';
import { measureFormat } from './measure-format.js';
import styles from './result.module.css';
import type { AskedQuery } from './result-query.js';
import { distinct, fillLegend, shortNames } from './series-names.js';
import { useMeasure } from './use-measure.js';

const most = 60;

/** The values at the end of the range, large. */
export function StatView({ asked }: { readonly asked: readonly AskedQuery[] }): ReactNode {
  const measureOf = useMeasure();
  const stats = asked.flatMap(({ query, result }) => {
    const { format } = measureFormat(measureOf(query));
    const series = result.data?.series ?? [];
    const labels = series.map(one => one.labels);
    const names =
      query.legend === ''
        ? shortNames(labels, query.expr)
        : labels.map(one => fillLegend(query.legend, one) || query.expr);
    const said = result.data?.text;
    if (said !== undefined) return [{ name: query.expr, text: said }];
    return series.map(({ values, histograms }, index) => ({
      name: names[index] ?? '',
      text: format(values.at(-1) ?? histograms.at(-1)?.histogram.count ?? null),
    }));
  });
  const names = distinct(stats.map(({ name }) => name));
  return (
    <>
      <dl className={styles['stats']}>
        {stats.slice(0, most).map(({ text }, index) => (
          <div key={names[index]}>
            <dt title={names[index]}>{names[index]}</dt>
            <dd className="num">{text}</dd>
          </div>
        ))}
      </dl>
      {stats.length > most && (
        <p className={styles['note']}>
          The first {most} of {formatExact(stats.length)}. The table has all of them.
        </p>
      )}
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fetchLogHistogram } from '../api-client.js';
import { formatChange, formatCount, formatExact, formatRate } from '../format.js';
import { usePageRange } from '../page-range.js';
import { lengthInWords } from '../range-words.js';
import styles from './home.module.css';

const orders = 'event:business.order';

/** Orders of the range, against the time before: for applications that tell their business events. */
export function OrderLine(): ReactNode {
  const { params } = usePageRange();
  const lengthMs = params.to - params.from;
  const { data } = useQuery({
    queryKey: ['order-line', params.from, params.to, params.env ?? ''],
    queryFn: async ({ signal }) => {
      const { stepsMs, levels } = await fetchLogHistogram(
        { from: params.from - lengthMs, to: params.to, env: params.env, q: orders, steps: 60 },
        signal,
      );
      const counts = stepsMs.map((_, step) => levels.reduce((sum, { counts }) => sum + (counts[step] ?? 0), 0));
      const sum = (isNow: boolean): number =>
        counts.reduce(
          (total, count, step) => ((stepsMs[step] ?? 0) >= params.from === isNow ? total + count : total),
          0,
        );
      return { now: sum(true), before: sum(false) };
    },
    placeholderData: before => before,
  });
  if (data === undefined || data.now + data.before === 0) return undefined;
  return (
    <section aria-label="Business" className={styles['calm']}>
      <h2>Orders</h2>
      <Link className={`num ${styles['number']}`} search={{ q: orders }} title={formatExact(data.now)} to="/logs">
        {formatCount(data.now)}, {formatRate(data.now / (lengthMs / 1000))}
      </Link>
      {data.before > 0 && (
        <span className={`num ${styles['facts']}`}>
          {formatChange(data.now / data.before - 1)} against the {lengthInWords(lengthMs)} before
        </span>
      )}
    </section>
  );
}

import type { CardinalityAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount, formatCounted, formatExact } from '../format.js';
import { firstQuery } from '../metrics/first-query.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusShape } from '../parts/status-mark.js';
import { useCardinality } from './data-queries.js';
import styles from './data.module.css';

type Metric = CardinalityAnswer['metrics'][number];

/** A label with more values is what makes a metric large. */
const manyValues = 100;

/** Which metrics have the most series, and which label makes them so many. */
export function SeriesPanel(): ReactNode {
  const query = useCardinality();
  return (
    <Remote
      query={query}
      skeleton={
        <Card title="Metric series">
          <Skeleton rows={6} />
        </Card>
      }
    >
      {answer => (
        <Card note={`${formatCounted(answer.series, 'series', 'series')} in this range`} title="Metric series">
          <Overflows overflows={answer.overflows} />
          {answer.metrics.length === 0 ? (
            <Empty title="No metric was received in this range" />
          ) : (
            <DataTable columns={columns} label="Metric series" rowKey={row => row.metric} rows={answer.metrics} />
          )}
        </Card>
      )}
    </Remote>
  );
}

/** The first question about a metric by the name it came with; of a sum it is not known here whether it only grows. */
function queryOf({ metric, type }: Metric): string {
  return firstQuery({ name: metric, type: type.includes('histogram') ? 'histogram' : 'gauge' });
}

const columns: readonly Column<Metric>[] = [
  {
    key: 'metric',
    title: 'Metric',
    cell: row => (
      <Link className={`link ${styles['metric']}`} search={{ q: queryOf(row) }} title="Open in Metrics" to="/metrics">
        {row.metric}
      </Link>
    ),
  },
  { key: 'type', title: 'Type', width: '150px', fromPx: 800, cell: row => row.type.replaceAll('_', ' ') },
  {
    key: 'series',
    title: 'Series',
    right: true,
    width: '80px',
    cell: row => <span title={formatExact(row.series)}>{formatCount(row.series)}</span>,
  },
  {
    key: 'labels',
    title: 'Labels with the most values',
    width: '46%',
    fromPx: 600,
    cell: row => (
      <ul className={styles['labels']}>
        {row.labels.slice(0, 3).map(({ key, values, examples }) => (
          <li className={values > manyValues ? styles['trouble'] : undefined} key={key} title={examples.join(', ')}>
            {key} <span className="num">{formatCount(values)}</span>
          </li>
        ))}
      </ul>
    ),
  },
];

function Overflows({ overflows }: { overflows: CardinalityAnswer['overflows'] }): ReactNode {
  if (overflows.length === 0) return undefined;
  return (
    <ul className={styles['overflows']}>
      {overflows.map(({ metric, limit, points }) => (
        <li key={metric}>
          <StatusShape status="crit" />
          <span>
            <b>
              {metric} has more than {formatExact(limit)} series
            </b>
            <span className={styles['what']}>
              {formatCounted(points, 'point', 'points')} got no series of their own. Sums count on in a series with{' '}
              <code>otel.metric.overflow</code>, the rest is refused. Take labels with many values off the metric; put
              them on spans or logs.
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

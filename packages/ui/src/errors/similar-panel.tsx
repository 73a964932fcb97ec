import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatAgo, formatCounted, formatPercent } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { errorTitle } from './error-trend.js';
import { fetchSimilar } from './errors-client.js';
import styles from './errors.module.css';
import { useActs } from './use-acts.js';

/** Other errors that look like this one; what is the same is merged into it. */
export function SimilarPanel({ id }: { readonly id: string }): ReactNode {
  const { params, nowMs, zone } = usePageRange();
  const { actOn, isBusy, failure } = useActs();
  const query = useQuery({
    queryKey: ['similar-errors', id, params.from, params.to, params.env ?? ''],
    queryFn: ({ signal }) => fetchSimilar(id, params, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <Card title="Similar errors">
      {failure !== undefined && <p role="alert">{failure}</p>}
      <Remote query={query} skeleton={<Skeleton rows={3} />}>
        {({ similar }) =>
          similar.length === 0 ? (
            <Empty title="None in this range" />
          ) : (
            <ul className={styles['similar']}>
              {similar.map(other => (
                <li key={other.id}>
                  <span className={styles['name']}>
                    <Link
                      className="link"
                      params={{ id: other.id }}
                      search={{}}
                      title={errorTitle(other)}
                      to="/errors/$id"
                    >
                      {errorTitle(other)}
                    </Link>
                    <span className={styles['facts']}>
                      {other.isSameBySourceMap
                        ? 'the same by its source map'
                        : `${formatPercent(other.likeness)} alike`}
                      , {formatCounted(other.events, 'event', 'events')}, {formatAgo(other.lastMs, nowMs, zone)}
                    </span>
                  </span>
                  <Button
                    aria-label={`Merge ${errorTitle(other)} into this error`}
                    disabled={isBusy}
                    onClick={() => void actOn([other.id], { kind: 'merge', into: id })}
                  >
                    Merge
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Remote>
    </Card>
  );
}

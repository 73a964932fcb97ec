import type { ErrorRow } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fetchErrors } from '../api-client.js';
import { errorMark, errorTitle } from '../errors/error-trend.js';
import { formatAgo, formatCount, formatFull } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import styles from './home.module.css';

const shownErrors = 5;
const dayMs = 24 * 3_600_000;

/** What is new, came back or is rising among the errors of the last 24 hours. */
export function useErrorNews(): UseQueryResult<readonly ErrorRow[]> {
  const { params, nowMs } = usePageRange();
  return useQuery({
    queryKey: ['error-news', nowMs, params.env ?? ''],
    queryFn: async ({ signal }) => {
      const asked = { from: nowMs - dayMs, to: nowMs, env: params.env, service: undefined, q: '', state: undefined };
      const { errors } = await fetchErrors({ ...asked, limit: 50 }, signal);
      return errors.filter(({ state, trend }) => state === 'regressed' || trend !== 'ongoing');
    },
    placeholderData: keepPreviousData,
  });
}

/** New errors, those that came back after they were resolved, and those that come ever more often. */
export function ErrorNews(): ReactNode {
  const query = useErrorNews();
  return (
    <Card
      note="last 24 hours"
      right={
        <Link className="link" search={{ from: 'now-24h', to: undefined }} to="/errors">
          All errors
        </Link>
      }
      title="New errors"
    >
      <Remote query={query} skeleton={<Skeleton rows={shownErrors} />}>
        {errors =>
          errors.length === 0 ? (
            <Empty title="No new errors in the last 24 hours" />
          ) : (
            <ul className={styles['errors']}>
              {errors.slice(0, shownErrors).map(error => (
                <NewError error={error} key={error.id} />
              ))}
            </ul>
          )
        }
      </Remote>
    </Card>
  );
}

function NewError({ error }: { readonly error: ErrorRow }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const { mark, word, why } = errorMark(error);
  return (
    <li>
      <span title={why}>
        <StatusMark status={mark} word={word} />
      </span>
      <Link
        className={styles['name']}
        params={{ id: error.id }}
        // An error of this morning is not in the last quarter of an hour.
        search={{ from: String(Math.floor(error.firstMs) - 60_000), to: String(Math.ceil(error.lastMs) + 60_000) }}
        title={error.culprit}
        to="/errors/$id"
      >
        {errorTitle(error)}
      </Link>
      <span className={`num ${styles['facts']}`} title={`First seen ${formatFull(error.firstEverMs, zone)}`}>
        {formatCount(error.events)} in {error.services.join(', ')}, {formatAgo(error.firstEverMs, nowMs, zone)}
      </span>
    </li>
  );
}

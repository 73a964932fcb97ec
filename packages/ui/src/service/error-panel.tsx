import type { OverviewAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatAgo, formatCount, formatCounted, formatExact, formatFull } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { StatusShape } from '../parts/status-mark.js';
import { writeTerm } from '../search/write-term.js';
import styles from './service.module.css';

const shown = 5;

/** Why requests failed, most frequent first. The title leads to one such trace, the count to all. */
export function ErrorPanel({ answer }: { answer: OverviewAnswer }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const q = `${writeTerm('service', answer.service)} status:error`;
  const errors = answer.errors.slice(0, shown);
  return (
    <Card
      note={answer.errors.length === 0 ? undefined : formatCounted(answer.errors.length, 'kind', 'kinds')}
      right={
        errors.length > 0 && (
          <Link className="link" search={{ service: answer.service }} to="/errors">
            View all
          </Link>
        )
      }
      title="Errors"
    >
      {errors.length === 0 ? (
        <Empty title="No failed requests in this range" />
      ) : (
        <ul className={styles['rows']}>
          {errors.map(({ type, message, count, firstSeen, lastSeen, sampleTraceId }) => (
            <li key={type}>
              <StatusShape status="crit" />
              <span>
                <Link
                  className={styles['title']}
                  params={{ traceId: sampleTraceId }}
                  search={{}}
                  title={message === '' ? 'See a trace' : message}
                  to="/traces/$traceId"
                >
                  {message === '' ? type || 'Failed without a message' : message}
                </Link>
                <span className={`mono ${styles['sub']}`}>{type === '' ? 'no error.type' : type}</span>
              </span>
              <Link
                className={styles['right']}
                search={{ q: type === '' ? q : `${q} ${writeTerm('error.type', type)}` }}
                title={`${formatExact(count)} failed requests: see their traces`}
                to="/traces"
              >
                <b className="num">{formatCount(count)}</b>
                <span className={styles['sub']}>times</span>
              </Link>
              <span className={`${styles['right']} ${styles['small']}`} title={`First ${formatFull(firstSeen, zone)}`}>
                last
                <span className={styles['sub']}>{formatAgo(lastSeen, nowMs, zone)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

import type { OverviewAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatClock, formatDay, formatFull } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { writeTerm } from '../search/write-term.js';
import styles from './service.module.css';

const shownDeploys = 5;

/** What changed in the range, newest first. */
export function ChangePanel({ answer }: { answer: OverviewAnswer }): ReactNode {
  return (
    <Card
      note="in this range"
      right={
        answer.deploys.length > 0 && (
          <Link
            className="link"
            params={{ service: answer.service, tab: 'deploys' }}
            search={{}}
            to="/services/$service/$tab"
          >
            Before and after
          </Link>
        )
      }
      title="Changes"
    >
      <DeployList answer={answer} limit={shownDeploys} />
    </Card>
  );
}

/** Deploys: the first sight of a version, and the return of one. */
export function DeployList({ answer, limit }: { answer: OverviewAnswer; limit?: number }): ReactNode {
  const { nowMs, zone, toMs } = usePageRange();
  // The API names them in the order they came; those of one minute keep it.
  const deploys = answer.deploys.toReversed().toSorted((a, b) => b.at - a.at);
  const shown = deploys.slice(0, limit);
  const running = shown.findIndex(({ version }) => version === answer.version);
  if (deploys.length === 0) {
    return (
      <Empty title="No deploys in this range">
        <p>
          {answer.version === ''
            ? 'The service sends no service.version, so deploys cannot be told.'
            : `${answer.version} was running whenever the service was seen.`}
        </p>
      </Empty>
    );
  }
  return (
    <ul className={styles['changes']}>
      {shown.map(({ version, at, isRollback }, index) => (
        <li key={`${version} ${at}`}>
          <span className={`num ${styles['when']}`} title={formatFull(at, zone)}>
            {nowMs - at < 86_400_000 ? formatClock(at, zone) : formatDay(at, zone)}
          </span>
          <span>
            <Link
              className={styles['title']}
              params={{ service: answer.service, tab: 'deploys' }}
              search={{}}
              title="Its requests before and after"
              to="/services/$service/$tab"
            >
              {isRollback ? 'Back to' : 'Deploy'} {version}
            </Link>
            <span className={styles['sub']}>{index === running ? 'running now' : 'replaced since'}</span>
          </span>
          <Link
            className={`link ${styles['small']}`}
            search={{
              q: `${writeTerm('service', answer.service)} ${writeTerm('version', version)}`,
              from: String(at),
              to: String(Math.round(toMs)),
            }}
            to="/traces"
          >
            Its traces
          </Link>
        </li>
      ))}
    </ul>
  );
}

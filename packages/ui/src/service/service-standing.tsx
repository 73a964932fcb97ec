import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCounted } from '../format.js';
import { StatusMark } from '../parts/status-mark.js';
import { stateMarks } from '../uptime/check-marks.js';
import { checksOf, ownersOf } from './service-owners.js';
import styles from './service.module.css';
import { useStanding } from './standing-query.js';

const shownChecks = 5;

/** How the service stands beside its figures: who takes care of its errors, what is open, what was found, and the uptime checks that are named after it. */
export function ServiceStanding({
  service,
  isPainted,
}: {
  readonly service: string;
  /** The charts are in sight: its errors are counted after that. */
  readonly isPainted: boolean;
}): ReactNode {
  const { errors, findings, checks: allChecks } = useStanding(service, isPainted);
  const checks = checksOf(allChecks.data?.checks ?? [], service);
  const owners = ownersOf(errors.data?.errors ?? []);
  return (
    <ul aria-label="How it stands" className={styles['facts']}>
      {owners.length > 0 && (
        <li title="Who the open errors of the service are assigned to, those with the most first">
          Owner{' '}
          {owners.map((owner, i) => (
            <span key={owner}>
              {i > 0 && ', '}
              <Link className="link" search={{ service, q: `owner:${quoted(owner)}` }} to="/errors">
                {owner}
              </Link>
            </span>
          ))}
        </li>
      )}
      <li>
        {errors.isError ? (
          'Its errors could not be read'
        ) : (
          <Link className="link num" search={{ service }} to="/errors">
            {errors.data === undefined
              ? 'Errors'
              : formatCounted(errors.data.states.unresolved, 'open error', 'open errors')}
          </Link>
        )}
      </li>
      <li>
        {findings.isError ? (
          'Its findings could not be read'
        ) : (
          <Link className="link num" search={{ service }} to="/findings">
            {findings.data === undefined ? 'Findings' : formatCounted(findings.data.total, 'finding', 'findings')}
          </Link>
        )}
      </li>
      {checks.slice(0, shownChecks).map(({ id, name, state }) => (
        <li key={id}>
          <Link className="link" params={{ id }} search={{}} title="An uptime check of this service" to="/uptime/$id">
            {name}
          </Link>{' '}
          <StatusMark status={stateMarks[state].mark} word={stateMarks[state].word} />
        </li>
      ))}
    </ul>
  );
}

const quoted = (text: string): string => (/[\s"]/.test(text) ? `"${text.replaceAll('"', '')}"` : text);

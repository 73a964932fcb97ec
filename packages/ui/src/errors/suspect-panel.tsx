import type { SuspectRelease } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatAgo, formatCounted, formatExact, formatFull } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { StatusMark } from '../parts/status-mark.js';
import { writeTerm } from '../search/write-term.js';
import styles from './errors.module.css';

/** The version that brought an error, why it is suspected, and its commits that touched the stack. */
export function SuspectPanel({ suspect }: { readonly suspect: SuspectRelease }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const { version, firstMs, events, requests, earlierVersions, earlierRequests, url, commits } = suspect;
  return (
    <Card note={formatAgo(firstMs, nowMs, zone)} title="Suspect release">
      <div className={styles['suspect']}>
        <p title={formatFull(firstMs, zone)}>
          <StatusMark status="crit" word={`Came with ${version}`} />
          <Link className="link" search={{ q: writeTerm('version', version) }} to="/traces">
            Its traces
          </Link>
          {url !== '' && (
            <a className="link" href={url} rel="noreferrer" target="_blank">
              Release
            </a>
          )}
        </p>
        <p className={styles['facts']}>
          {formatCounted(events, 'event', 'events')} in {formatCounted(requests, 'request', 'requests')} of {version};
          none in {formatExact(earlierRequests)} of{' '}
          {earlierVersions === 1 ? 'the version before' : `${formatExact(earlierVersions)} versions before`}.
        </p>
        {commits.map(({ sha, author, atMs, message, file }) => (
          <p key={sha}>
            <b>{message}</b>
            <span className={styles['facts']}>
              <span className="mono">{sha.slice(0, 10)}</span> by {author}, {formatAgo(atMs, nowMs, zone)}, changed{' '}
              <span className="mono">{file}</span>
            </span>
          </p>
        ))}
      </div>
    </Card>
  );
}

import { interpolateText, type Panel, type Scope } from '@bellwether/dashboards';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fetchLogs } from '../api-client.js';
import { formatClockMs, nsToMs } from '../format.js';
import { LevelMark } from '../logs/level-mark.js';
import { usePageRange } from '../page-range.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { gated } from './gated.js';
import { logSearch } from './log-search.js';
import styles from './panels.module.css';

type LogPanelProps = {
  readonly panel: Panel;
  readonly title: string;
  readonly variables: Scope;
  readonly isSeen: boolean;
};

const mostLines = 100;

/** The newest lines of our logs: Grafana's `logs`. Loki's plain selectors are read as our search. */
export function LogPanel({ panel, title, variables, isSeen }: LogPanelProps): ReactNode {
  const { params, zone } = usePageRange();
  const [target] = panel.targets;
  const search = target === undefined ? { q: '', note: undefined } : logSearch(interpolateText(target.expr, variables));
  const query = useQuery({
    queryKey: ['panel-logs', search.q, params],
    queryFn: ({ signal }) => gated(() => fetchLogs({ ...params, q: search.q, limit: mostLines }, signal), signal),
    enabled: isSeen,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    // It scrolls by itself, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label={`${title}: log lines`} className={styles['scroll']} role="group" tabIndex={0}>
      {search.note !== undefined && <p className={styles['remark']}>{search.note}</p>}
      <Remote query={query} skeleton={<Skeleton rowPx={22} rows={5} />}>
        {({ logs }) =>
          logs.length === 0 ? (
            <p className={styles['empty']}>No lines in this range</p>
          ) : (
            <ol className={styles['lines']}>
              {logs.map(line => (
                <li key={line.id}>
                  <span className="num">{formatClockMs(nsToMs(line.timeNs), zone)}</span>
                  <LevelMark level={line.level} />
                  <span className={styles['line']} title={line.body}>
                    {line.body}
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Remote>
      <Link className="link" search={{ q: search.q }} to="/logs">
        Open in Logs
      </Link>
    </div>
  );
}

import type { DatabaseQueryAnswer, FindingRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from '../calls/calls.module.css';
import { findingTitle } from '../findings/finding-state.js';
import { useFindings } from '../findings/findings-query.js';
import { formatCount, formatDuration } from '../format.js';
import { Card } from '../parts/card.js';
import { Remote } from '../parts/remote.js';

const kinds: ReadonlySet<FindingRow['kind']> = new Set([
  'n-plus-one-sql',
  'slow-query',
  'unbounded-result',
  'missing-pagination',
]);

/** What was found to be wrong with a query in traces; nothing when nothing was. */
export function FindingPanel({ answer: { database, summary } }: { readonly answer: DatabaseQueryAnswer }): ReactNode {
  const query = useFindings({ service: undefined, kind: undefined, state: undefined, q: summary });
  const of = (rows: readonly FindingRow[]): readonly FindingRow[] => rows.filter(row => isOf(row, database, summary));
  // Most queries have none: no room is kept for them.
  if (query.isPending || (query.data !== undefined && of(query.data.findings).length === 0)) return undefined;
  return (
    <Card note="the costliest first" title="Findings">
      <Remote query={query} skeleton={undefined}>
        {({ findings }) => (
          <ul className={styles['list']}>
            {of(findings).map(row => (
              <li key={row.id}>
                <Link className="link" params={{ id: row.id }} search={{}} to="/findings/$id">
                  {findingTitle(row)}
                </Link>
                <span className={styles['sub']}>
                  {row.service} {row.route}, {formatCount(row.requestsPerDay)} requests and{' '}
                  {formatDuration(row.lostMsPerDay)} a day
                </span>
              </li>
            ))}
          </ul>
        )}
      </Remote>
    </Card>
  );
}

/** A finding is about a summary, or about it `by` the columns that it looks up, in one database. */
function isOf({ kind, subject, database: of }: FindingRow, database: string, summary: string): boolean {
  return (
    kinds.has(kind) && (of === '' || of === database) && (subject === summary || subject.startsWith(`${summary} by `))
  );
}

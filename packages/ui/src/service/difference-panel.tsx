import type { OverviewAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { DifferenceAnswerView } from '../difference/difference-answer.js';
import { useDifference, type DifferenceQuestion } from '../difference/difference-query.js';
import styles from '../difference/difference.module.css';
import { formatDuration } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { readBeforeDeploy } from '../time-range.js';
import { writeTerm } from '../search/write-term.js';
import { useUrlState } from '../url-state.js';
import { entrySpans } from './entry-spans.js';

const shownRows = 5;
const troubleRatio = 0.01;

type Mode = 'slow' | 'failed' | 'deploy';

/** What the slow, the failed or the newest version's requests of the service have in common. The panel begins with what is wrong. */
export function DifferencePanel({ answer }: { readonly answer: OverviewAnswer }): ReactNode {
  const { fromMs, toMs, cmp } = usePageRange();
  const { get, set } = useUrlState();
  const compared = readBeforeDeploy(cmp);
  const newest = answer.deploys.at(-1);
  // The deploy that the page is compared with is the one that is asked about.
  const deploy = compared === undefined ? newest : { version: compared.version, at: compared.atMs };
  // What came since an earlier one is all of the range.
  const isInside = deploy !== undefined && deploy.at > fromMs && deploy.at < toMs;
  const modes: readonly Mode[] = deploy === undefined ? ['slow', 'failed'] : ['slow', 'failed', 'deploy'];
  const trouble: Mode = (answer.totals.errorRatio ?? 0) >= troubleRatio ? 'failed' : 'slow';
  const usual = compared === undefined ? trouble : 'deploy';
  const mode = modes.find(each => each === get('diff')) ?? usual;
  const slowMs = slowFrom(answer.totals.p95Ms);
  const question: DifferenceQuestion = {
    signal: 'spans',
    q: entrySpans(writeTerm('service', answer.service)),
    selected: mode === 'slow' ? `duration>${slowMs}ms` : mode === 'failed' ? 'status:error' : '',
    window: mode === 'deploy' && deploy !== undefined && isInside ? { fromMs: deploy.at, toMs } : undefined,
    against: mode !== 'deploy' ? undefined : isInside ? 'prev' : cmp,
    error: undefined,
  };
  const query = useDifference(question, answer.totals.requests > 0);
  const { signal, q, selected, window, against } = question;
  return (
    <Card
      right={
        <>
          <span aria-label="What is asked about" className={styles['modes']} role="group">
            {modes.map(each => (
              <button
                aria-pressed={mode === each}
                key={each}
                onClick={() => set({ diff: each === usual ? undefined : each })}
                title={modeTitle(each, slowMs)}
                type="button"
              >
                {each === 'slow' ? 'Slow' : each === 'failed' ? 'Failed' : (deploy?.version ?? 'Deploy')}
              </button>
            ))}
          </span>
          <Link
            className="link"
            search={{
              signal,
              q,
              selected,
              selFrom: window === undefined ? undefined : String(window.fromMs),
              selTo: window === undefined ? undefined : String(Math.round(window.toMs)),
              against,
            }}
            to="/difference"
          >
            More
          </Link>
        </>
      }
      title="What is different"
    >
      <Remote query={query} skeleton={<Skeleton rowPx={44} rows={shownRows} />}>
        {found => (
          <DifferenceAnswerView
            answer={found}
            most={shownRows}
            question={question}
            selectedName={
              mode === 'slow' ? `over ${formatDuration(slowMs)}` : mode === 'failed' ? 'failed' : 'since then'
            }
          />
        )}
      </Remote>
    </Card>
  );
}

/** A round number near the slowest twentieth. */
function slowFrom(p95Ms: number | null): number {
  return Math.max(1, Number((p95Ms ?? 250).toPrecision(2)));
}

function modeTitle(mode: Mode, slowMs: number): string {
  if (mode === 'slow') return `Requests of more than ${formatDuration(slowMs)}, against the others`;
  return mode === 'failed' ? 'Failed requests, against the others' : 'Since the deploy, against the time before it';
}

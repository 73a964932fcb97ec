import type { FindingDecision, FindingRow } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatFull } from '../format.js';
import { useKeys } from '../keys.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { useFindingActs } from './findings-query.js';

/** What can be said of a finding: that it is resolved, is to be ignored, or is open again. */
export function FindingActions({ finding }: { readonly finding: FindingRow }): ReactNode {
  const { zone } = usePageRange();
  const { act, isBusy, failure } = useFindingActs();
  const decide = (state: FindingDecision['state']): Promise<boolean> => act({ ids: [finding.id], decision: { state } });

  const isOpen = finding.state === 'open' || finding.state === 'regressed';
  useKeys(
    isOpen
      ? [
          { keys: 'y', label: 'Resolve', group: 'Finding', run: () => void decide('resolved') },
          { keys: 'i', label: 'Ignore', group: 'Finding', run: () => void decide('ignored') },
        ]
      : [{ keys: 'y', label: 'Open again', group: 'Finding', run: () => void decide('open') }],
  );
  return (
    <>
      {failure !== undefined && <span role="alert">{failure}</span>}
      {isOpen ? (
        <>
          <Button
            disabled={isBusy}
            look="primary"
            onClick={() => void decide('resolved')}
            title="Comes back when it is seen again (y)"
          >
            Resolve
          </Button>
          <Button disabled={isBusy} onClick={() => void decide('ignored')} title="Until it is opened again (i)">
            Ignore
          </Button>
        </>
      ) : (
        <Button
          disabled={isBusy}
          onClick={() => void decide('open')}
          title={finding.stateSinceMs === null ? undefined : `Since ${formatFull(finding.stateSinceMs, zone)}`}
        >
          Open again
        </Button>
      )}
    </>
  );
}

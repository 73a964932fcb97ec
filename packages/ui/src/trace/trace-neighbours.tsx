import { useNavigate } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { formatCount } from '../format.js';
import { useKeys } from '../keys.js';
import { Button, ButtonGroup } from '../parts/button.js';
import { TopBarActions } from '../parts/top-bar-actions.js';
import type { SearchParams } from '../search-params.js';
import { keptResultSet } from './result-set.js';

/** `3 of 100`: leads to the trace before and after this one in the list the reader came from. Without a list it is not there. */
export function TraceNeighbours({ traceId }: { readonly traceId: string }): ReactNode {
  const navigate = useNavigate();
  const results = useMemo(() => keptResultSet(traceId), [traceId]);
  const at = results?.traceIds.indexOf(traceId) ?? -1;
  const before = results?.traceIds[at - 1];
  const after = at < 0 ? undefined : results?.traceIds[at + 1];
  const go = (to: string | undefined): void => {
    if (to !== undefined) {
      void navigate({
        to: '/traces/$traceId',
        params: { traceId: to },
        search: (before: SearchParams) => ({ ...before, span: undefined, group: undefined, zoom: undefined }),
      });
    }
  };
  useKeys([
    { keys: 'Shift+J', label: 'Next trace of the results', group: 'Trace', run: () => go(after) },
    { keys: 'Shift+K', label: 'Previous trace of the results', group: 'Trace', run: () => go(before) },
  ]);
  if (results === undefined) return null;
  return (
    <TopBarActions>
      <ButtonGroup label="Results">
        <Button
          aria-label="Previous trace in results"
          title="Previous (Shift+K)"
          disabled={before === undefined}
          onClick={() => go(before)}
        >
          <ChevronLeft aria-hidden="true" />
        </Button>
        <Button onClick={() => history.back()} title="Back to the list">
          <span className="num">
            {formatCount(at + 1)} of {formatCount(results.traceIds.length)}
            {results.hasMore ? '+' : ''}
          </span>
        </Button>
        <Button
          aria-label="Next trace in results"
          title="Next (Shift+J)"
          disabled={after === undefined}
          onClick={() => go(after)}
        >
          <ChevronRight aria-hidden="true" />
        </Button>
      </ButtonGroup>
    </TopBarActions>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fetchTrace } from '../api-client.js';
import { Button } from '../parts/button.js';
import { Empty } from '../parts/empty.js';
import { Failure } from '../parts/failure.js';
import { isNotThere } from '../parts/is-not-there.js';
import { Page } from '../parts/page.js';
import { Skeleton } from '../parts/skeleton.js';
import { TraceNeighbours } from './trace-neighbours.js';
import { TraceView } from './trace-view.js';

/** While spans still come in the page asks again this often. */
const arrivingEveryMs = 3000;

/** One trace, wherever it lies in time: `/traces/:traceId`. */
export function TracePage(): ReactNode {
  const { traceId } = useParams({ from: '/traces/$traceId' });
  const trace = useQuery({
    queryKey: ['trace', traceId],
    queryFn: ({ signal }) => fetchTrace(traceId, signal),
    refetchInterval: query => (query.state.data?.arriving === true && !document.hidden ? arrivingEveryMs : false),
  });
  const retry = (): void => void trace.refetch();
  return (
    <>
      <TraceNeighbours traceId={traceId} />
      {trace.data !== undefined ? (
        <TraceView key={traceId} trace={trace.data} />
      ) : (
        <Page title="Trace">
          {trace.isError ? (
            <NoTrace id={traceId} error={trace.error} onRetry={retry} />
          ) : (
            <Skeleton rows={14} rowPx={26} />
          )}
        </Page>
      )}
    </>
  );
}

function NoTrace({
  id,
  error,
  onRetry,
}: {
  readonly id: string;
  readonly error: Error;
  readonly onRetry: () => void;
}): ReactNode {
  if (!isNotThere(error, id, 32)) return <Failure error={error} onRetry={onRetry} />;
  return (
    <Empty title="No span of this trace is stored">
      <p>
        It may not have arrived yet, tail sampling may have left it out, it may be older than what is kept, or the id
        may be cut short.
      </p>
      <Button onClick={onRetry}>Look again</Button>
    </Empty>
  );
}

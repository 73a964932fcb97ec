import type { ReactNode } from 'react';
import { ApiFailure } from '../api-client.js';
import { Empty } from '../parts/empty.js';
import { Failure } from '../parts/failure.js';

/** A list that could not be fetched. When the query is at fault a second try would not help: it is corrected above. */
export function ListFailure({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactNode {
  if (!isBadQuery(error)) return <Failure error={error} onRetry={onRetry} />;
  return (
    <Empty title="The search can not be read">
      <p>{error.message} Correct it above and press Enter.</p>
    </Empty>
  );
}

/** Was the query refused, and not the question? */
export function isBadQuery(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && error.code === 'bad-query';
}

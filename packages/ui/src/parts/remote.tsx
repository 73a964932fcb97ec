import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './failure.js';
import styles from './remote.module.css';

type RemoteProps<Data> = {
  readonly query: UseQueryResult<Data>;
  /** Stands in the room of the data while it loads. */
  readonly skeleton: ReactNode;
  children(data: Data): ReactNode;
};

/** A remote thing is loading, failed or ready; what was there before stays, paler, while the next is on its way. */
export function Remote<Data>({ query, skeleton, children }: RemoteProps<Data>): ReactNode {
  switch (query.status) {
    case 'pending':
      return query.fetchStatus === 'idle' ? <Cancelled onRetry={() => void query.refetch()} /> : skeleton;
    case 'error':
      return query.data === undefined ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <>
          <Failure error={query.error} onRetry={() => void query.refetch()} />
          {children(query.data)}
        </>
      );
    case 'success':
      return (
        <div className={styles['ready']} data-stale={query.isPlaceholderData}>
          {children(query.data)}
        </div>
      );
  }
}

function Cancelled({ onRetry }: { onRetry(): void }): ReactNode {
  return <Failure error={new Error('This was cancelled before it was ready.')} onRetry={onRetry} />;
}

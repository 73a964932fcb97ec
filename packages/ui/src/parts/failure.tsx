import { useState, type ReactNode } from 'react';
import { ApiFailure } from '../api-client.js';
import { Button } from './button.js';
import styles from './notice.module.css';
import { StatusMark } from './status-mark.js';

type FailureProps = { readonly error: unknown; onRetry(): void };

/** What failed in one sentence, a second try, and the number under which the server's log knows it. */
export function Failure({ error, onRetry }: FailureProps): ReactNode {
  const [copied, setCopied] = useState(false);
  const message = error instanceof Error ? error.message : String(error);
  const requestId = error instanceof ApiFailure ? error.requestId : '';
  return (
    <div className={styles['failure']} role="alert">
      <StatusMark status="crit" word={sentence(message)} />
      <div className={styles['row']}>
        <Button onClick={onRetry}>Retry</Button>
        {requestId !== '' && (
          <button
            className={styles['id']}
            onClick={() => {
              void navigator.clipboard.writeText(requestId).then(() => setCopied(true));
            }}
            title="Copy the request id"
            type="button"
          >
            {copied ? 'Copied' : `Request ${requestId}`}
          </button>
        )}
      </div>
    </div>
  );
}

function sentence(message: string): string {
  const text = message === '' ? 'It failed without saying why' : message;
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

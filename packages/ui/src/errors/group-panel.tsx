import type { ErrorAnswer } from '@bellwether/model';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatAgo, formatCounted } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import styles from './errors.module.css';
import { useActs } from './use-acts.js';

/** What is counted as this error: ways of getting there that can be split off, and errors that were merged into it. Nothing for one that is neither. */
export function GroupPanel({ answer }: { readonly answer: ErrorAnswer }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const { actOn, isBusy, failure } = useActs();
  const navigate = useNavigate();
  const { error, variants, parts, isSplit } = answer;
  async function putBack(): Promise<void> {
    if (await actOn([error.id], { kind: 'join' })) await navigate({ to: '/errors', search: {} });
  }
  if (variants.length < 2 && parts.length === 0 && !isSplit) return undefined;
  return (
    <Card note={formatCounted(variants.length, 'way of getting here', 'ways of getting here')} title="Grouping">
      {failure !== undefined && <p role="alert">{failure}</p>}
      <ul className={styles['similar']}>
        {variants.length > 1 &&
          variants.map(({ id, events, lastMs, frames, message }) => (
            <li key={id}>
              <span className={styles['name']}>
                <span className="mono" title={frames.join('\n')}>
                  {frames[0] ?? message}
                </span>
                <span className={styles['facts']}>
                  {formatCounted(events, 'event', 'events')}, {formatAgo(lastMs, nowMs, zone)}
                  {frames.length > 1 && `, ${frames.slice(1, 3).join(', ')}`}
                </span>
              </span>
              <Button
                disabled={isBusy}
                onClick={() => void actOn([id], { kind: 'split', from: error.id })}
                title="Its events become an error of their own, those that come later too"
              >
                Split off
              </Button>
            </li>
          ))}
        {parts.map(part => (
          <li key={part}>
            <span className={styles['name']}>
              <span className="mono">{part}</span>
              <span className={styles['facts']}>is counted as this error</span>
            </span>
            <Button disabled={isBusy} onClick={() => void actOn([part], { kind: 'take-out' })}>
              Take out
            </Button>
          </li>
        ))}
        {isSplit && (
          <li>
            <span>It was split off another error.</span>
            <Button disabled={isBusy} onClick={() => void putBack()}>
              Put back
            </Button>
          </li>
        )}
      </ul>
    </Card>
  );
}

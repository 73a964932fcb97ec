import type { ErrorActivity } from '@bellwether/model';
import { useState, type ReactNode } from 'react';
import { formatAgo, formatFull } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import styles from './errors.module.css';
import { useActs } from './use-acts.js';

const words: { readonly [act in ErrorActivity['act']]: string } = {
  resolved: 'Resolved',
  ignored: 'Ignored',
  opened: 'Opened again',
  assigned: 'Assigned',
  commented: 'Commented',
  merged: 'Merged',
  'taken-out': 'Taken out',
  split: 'Split',
  joined: 'Put back',
  regressed: 'Came back',
  rose: 'Rising:',
};

/** Who did what with this error, the newest first, and a field to say more. */
export function ActivityPanel({
  id,
  activity,
}: {
  readonly id: string;
  readonly activity: readonly ErrorActivity[];
}): ReactNode {
  const { nowMs, zone } = usePageRange();
  const { actOn, isBusy, failure } = useActs();
  const [text, setText] = useState('');
  return (
    <Card title="Activity">
      <form
        className={styles['comment']}
        onSubmit={event => {
          event.preventDefault();
          void actOn([id], { kind: 'comment', text }).then(isDone => isDone && setText(''));
        }}
      >
        <label className="unseen" htmlFor="error-comment">
          Comment
        </label>
        <textarea
          id="error-comment"
          maxLength={10_000}
          onChange={event => setText(event.target.value)}
          placeholder="What you found out"
          rows={2}
          value={text}
        />
        <Button disabled={isBusy || text.trim() === ''} type="submit">
          Comment
        </Button>
      </form>
      {failure !== undefined && <p role="alert">{failure}</p>}
      <ul className={styles['activity']}>
        {activity.map(({ seq, atMs, who, act: done, text: said }) => (
          <li key={seq}>
            <span className={styles['facts']} title={formatFull(atMs, zone)}>
              {formatAgo(atMs, nowMs, zone)}, {who}
            </span>
            <span>{done === 'commented' ? said : `${words[done]} ${said}`}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

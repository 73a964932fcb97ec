import type { ErrorDecision } from '@bellwether/model';
import { useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import styles from './errors.module.css';

type IgnoreDialogProps = { readonly what: string; onIgnore(decision: ErrorDecision): void; onClose(): void };

const withins = [
  { ms: 0, label: 'from now on' },
  { ms: 600_000, label: 'within 10 minutes' },
  { ms: 3_600_000, label: 'within an hour' },
  { ms: 86_400_000, label: 'within a day' },
  { ms: 604_800_000, label: 'within a week' },
] as const;

/** Asks until when errors are to be ignored: whichever comes first of so many events, so many users and a time. */
export function IgnoreDialog({ what, onIgnore, onClose }: IgnoreDialogProps): ReactNode {
  const [events, setEvents] = useState('');
  const [users, setUsers] = useState('');
  const [within, setWithin] = useState(0);
  const [until, setUntil] = useState('');
  const untilMs = until === '' ? undefined : Date.parse(until);
  const isCounted = events !== '' || users !== '';
  return (
    <Dialog onOpenChange={onClose} open title={`Ignore ${what} until…`}>
      <form
        className={styles['form']}
        onSubmit={event => {
          event.preventDefault();
          onIgnore({
            state: 'ignored',
            ...(events !== '' && { untilEvents: Number(events) }),
            ...(users !== '' && { untilUsers: Number(users) }),
            ...(isCounted && within > 0 && { withinMs: within }),
            ...(untilMs !== undefined && Number.isFinite(untilMs) && { untilMs }),
          });
        }}
      >
        <div className={styles['pair']}>
          <label>
            It came so many times
            <input
              inputMode="numeric"
              max={1e9}
              min={1}
              onChange={event => setEvents(event.target.value)}
              step={1}
              type="number"
              value={events}
            />
          </label>
          <label>
            It came to so many users
            <input
              inputMode="numeric"
              max={1e9}
              min={1}
              onChange={event => setUsers(event.target.value)}
              step={1}
              type="number"
              value={users}
            />
          </label>
        </div>
        <label>
          Counted
          <select disabled={!isCounted} onChange={event => setWithin(Number(event.target.value))} value={within}>
            {withins.map(({ ms, label }) => (
              <option key={ms} value={ms}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          A time, in the zone of this computer
          <input onChange={event => setUntil(event.target.value)} type="datetime-local" value={until} />
        </label>
        <p className={styles['facts']}>
          Whichever comes first brings it back. With nothing filled in, it is ignored for good.
        </p>
        <div className={styles['acts']}>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit">
            Ignore
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

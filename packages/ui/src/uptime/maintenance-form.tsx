import type { MaintenanceRow } from '@bellwether/model';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { formatRange } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { deleteMaintenance, saveMaintenance } from './uptime-query.js';
import styles from './uptime.module.css';

type MaintenanceFormProps = {
  readonly windows: readonly MaintenanceRow[];
  readonly nowMs: number;
  onClose(): void;
};

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** The maintenance windows, and a new one. */
export function MaintenanceForm({ windows, nowMs, onClose }: MaintenanceFormProps): ReactNode {
  const queries = useQueryClient();
  const { zone } = usePageRange();
  const [kind, setKind] = useState<'once' | 'weekly'>('once');
  const [failure, setFailure] = useState<string | undefined>(undefined);

  async function change(work: () => Promise<unknown>): Promise<boolean> {
    setFailure(undefined);
    try {
      await work();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['checks'] }),
        queries.invalidateQueries({ queryKey: ['check'] }),
      ]);
      return true;
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : String(reason));
      return false;
    }
  }

  async function add(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const text = (key: string): string => String(given.get(key) ?? '').trim();
    const isDone = await change(() =>
      saveMaintenance({
        id: `window-${Date.now().toString(36)}`,
        kind,
        name: text('name'),
        ...(kind === 'once' ? { date: text('date') } : { day: text('day') }),
        from: text('from'),
        minutes: Number(text('minutes')),
        timeZone: text('timeZone'),
        checks: text('checks')
          .split(/[\s,]+/)
          .filter(id => id !== ''),
      }),
    );
    if (isDone) form.reset();
  }

  return (
    <Dialog onOpenChange={open => !open && onClose()} open title="Maintenance">
      <form className={styles['form']} onSubmit={event => void add(event)}>
        <p>Checks go on during maintenance; what fails counts neither as downtime nor as an incident.</p>
        {windows.map(({ window, isFromFile, time }) => (
          <div className={styles['window']} key={window.id}>
            <span>
              {window.name} <span className={styles['facts']}>{saysWhen(window)}</span>
              <br />
              <span className={styles['facts']}>
                {time === null
                  ? 'It is over'
                  : `${time.fromMs <= nowMs ? 'Now' : 'Next'}: ${formatRange(time.fromMs, time.toMs, nowMs, zone)}`}
                {' · '}
                {window.checks.length === 0 ? 'all checks' : window.checks.join(', ')}
              </span>
            </span>
            {isFromFile ? (
              <span className={styles['facts']}>from bellwether.yaml</span>
            ) : (
              <Button
                aria-label={`Remove ${window.name}`}
                onClick={() => void change(() => deleteMaintenance(window.id))}
              >
                Remove
              </Button>
            )}
          </div>
        ))}
        <label>
          Name
          <input autoComplete="off" maxLength={200} name="name" placeholder="Database upgrade" required />
        </label>
        <label>
          How often
          <select onChange={event => setKind(event.target.value === 'weekly' ? 'weekly' : 'once')} value={kind}>
            <option value="once">Once</option>
            <option value="weekly">Every week</option>
          </select>
        </label>
        {kind === 'once' ? (
          <label>
            Date
            <input name="date" required type="date" />
          </label>
        ) : (
          <label>
            Day
            <select defaultValue="sunday" name="day">
              {weekdays.map(day => (
                <option key={day} value={day}>
                  {capital(day)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          From
          <input defaultValue="02:00" name="from" required type="time" />
        </label>
        <label>
          Minutes
          <input defaultValue="60" max={4320} min={1} name="minutes" required type="number" />
        </label>
        <label>
          Time zone
          <input
            autoComplete="off"
            defaultValue={zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone}
            name="timeZone"
            required
          />
        </label>
        <label>
          Checks, by id
          <input autoComplete="off" name="checks" placeholder="all" />
        </label>
        {failure !== undefined && (
          <p className={styles['failure']} role="alert">
            {failure}
          </p>
        )}
        <div className={styles['ways']}>
          <Button look="primary" type="submit">
            Add
          </Button>
          <Button onClick={onClose}>Close</Button>
        </div>
      </form>
    </Dialog>
  );
}

const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

function saysWhen(window: MaintenanceRow['window']): string {
  const day = window.kind === 'once' ? window.date : `every ${capital(window.day)}`;
  return `${day}, ${window.from} ${window.timeZone}, ${window.minutes} min`;
}

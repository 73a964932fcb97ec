import type { ChecksAnswer, StatusPageSettings } from '@bellwether/model';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { saveStatusPage } from './uptime-query.js';
import styles from './uptime.module.css';

type StatusPageFormProps = { readonly before: ChecksAnswer['statusPage']; onClose(): void };

/** Switches the public status page on and off. */
export function StatusPageForm({ before, onClose }: StatusPageFormProps): ReactNode {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<string | undefined>(undefined);

  async function keep(settings: StatusPageSettings): Promise<void> {
    setFailure(undefined);
    try {
      await saveStatusPage(settings);
      await queries.invalidateQueries({ queryKey: ['checks'] });
      onClose();
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : String(reason));
    }
  }

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (key: string): string => String(form.get(key)).trim();
    const stage = stages.find(([each]) => each === text('stage'))?.[0] ?? '';
    void keep({ slug: text('slug'), title: text('title'), note: text('note'), stage });
  }

  return (
    <Dialog onOpenChange={open => !open && onClose()} open title="Public status page">
      <form className={styles['form']} onSubmit={save}>
        <p>
          It shows names, states, incidents, maintenance and the last 90 days of the checks that are meant for it, your
          note, and nothing else, to everybody who can open this server.
        </p>
        <label>
          Address: /status/
          <input autoComplete="off" defaultValue={before.slug} name="slug" placeholder="shop" required />
        </label>
        <label>
          Title
          <input autoComplete="off" defaultValue={before.title} name="title" placeholder="Status of the shop" />
        </label>
        <label>
          Note: what is wrong, or maintenance that is planned
          <textarea
            defaultValue={before.note}
            maxLength={2000}
            name="note"
            placeholder="Payments are slow; we are on it."
            rows={3}
          />
        </label>
        <label>
          The note is
          <select defaultValue={before.stage} name="stage">
            {stages.map(([stage, word]) => (
              <option key={stage} value={stage}>
                {word}
              </option>
            ))}
          </select>
        </label>
        {failure !== undefined && (
          <p className={styles['failure']} role="alert">
            {failure}
          </p>
        )}
        <div className={styles['ways']}>
          <Button look="primary" type="submit">
            {before.slug === '' ? 'Switch on' : 'Save'}
          </Button>
          {before.slug !== '' && (
            <Button onClick={() => void keep({ slug: '', title: '', note: '', stage: '' })}>Switch off</Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}

const stages = [
  ['', 'A note'],
  ['investigating', 'Investigating'],
  ['identified', 'Identified'],
  ['resolved', 'Resolved'],
] as const;

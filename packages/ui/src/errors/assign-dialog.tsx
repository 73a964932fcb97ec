import { useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import styles from './errors.module.css';

type AssignDialogProps = {
  readonly owner: string;
  readonly what: string;
  onAssign(owner: string): void;
  onClose(): void;
};

/** Asks who is to take care of errors: a name, an address, a team. */
export function AssignDialog({ owner: before, what, onAssign, onClose }: AssignDialogProps): ReactNode {
  const [owner, setOwner] = useState(before);
  return (
    <Dialog onOpenChange={onClose} open title={`Assign ${what}`}>
      <form
        className={styles['form']}
        onSubmit={event => {
          event.preventDefault();
          onAssign(owner.trim());
        }}
      >
        <label>
          Who takes care of it
          <input
            autoComplete="email"
            maxLength={200}
            name="owner"
            onChange={event => setOwner(event.target.value)}
            placeholder="A name, an address or a team"
            value={owner}
          />
        </label>
        <div className={styles['acts']}>
          {before !== '' && <Button onClick={() => onAssign('')}>Nobody</Button>}
          <Button onClick={onClose}>Cancel</Button>
          <Button disabled={owner.trim() === ''} look="primary" type="submit">
            Assign
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { StatusMark } from '../parts/status-mark.js';
import { removeDashboard } from './dashboards-client.js';
import styles from './dashboards.module.css';

type RemoveDialogProps = { readonly uid: string; readonly title: string; onClose(): void; onRemoved(): void };

/** Removes a dashboard for good, after saying what that means. */
export function RemoveDialog({ uid, title, onClose, onRemoved }: RemoveDialogProps): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [fault, setFault] = useState<string | undefined>(undefined);
  async function remove(): Promise<void> {
    try {
      await removeDashboard(uid);
      onRemoved();
      await client.invalidateQueries({ queryKey: ['dashboards'] });
      client.removeQueries({ queryKey: ['dashboard', uid] });
      await navigate({ to: '/dashboards', search: {} });
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  }
  return (
    <Dialog onOpenChange={onClose} open title={`Delete “${title}”?`}>
      <p>
        It is gone for everybody in this workspace and can not be brought back. Export it first if it may be needed
        again.
      </p>
      {fault !== undefined && <StatusMark status="crit" word={fault} />}
      <div className={styles['acts']}>
        <Button onClick={onClose}>Keep it</Button>
        <Button look="primary" onClick={() => void remove()}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}

import type { ReactNode } from 'react';
import { Button } from '../parts/button.js';
import styles from './errors.module.css';
import type { Done } from './undo-acts.js';
import { useActs } from './use-acts.js';

/** What was just done, and the way back. */
export function UndoBar({ done, onClose }: { readonly done: Done; onClose(): void }): ReactNode {
  const { act, isBusy, failure } = useActs();
  async function undo(): Promise<void> {
    for (const { ids, act: one } of done.undo) if (!(await act(ids, one))) return;
    onClose();
  }
  return (
    <div className={styles['bulk']} role="status">
      <b>{done.words}</b>
      {done.undo.length > 0 && (
        <Button disabled={isBusy} onClick={() => void undo()}>
          Undo
        </Button>
      )}
      <Button disabled={isBusy} look="ghost" onClick={onClose}>
        Close
      </Button>
      {failure !== undefined && <span role="alert">{failure}</span>}
    </div>
  );
}

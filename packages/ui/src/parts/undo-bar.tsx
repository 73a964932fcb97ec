import type { ReactNode } from 'react';
import { Button } from './button.js';
import styles from './picks.module.css';
import type { Acts } from './use-acts.js';

/** What was done with several rows, in words, and what takes it back: one act for those that were alike before. */
export type Done<Act> = { readonly words: string; readonly undo: readonly Act[] };

type UndoBarProps<Act> = { readonly done: Done<Act>; readonly acts: Acts<Act>; onClose(): void };

/** What was just done, and the way back. */
export function UndoBar<Act>({ done, acts: { act, isBusy, failure }, onClose }: UndoBarProps<Act>): ReactNode {
  async function undo(): Promise<void> {
    for (const one of done.undo) if (!(await act(one))) return;
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

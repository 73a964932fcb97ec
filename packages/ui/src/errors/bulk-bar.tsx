import type { ErrorActs, ErrorRow } from '@bellwether/model';
import { useState, type ReactNode } from 'react';
import { formatCounted } from '../format.js';
import { Button } from '../parts/button.js';
import styles from '../parts/picks.module.css';
import type { Done } from '../parts/undo-bar.js';
import { AssignDialog } from './assign-dialog.js';
import { IgnoreDialog } from './ignore-dialog.js';
import { doneWords, undoOf } from './undo-acts.js';
import { useActs } from './use-acts.js';

type BulkBarProps = {
  readonly rows: readonly ErrorRow[] /** Without anything done when nothing is to be picked. */;
  onDone(done: Done<ErrorActs> | undefined): void;
};

/** What is done with the errors that are picked, all at once. */
export function BulkBar({ rows, onDone }: BulkBarProps): ReactNode {
  const { actOn, isBusy, failure } = useActs();
  const [asks, setAsks] = useState<'owner' | 'until' | undefined>(undefined);
  const what = formatCounted(rows.length, 'error', 'errors');
  const most = rows.reduce<ErrorRow | undefined>((a, b) => (a === undefined || b.events > a.events ? b : a), undefined);
  const all = (acts: ErrorActs['act']): void => {
    setAsks(undefined);
    void actOn(
      rows.map(({ id }) => id),
      acts,
    ).then(isDone => isDone && onDone({ words: doneWords(what, acts), undo: undoOf(rows, acts) }));
  };
  return (
    <div aria-label="What to do with the picked errors" className={styles['bulk']} role="group">
      <b>{what} picked</b>
      <Button disabled={isBusy} onClick={() => all({ kind: 'decide', decision: { state: 'resolved' } })}>
        Resolve
      </Button>
      <Button disabled={isBusy} onClick={() => setAsks('until')}>
        Ignore until…
      </Button>
      <Button disabled={isBusy} onClick={() => all({ kind: 'decide', decision: { state: 'open' } })}>
        Open
      </Button>
      <Button disabled={isBusy} onClick={() => setAsks('owner')}>
        Assign
      </Button>
      <Button
        disabled={isBusy || rows.length < 2}
        onClick={() => most !== undefined && all({ kind: 'merge', into: most.id })}
        title="They are counted as the one that came most often; on its page they can be taken out again"
      >
        Merge
      </Button>
      <Button disabled={isBusy} look="ghost" onClick={() => onDone(undefined)}>
        Pick none
      </Button>
      {failure !== undefined && <span role="alert">{failure}</span>}
      {asks === 'owner' && (
        <AssignDialog
          onAssign={owner => all({ kind: 'assign', owner })}
          onClose={() => setAsks(undefined)}
          owner={rows.every(({ owner }) => owner === rows[0]?.owner) ? (rows[0]?.owner ?? '') : ''}
          what={what}
        />
      )}
      {asks === 'until' && (
        <IgnoreDialog
          onClose={() => setAsks(undefined)}
          onIgnore={decision => all({ kind: 'decide', decision })}
          what={what}
        />
      )}
    </div>
  );
}

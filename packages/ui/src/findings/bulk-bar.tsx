import type { FindingActs, FindingDecision, FindingRow } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatCounted } from '../format.js';
import { Button } from '../parts/button.js';
import styles from '../parts/picks.module.css';
import type { Done } from '../parts/undo-bar.js';
import { useFindingActs } from './findings-query.js';
import { undoFindings } from './undo-findings.js';

type BulkBarProps = {
  readonly rows: readonly FindingRow[];
  /** Without anything done when nothing is to be picked. */
  onDone(done: Done<FindingActs> | undefined): void;
};

const words = { resolved: 'resolved', ignored: 'ignored', open: 'opened again' } as const;

/** What is said of the findings that are picked, of all at once. */
export function BulkBar({ rows, onDone }: BulkBarProps): ReactNode {
  const { act, isBusy, failure } = useFindingActs();
  const what = formatCounted(rows.length, 'finding', 'findings');
  const all = (state: FindingDecision['state']): void =>
    void act({ ids: rows.map(({ id }) => id), decision: { state } }).then(
      isDone => isDone && onDone({ words: `${what} ${words[state]}`, undo: undoFindings(rows) }),
    );
  return (
    <div aria-label="What to do with the picked findings" className={styles['bulk']} role="group">
      <b>{what} picked</b>
      <Button disabled={isBusy} onClick={() => all('resolved')} title="They come back when they are seen again">
        Resolve
      </Button>
      <Button disabled={isBusy} onClick={() => all('ignored')} title="Until they are opened again">
        Ignore
      </Button>
      <Button disabled={isBusy} onClick={() => all('open')}>
        Open
      </Button>
      <Button disabled={isBusy} look="ghost" onClick={() => onDone(undefined)}>
        Pick none
      </Button>
      {failure !== undefined && <span role="alert">{failure}</span>}
    </div>
  );
}

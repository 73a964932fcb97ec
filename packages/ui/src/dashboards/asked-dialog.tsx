import { formatDateTime, formatDuration } from '../format.js';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { curlOf } from './curl-command.js';
import styles from './dashboards.module.css';
import type { PanelQuestion } from './panel-query.js';

// With the engine's parser, which says in words what a query asks.
const ExplainPanel = lazy(() =>
  import('../metrics/explain-panel.js').then(module => ({ default: module.ExplainPanel })),
);

type AskedDialogProps = { readonly title: string; readonly question: PanelQuestion; onClose(): void };

/** What a panel asks, with everything put in; what that reads and takes; and the same for the command line. */
export function AskedDialog({ title, question, onClose }: AskedDialogProps): ReactNode {
  const { zone } = usePageRange();
  const [said, setSaid] = useState('');
  const { fromMs, toMs, targets, notes } = question;
  const copy = async (text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('The browser does not let pages copy: mark the text instead.');
    }
  };
  return (
    <Dialog
      onOpenChange={open => {
        if (!open) onClose();
      }}
      open
      title={`What “${title}” asks`}
    >
      <div className={styles['asked']}>
        <p>
          From {formatDateTime(fromMs, zone)} to {formatDateTime(toMs, zone)}
        </p>
        {targets.map(({ target, expr, stepMs }) => (
          <section aria-label={`Query ${target.refId}`} key={target.refId}>
            <h3>
              Query {target.refId}
              <span>{target.instant ? 'at the end of the range' : `a point every ${formatDuration(stepMs)}`}</span>
            </h3>
            {/* It scrolls by itself, so the keyboard must reach it. */}
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <pre aria-label={`Text of query ${target.refId}`} role="group" tabIndex={0}>
              {expr}
            </pre>
            <Suspense fallback={<SkeletonBlock heightPx={60} />}>
              <ExplainPanel expr={expr} stepMs={stepMs} />
            </Suspense>
            <p className={styles['copies']}>
              <Button onClick={() => void copy(expr)}>Copy PromQL</Button>
              <Button
                onClick={() =>
                  void copy(
                    curlOf(location.origin, { expr, fromMs, toMs, stepMs: target.instant ? undefined : stepMs }),
                  )
                }
              >
                Copy as curl
              </Button>
            </p>
          </section>
        ))}
        {notes.map(note => (
          <p key={note}>{note}</p>
        ))}
        <p aria-live="polite">{said}</p>
        <div className={styles['acts']}>
          <Button onClick={onClose}>Close</Button>
        </div>
      </div>
    </Dialog>
  );
}

import { CornerDownLeft, Eye, EyeOff, X } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import type { Fault } from './editor/promql-editor.js';
import { LegendField, UnitPicker } from './query-options.js';
import styles from './query-row.module.css';
import type { MetricQuery } from './query-list.js';
import { PlainEditor } from './plain-editor.js';

// The largest part of the page, and not needed to read a link's answer.
const PromqlEditor = lazy(() => import('./editor/promql-editor.js').then(module => ({ default: module.PromqlEditor })));

type QueryRowProps = {
  readonly query: MetricQuery;
  /** What the server could not read in it. */
  readonly fault: Fault | undefined;
  /** There is nothing to remove while it is blank. */
  readonly isOnly: boolean;
  onChange(query: MetricQuery): void;
  onRemove(): void;
  onFocus(): void;
};

/** One query: its text with completion, or fields for it; how its series are called and what they measure. */
export function QueryRow({ query, fault, isOnly, onChange, onRemove, onFocus }: QueryRowProps): ReactNode {
  const [draft, setDraft] = useState(query.expr);
  const [known, setKnown] = useState(query.expr);
  if (known !== query.expr) {
    setKnown(query.expr);
    setDraft(query.expr);
  }
  const isChanged = draft !== query.expr;
  const editor = {
    label: `Query ${query.letter}`,
    value: draft,
    fault: isChanged ? undefined : fault,
    onChange: setDraft,
    onRun: () => run(draft),
    onFocus,
  };

  function run(expr: string): void {
    if (expr !== query.expr) onChange({ ...query, expr });
  }

  return (
    <div aria-label={`Query ${query.letter}`} className={styles['row']} data-off={!query.isOn} role="group">
      <button
        aria-label={`Query ${query.letter} is drawn`}
        aria-pressed={query.isOn}
        className={styles['letter']}
        disabled={query.expr === ''}
        onClick={() => onChange({ ...query, isOn: !query.isOn })}
        title={query.isOn ? 'Leave this query out' : 'Draw this query'}
        type="button"
      >
        {query.letter}
        {query.isOn ? <Eye aria-hidden="true" size={12} /> : <EyeOff aria-hidden="true" size={12} />}
      </button>
      <div className={styles['text']}>
        <Suspense fallback={<PlainEditor {...editor} />}>
          <PromqlEditor {...editor} />
        </Suspense>
        {query.expr !== '' && (
          <div className={styles['options']}>
            <LegendField onChange={legend => onChange({ ...query, legend })} query={query} />
            <UnitPicker onChange={unit => onChange({ ...query, unit })} query={query} />
          </div>
        )}
      </div>
      <div className={styles['acts']}>
        <Button
          aria-label={`Run query ${query.letter}`}
          disabled={!isChanged || draft.trim() === ''}
          look={isChanged ? 'primary' : 'plain'}
          onClick={() => run(draft)}
          title="Run (Enter)"
        >
          <CornerDownLeft aria-hidden="true" /> Run
        </Button>
        <Button
          aria-label={`Remove query ${query.letter}`}
          disabled={isOnly && query.expr === ''}
          look="ghost"
          onClick={onRemove}
          title="Remove this query"
        >
          <X aria-hidden="true" />
        </Button>
      </div>
    </div>
  );
}

import { CircleHelp, CornerDownLeft, Eye, EyeOff, SlidersHorizontal, X } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { BuilderFields } from './builder-fields.js';
import type { Fault } from './editor/promql-editor.js';
import { LegendField, UnitPicker } from './query-options.js';
import styles from './query-row.module.css';
import type { MetricQuery } from './query-list.js';
import { PlainEditor } from './plain-editor.js';

// The largest part of the page, and not needed to read a link's answer.
const PromqlEditor = lazy(() => import('./editor/promql-editor.js').then(module => ({ default: module.PromqlEditor })));

const ExplainPanel = lazy(() => import('./explain-panel.js').then(module => ({ default: module.ExplainPanel })));

type QueryRowProps = {
  readonly query: MetricQuery;
  /** What the server could not read in it. */
  readonly fault: Fault | undefined;
  readonly stepMs: number;
  /** There is nothing to remove while it is blank. */
  readonly isOnly: boolean;
  onChange(query: MetricQuery): void;
  onRemove(): void;
  onFocus(): void;
};

/** One query: its text with completion, or fields for it; how its series are called and what they measure. */
export function QueryRow({ query, fault, stepMs, isOnly, onChange, onRemove, onFocus }: QueryRowProps): ReactNode {
  const [draft, setDraft] = useState(query.expr);
  const [known, setKnown] = useState(query.expr);
  if (known !== query.expr) {
    setKnown(query.expr);
    setDraft(query.expr);
  }
  // A query without text is in no URL.
  const [blankBuilder, setBlankBuilder] = useState(false);
  const hasBuilder = query.expr === '' ? blankBuilder : query.editor === 'builder';
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
    if (expr !== query.expr) onChange({ ...query, expr, editor: hasBuilder ? 'builder' : 'code' });
  }

  function toggleBuilder(): void {
    if (query.expr === '') setBlankBuilder(!blankBuilder);
    else onChange({ ...query, editor: hasBuilder ? 'code' : 'builder' });
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
        <div className={styles['options']}>
          <button
            aria-pressed={hasBuilder}
            className={styles['choice']}
            onClick={toggleBuilder}
            title="Fields for the same text"
            type="button"
          >
            <SlidersHorizontal aria-hidden="true" size={12} /> Builder
          </button>
          {query.expr !== '' && (
            <>
              <LegendField onChange={legend => onChange({ ...query, legend })} query={query} />
              <UnitPicker onChange={unit => onChange({ ...query, unit })} query={query} />
              <button
                aria-pressed={query.explains}
                className={styles['choice']}
                onClick={() => onChange({ ...query, explains: !query.explains })}
                title="What this query reads and how long it takes"
                type="button"
              >
                <CircleHelp aria-hidden="true" size={12} /> Explain
              </button>
            </>
          )}
        </div>
        {hasBuilder && <BuilderFields expr={query.expr} letter={query.letter} onChange={run} />}
        {query.explains && query.expr !== '' && (
          <Suspense fallback={undefined}>
            <ExplainPanel expr={query.expr} stepMs={stepMs} />
          </Suspense>
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

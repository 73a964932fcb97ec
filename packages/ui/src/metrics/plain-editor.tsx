import type { ReactNode } from 'react';
import type { EditorProps } from './editor/promql-editor.js';
import styles from './query-row.module.css';

/** The text of a query without completion: while the editor is on its way. */
export function PlainEditor({ label, value, onChange, onRun, onFocus }: EditorProps): ReactNode {
  return (
    <textarea
      aria-label={label}
      className={styles['plain']}
      onChange={event => onChange(event.target.value)}
      onFocus={onFocus}
      onKeyDown={event => {
        if (event.key !== 'Enter' || event.shiftKey) return;
        event.preventDefault();
        onRun();
      }}
      placeholder="PromQL"
      rows={value.split('\n').length}
      spellCheck={false}
      value={value}
    />
  );
}

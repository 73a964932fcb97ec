import { forceLinting } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import { usePageRange } from '../../page-range.js';
import styles from '../query-row.module.css';
import { editorExtensions } from './editor-extensions.js';
import { seriesHints } from '../series-hints.js';

/** What the server could not read, and where: UTF-16 code units of the text. */
export type Fault = { readonly from: number; readonly to: number; readonly message: string };

export type EditorProps = {
  readonly label: string;
  readonly value: string;
  /** What the server said about the text as it stands. */
  readonly fault: Fault | undefined;
  onChange(value: string): void;
  /** Enter. */
  onRun(): void;
  onFocus(): void;
  /** Where the text holds variables: what it becomes before it is asked. */
  readonly variables?: EditorVariables | undefined;
};

/** Variables of a dashboard in a query. */
export type EditorVariables = {
  readonly names: readonly { readonly name: string; readonly about: string }[];
  putIn(text: string): string;
};

const maxTold = 200;

/**
 * PromQL with completion, docs and marked faults.
 *
 * It lives in a shadow root: CodeMirror writes style sheets, which the page's content security policy forbids as
 * elements but allows as constructed sheets, and those it uses in shadow roots only.
 */
export function PromqlEditor({ label, value, fault, onChange, onRun, onFocus, variables }: EditorProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const client = useQueryClient();
  const range = usePageRange();
  const latest = useRef({ onChange, onRun, onFocus, range, value, fault, variables });
  /** What was typed and has not come back as `value` yet: who types fast is ahead of it. */
  const told = useRef<string[]>([]);
  const isSetting = useRef(false);

  useEffect(() => {
    latest.current = { onChange, onRun, onFocus, range, value, fault, variables };
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const made = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: editorExtensions({
          label,
          hints: seriesHints(client, () => latest.current.range),
          onChange: text => {
            if (isSetting.current) return;
            told.current.push(text);
            if (told.current.length > maxTold) told.current.shift();
            latest.current.onChange(text);
          },
          onRun: () => latest.current.onRun(),
          onFocus: () => latest.current.onFocus(),
          faultNow: () => latest.current.fault,
          variablesNow: () => latest.current.variables,
        }),
      }),
    });
    view.current = made;
    // The page's shortcuts must not hear what is typed: outside of the shadow root the keys seem to come from a plain element.
    const keep = (event: Event): void => event.stopPropagation();
    element.addEventListener('keydown', keep);
    return () => {
      element.removeEventListener('keydown', keep);
      made.destroy();
      view.current = undefined;
    };
  }, [label, client]);

  useEffect(() => {
    const made = view.current;
    if (made === undefined) return;
    const at = told.current.lastIndexOf(value);
    told.current = at < 0 ? [] : told.current.slice(at + 1);
    if (at >= 0 || made.state.doc.toString() === value) return;
    isSetting.current = true;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value } });
    isSetting.current = false;
  }, [value]);

  const message = fault?.message;
  useEffect(() => {
    if (view.current !== undefined && message !== undefined) forceLinting(view.current);
  }, [message]);

  return <div className={styles['editor']} ref={host} />;
}

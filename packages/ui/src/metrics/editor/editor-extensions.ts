import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { history, historyKeymap, insertNewline, standardKeymap } from '@codemirror/commands';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { Prec, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { editorColours, editorTheme } from './editor-theme.js';
import { functionHover } from './function-docs.js';
import { promqlLanguage } from './promql-language.js';
import type { EditorVariables, Fault } from './promql-editor.js';
import type { SeriesHints } from '../series-hints.js';

type EditorSetup = {
  readonly label: string;
  /** What exists: metrics, labels and their values. */
  readonly hints: SeriesHints;
  onChange(text: string): void;
  onRun(): void;
  onFocus(): void;
  /** What the server said about the text as it stands. */
  faultNow(): Fault | undefined;
  /** Undefined: `$` means nothing here. */
  variablesNow(): EditorVariables | undefined;
};

/** What makes a CodeMirror a PromQL editor of ours. Enter runs, Shift+Enter begins a line; Tab leaves, as everywhere. */
export function editorExtensions(setup: EditorSetup): Extension {
  const { label, hints, onChange, onRun, onFocus, faultNow, variablesNow } = setup;
  const run = (): boolean => {
    onRun();
    return true;
  };
  return [
    history(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false, maxRenderedOptions: 100 }),
    promqlLanguage(hints, faultNow, variablesNow),
    functionHover,
    syntaxHighlighting(editorColours),
    editorTheme,
    placeholder('PromQL, for example  sum by (service_name) (rate(…[5m]))'),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, 'data-filter': '', spellcheck: 'false' }),
    EditorView.domEventHandlers({ focus: () => onFocus() }),
    EditorView.updateListener.of(update => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    // An open list of completions takes Enter first.
    Prec.high(
      keymap.of([
        { key: 'Mod-Enter', run },
        { key: 'Enter', run },
        { key: 'Shift-Enter', run: insertNewline },
        { key: 'Tab', run: acceptCompletion },
      ]),
    ),
    keymap.of([...closeBracketsKeymap, ...standardKeymap, ...historyKeymap]),
  ];
}

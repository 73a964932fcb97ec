import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

// Tokens reach into the shadow root, so the editor follows the theme by itself.

/** The colours of PromQL's words. */
export const editorColours = HighlightStyle.define([
  { tag: [tags.function(tags.variableName), tags.keyword, tags.modifier], color: 'var(--accent)' },
  { tag: tags.operatorKeyword, color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--c4)' },
  { tag: [tags.number, tags.unit], color: 'var(--c5)' },
  { tag: tags.labelName, color: 'var(--text-2)' },
  { tag: [tags.operator, tags.modifier, tags.paren, tags.squareBracket, tags.brace], color: 'var(--text-2)' },
  { tag: tags.lineComment, color: 'var(--text-3)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--crit)' },
]);

const popup = {
  border: '0',
  borderRadius: 'var(--r)',
  background: 'var(--surface)',
  boxShadow: 'var(--pop)',
  color: 'var(--text)',
};

/** The editor as a field of ours: one line high, and as many as its text needs. */
export const editorTheme = EditorView.theme({
  '&': {
    minHeight: '30px',
    border: '1px solid var(--border-strong)',
    borderRadius: 'var(--r)',
    background: 'var(--surface)',
    color: 'var(--text)',
    fontSize: '13px',
  },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontFeatureSettings: 'normal', lineHeight: '20px' },
  '.cm-content': { padding: '4px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 8px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--text-3)' },
  '&.cm-focused .cm-matchingBracket': { background: 'var(--accent-soft)' },
  '&.cm-focused .cm-nonmatchingBracket': { background: 'var(--crit-soft)' },
  '.cm-tooltip': popup,
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    maxHeight: '260px',
    minWidth: '280px',
    maxWidth: 'min(560px, 90vw)',
    fontFamily: 'var(--mono)',
    fontSize: '12px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '18px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600', color: 'var(--accent)' },
  '.cm-completionDetail': { marginLeft: '12px', color: 'var(--text-3)', fontStyle: 'normal' },
  '.cm-tooltip.cm-completionInfo': {
    ...popup,
    padding: '8px 10px',
    maxWidth: '340px',
    fontFamily: 'var(--font)',
    fontSize: '12px',
    lineHeight: '18px',
    whiteSpace: 'pre-line',
  },
  '.cm-doc': {
    maxWidth: '420px',
    padding: '8px 10px',
    fontFamily: 'var(--font)',
    fontSize: '12px',
    lineHeight: '18px',
  },
  '.cm-doc code, .cm-completionInfo code': { fontFamily: 'var(--mono)', color: 'var(--text-2)' },
  '.cm-diagnostic': { padding: '6px 10px', fontFamily: 'var(--font)', fontSize: '12px', whiteSpace: 'pre-line' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--crit)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--crit)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--warn)',
    textUnderlineOffset: '3px',
  },
});

import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { LRLanguage } from '@codemirror/language';
import { linter, type Diagnostic } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import { ParseError, parseExpr } from '@bellwether/promql';
import { parser } from '@prometheus-io/lezer-promql';
import { HybridComplete } from '@prometheus-io/codemirror-promql/dist/esm/complete/hybrid';
import { allowed } from '../parsed-query.js';
import { withDocs } from './function-docs.js';
import type { EditorVariables, Fault } from './promql-editor.js';
import type { SeriesHints } from '../series-hints.js';

/** Beyond this the list of completions gets no types and help: reading it all takes too long. */
const mostMetadata = 10_000;
const lintAfterMs = 600;

const language = LRLanguage.define({
  name: 'promql',
  parser: parser.configure({ top: 'PromQL' }),
  languageData: {
    closeBrackets: { brackets: ['(', '[', '{', "'", '"', '`'] },
    commentTokens: { line: '#' },
  },
});

/**
 * PromQL for CodeMirror. Colours and completion come from Prometheus' own packages, of which only the parts that are
 * needed are taken (their HTTP client and its cache stay out); faults are found by our engine's parser, in its words.
 */
export function promqlLanguage(
  hints: SeriesHints,
  faultNow: () => Fault | undefined,
  variablesNow: () => EditorVariables | undefined,
): Extension {
  const strategy = withDocs(new HybridComplete(hints, mostMetadata));
  return [
    language,
    language.data.of({
      autocomplete: (context: CompletionContext) =>
        variableCompletion(context, variablesNow()) ?? strategy.promQL(context),
    }),
    linter(view => faults(view.state.doc.toString(), faultNow, variablesNow()), { delay: lintAfterMs }),
  ];
}

/** Behind a `$` the variables are offered. */
function variableCompletion(
  context: CompletionContext,
  variables: EditorVariables | undefined,
): CompletionResult | undefined {
  const typed = variables === undefined ? null : context.matchBefore(/\$\{?\w*/);
  if (variables === undefined || typed === null) return undefined;
  const isBraced = typed.text.startsWith('${');
  return {
    from: typed.from,
    validFor: /^\$\{?\w*$/,
    options: variables.names.map(({ name, about }) => ({
      label: isBraced ? `\${${name}}` : `$${name}`,
      type: 'variable',
      detail: about,
    })),
  };
}

function faults(
  text: string,
  faultNow: () => Fault | undefined,
  variables: EditorVariables | undefined,
): readonly Diagnostic[] {
  if (text.trim() === '') return [];
  const read = variables === undefined ? text : variables.putIn(text);
  const end = text.length;
  try {
    parseExpr(read, allowed);
    const said = faultNow();
    // The server may be older or newer than this page.
    if (said === undefined || said.from >= end) return [];
    return [{ from: said.from, to: Math.min(said.to, end), severity: 'error', message: said.message }];
  } catch (error) {
    if (!(error instanceof ParseError)) return [];
    const found = variables === undefined ? error.start : placeBefore(text, error.start, variables);
    const from = Math.min(found, Math.max(end - 1, 0));
    const word = /^[$\w.:]+/.exec(text.slice(from))?.[0].length ?? 1;
    return [{ from, to: Math.min(from + word, end), severity: 'error', message: error.reason }];
  }
}

/** Where a place in the text with its variables put in is in the text as it was written. */
function placeBefore(text: string, place: number, { putIn }: Pick<EditorVariables, 'putIn'>): number {
  let low = 0;
  let high = text.length;
  // The beginning of a text becomes the beginning of what it becomes.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (putIn(text.slice(0, middle)).length <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

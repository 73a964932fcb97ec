import type { SearchSignal } from './ast.js';
import { fieldCatalogue } from './field-catalogue.js';
import { type Token, tokenize } from './tokens.js';

/** What could be written at the cursor, and which part of the text it would replace (`from` to `to`, UTF-16 units). */
export interface CompletionContext {
  /** `key`: a field name or free text. `operator`: behind a known field. `value`: a value of `key`. */
  readonly kind: 'key' | 'operator' | 'value';
  /** The field whose value or operator is asked for, as it was written. */
  readonly key?: string;
  /** What has been typed of it, up to the cursor, without quotes. */
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
}

/** What to offer at the cursor of a query that may be unfinished or wrong. */
export function completionContext(text: string, cursor: number, signal: SearchSignal): CompletionContext {
  const at = Math.min(Math.max(cursor, 0), text.length);
  const tokens = tokenize(text);
  const index = tokens.findIndex(token => token.from < at && at <= token.to && isTyped(token));
  const token = tokens[index];
  const key = keyBefore(tokens, index === -1 ? tokens.findLastIndex(other => other.to <= at) + 1 : index);

  if (token === undefined) {
    const here = { prefix: '', from: at, to: at };
    return key !== undefined && valueMayStart(tokens, text, at) ? valueOrKey(key, here) : { kind: 'key', ...here };
  }
  const typed = text.slice(token.from, at);
  const prefix = typed.startsWith('"') ? typed.slice(1).replaceAll(/\\(["\\])/g, '$1') : typed;
  const word = { prefix, from: token.from, to: token.to };
  if (token.type === 'value') return valueOrKey(key ?? '', word);
  if (token.type === 'text' && at === token.to && isWholeField(typed, signal)) {
    return { kind: 'operator', key: typed, prefix: '', from: at, to: at };
  }
  return { kind: 'key', ...word };
}

/** Behind `has:` stands the name of a field. */
function valueOrKey(
  key: string,
  word: { readonly prefix: string; readonly from: number; readonly to: number },
): CompletionContext {
  return key === 'has' ? { kind: 'key', ...word } : { kind: 'value', key, ...word };
}

function isTyped(token: Token): boolean {
  return token.type === 'text' || token.type === 'key' || token.type === 'value';
}

/** The key whose value stands, or would stand, at this place among the tokens. */
function keyBefore(tokens: readonly Token[], index: number): string | undefined {
  for (let i = index - 1; i >= 0; i -= 1) {
    const token = tokens[i];
    if (token?.type === 'key') return token.text;
    const inTerm = token?.type === 'operator' || token?.type === 'list-open';
    const inList = token?.type === 'value' || token?.type === 'or' || token?.type === 'comma';
    if (!inTerm && !inList) return undefined;
  }
  return undefined;
}

/** True behind an operator, and inside a list that is still open. */
function valueMayStart(tokens: readonly Token[], text: string, at: number): boolean {
  const before = tokens.filter(token => token.to <= at);
  const last = before.at(-1);
  if (last?.type === 'operator') return text.slice(last.to, at).trim() === '';
  const opened = before.findLastIndex(token => token.type === 'list-open');
  return opened !== -1 && !before.slice(opened).some(token => token.type === 'list-close');
}

function isWholeField(word: string, signal: SearchSignal): boolean {
  const keys = fieldCatalogue[signal].map(field => field.key);
  return keys.includes(word) && !keys.some(key => key !== word && key.startsWith(word));
}

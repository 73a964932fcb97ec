import { parsedQuery, selectorsOf } from './parsed-query.js';
import { labelText } from './series-names.js';

/**
 * The query with `label="value"` in every selector; a condition with `=` on that label that is there already is replaced.
 * Undefined when the query cannot be read. The rest of the text stays as it was written.
 */
export function addMatcher(expr: string, label: string, value: string): string | undefined {
  const condition = `${labelText(label)}=${JSON.stringify(value)}`;
  const isReplaced = (one: string): boolean => one.startsWith(`${labelText(label)}=`) && !/^[^=]*=~/.test(one);
  return eachSelector(expr, selector => withConditions(selector, [condition], isReplaced));
}

/** The query with more conditions in every selector; those that are there stay. Undefined when the query cannot be read. */
export function addConditions(expr: string, conditions: readonly string[]): string | undefined {
  return eachSelector(expr, selector => withConditions(selector, conditions, () => false));
}

function eachSelector(expr: string, change: (selector: string) => string | undefined): string | undefined {
  const parsed = parsedQuery(expr);
  if (parsed === undefined) return undefined;
  // From the end, so that the places before stay true.
  const selectors = selectorsOf(parsed).toSorted((a, b) => b.start - a.start);
  return selectors.reduce((text, selector) => {
    const next = change(text.slice(selector.start, selector.end));
    return next === undefined ? text : text.slice(0, selector.start) + next + text.slice(selector.end);
  }, expr);
}

/** A selector's text with the conditions; what follows the braces (offset, @) stays. */
function withConditions(
  selector: string,
  conditions: readonly string[],
  isReplaced: (condition: string) => boolean,
): string | undefined {
  const braces = bracesOf(selector);
  if (braces === undefined) {
    const name = /^[a-zA-Z_:][\w:]*/.exec(selector)?.[0];
    return name === undefined ? undefined : `${name}{${conditions.join(', ')}}${selector.slice(name.length)}`;
  }
  const inner = selector.slice(braces.open + 1, braces.close);
  const kept = splitConditions(inner).filter(one => !isReplaced(one));
  return `${selector.slice(0, braces.open)}{${[...kept, ...conditions].join(', ')}}${selector.slice(braces.close + 1)}`;
}

function bracesOf(text: string): { readonly open: number; readonly close: number } | undefined {
  let open: number | undefined;
  for (const { at, char } of outsideQuotes(text)) {
    if (char === '{' && open === undefined) open = at;
    if (char === '}' && open !== undefined) return { open, close: at };
  }
  return undefined;
}

function splitConditions(inner: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { at, char } of outsideQuotes(inner)) {
    if (char !== ',') continue;
    parts.push(inner.slice(from, at));
    from = at + 1;
  }
  parts.push(inner.slice(from));
  return parts.map(part => part.trim()).filter(part => part !== '');
}

function* outsideQuotes(text: string): Generator<{ readonly at: number; readonly char: string }> {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\' && quote !== '`') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'" || char === '`') quote = char;
    else yield { at, char };
  }
}

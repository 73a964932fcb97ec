/**
 * A value that begins and ends as said: `text`, with anything before or after it.
 *
 * `any` is `.*`, `some` is `.+`.
 */
export interface Alternative {
  readonly before: 'nothing' | 'any' | 'some';
  readonly text: string;
  readonly after: 'nothing' | 'any' | 'some';
}

/**
 * The alternatives that an anchored pattern stands for, when it is of the simple kind that most queries use:
 * texts, with `.*` or `.+` before or after, separated by `|`, perhaps in one group. Undefined for every other pattern.
 *
 * A source may use it to look values up; `literalsOf` gives the values when there is nothing before or after.
 */
export function alternativesOf(pattern: string): readonly Alternative[] | undefined {
  const grouped = /^\((?:\?:)?([^()\\]*)\)$/s.exec(pattern);
  const body = grouped?.[1] ?? pattern;
  const found: Alternative[] = [];
  let start = 0;
  while (start <= body.length) {
    const end = alternativeEnd(body, start);
    const alternative = alternativeOf(body.slice(start, end));
    if (alternative === undefined) return undefined;
    found.push(alternative);
    start = end + 1;
  }
  return found;
}

/** The values that fit a pattern, when they can be listed. */
export function literalsOf(pattern: string): readonly string[] | undefined {
  const all = alternativesOf(pattern);
  if (all === undefined || !all.every(({ before, after }) => before === 'nothing' && after === 'nothing')) {
    return undefined;
  }
  return [...new Set(all.map(({ text }) => text))];
}

function alternativeEnd(body: string, start: number): number {
  let at = start;
  while (at < body.length && body[at] !== '|') at += body[at] === '\\' ? 2 : 1;
  return Math.min(at, body.length);
}

const shape = /^(\^?)(\.[*+])?((?:[^\\.+*?()|[\]{}^$]|\\[!-/:-@[-`{-~])*)(\.[*+])?(\$?)$/s;

function alternativeOf(pattern: string): Alternative | undefined {
  const found = shape.exec(pattern);
  if (found === null) return undefined;
  const [, , before, escaped = '', after] = found;
  if (before !== undefined && after !== undefined && escaped === '') return undefined;
  return { before: wildcard(before), text: escaped.replace(/\\(.)/gs, '$1'), after: wildcard(after) };
}

function wildcard(pattern: string | undefined): Alternative['before'] {
  if (pattern === undefined) return 'nothing';
  return pattern === '.*' ? 'any' : 'some';
}

/** Whether a whole value is one of the alternatives. */
export function alternativesTest(alternatives: readonly Alternative[]): (value: string) => boolean {
  const literals = new Set<string>();
  const others: Alternative[] = [];
  for (const alternative of alternatives) {
    if (alternative.before === 'nothing' && alternative.after === 'nothing') literals.add(alternative.text);
    else others.push(alternative);
  }
  const [first, second] = literals;
  if (others.length === 0 && first !== undefined && second === undefined) return value => value === first;
  if (others.length === 0) return value => literals.has(value);
  return value => literals.has(value) || others.some(alternative => fits(alternative, value));
}

function fits({ before, text, after }: Alternative, value: string): boolean {
  const least = before === 'some' ? 1 : 0;
  const room = value.length - text.length;
  const leastAfter = after === 'some' ? 1 : 0;
  if (room < least + leastAfter) return false;
  if (before === 'nothing') return value.startsWith(text);
  if (after === 'nothing') return value.endsWith(text);
  const at = value.indexOf(text, least);
  return at !== -1 && at <= room - leastAfter;
}

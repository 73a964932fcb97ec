/** More parameters than a line has attributes are left out. */
const maxParameters = 1000;

export interface StructuredData {
  readonly data: ReadonlyMap<string, string | readonly string[]>;
  /** Where it ends. */
  readonly end: number;
}

/** `-`, or elements `[id name="value" …]` without anything between them; in a value `\"`, `\\` and `\]` stand for themselves. Undefined when it is neither. */
export function parseStructuredData(text: string, start: number): StructuredData | undefined {
  const data = new Map<string, string | readonly string[]>();
  if (text[start] === '-') return isEnd(text, start + 1) ? { data, end: start + 1 } : undefined;
  let at = start;
  while (text[at] === '[') {
    const id = nameAt(text, at + 1);
    if (id === '') return undefined;
    at += 1 + id.length;
    while (text[at] === ' ') {
      const name = nameAt(text, at + 1);
      at += 1 + name.length;
      // Some senders leave a space before the bracket.
      if (name === '' && text[at] === ']') break;
      if (name === '' || text[at] !== '=' || text[at + 1] !== '"') return undefined;
      const value = valueAt(text, at + 2);
      if (value === undefined) return undefined;
      at = value.end;
      add(data, `${id}.${name}`, value.text);
    }
    if (text[at] !== ']') return undefined;
    at++;
  }
  return at > start && isEnd(text, at) ? { data, end: at } : undefined;
}

const isEnd = (text: string, at: number): boolean => at >= text.length || text[at] === ' ';

const name = /[^\s=\]"]{1,128}/y;

function nameAt(text: string, at: number): string {
  name.lastIndex = at;
  return name.exec(text)?.[0] ?? '';
}

function valueAt(text: string, start: number): { readonly text: string; readonly end: number } | undefined {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') return { text: text.slice(start, at).replaceAll(/\\(["\\\]])/g, '$1'), end: at + 1 };
    if (text[at] === '\\') at++;
  }
  return undefined;
}

function add(data: Map<string, string | readonly string[]>, key: string, value: string): void {
  const before = data.get(key);
  if (before === undefined && data.size >= maxParameters) return;
  if (before === undefined) data.set(key, value);
  else if (typeof before === 'string') data.set(key, [before, value]);
  else if (before.length < maxParameters) data.set(key, [...before, value]);
}

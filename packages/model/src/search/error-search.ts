import type { CompletionContext } from './completion.js';
import type { Field } from './field-catalogue.js';

/** A word or a term of a search for errors, and where it stands in UTF-16 units. */
export interface ErrorTerm {
  readonly isNot: boolean;
  /** In lower case; empty for a word. A key that is none of `errorFields` is one too, which the reader decides. */
  readonly key: string;
  /** Without quotes. */
  readonly value: string;
  /** As it was written, without the quotes in it; of a quoted word what is between them. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The terms of a search for errors, in order: `declined -release:v412 tag:card="visa debit"`. Quotes keep a blank; one that is never closed is left out. */
export function errorTerms(search: string): readonly ErrorTerm[] {
  const found = search.matchAll(/(-?)(?:([a-z]+):)?(?:"([^"]*)"|((?:"[^"]*"|\S)+))/gi);
  return [...found].map(({ 0: whole, 1: minus, 2: key = '', 3: quoted, 4: bare = '', index }) => ({
    isNot: minus === '-',
    key: key.toLowerCase(),
    value: (quoted ?? bare).replaceAll('"', ''),
    text: quoted === undefined || key !== '' ? whole.replaceAll('"', '') : quoted,
    from: index,
    to: index + whole.length,
  }));
}

/** What a search for errors can ask of an error or of its events, beside words. `tag` stands for any attribute: `tag:payment.provider=stripe`. */
export const errorFields: readonly Field[] = [
  {
    key: 'release',
    type: 'string',
    description: 'Version of the service',
    example: 'release:v412',
    aliases: ['version'],
  },
  { key: 'user', type: 'string', description: 'User of your application', example: 'user:u-7' },
  { key: 'tenant', type: 'string', description: 'Customer of your application', example: 'tenant:acme' },
  {
    key: 'state',
    type: 'enum',
    values: ['new', 'rising', 'ongoing', 'regressed', 'open', 'resolved', 'ignored'],
    description: 'What was said of it, or how it comes',
    example: 'state:regressed',
  },
  { key: 'owner', type: 'string', description: 'Who takes care of it', example: 'owner:none' },
  { key: 'service', type: 'string', description: 'The service that sent it', example: 'service:checkout' },
  {
    key: 'env',
    type: 'string',
    description: 'Deployment environment',
    example: 'env:production',
    aliases: ['environment'],
  },
];

/** The field of that name or alias. */
export function errorField(key: string): Field | undefined {
  return errorFields.find(field => field.key === key || (field.aliases?.includes(key) ?? false));
}

/** The attribute of `tag:payment.provider`; undefined for other keys. */
export function tagKey(key: string): string | undefined {
  return key.startsWith('tag:') ? key.slice('tag:'.length) : undefined;
}

/** What to offer at the cursor of a search for errors. The key of a tag is `tag:` and its attribute. */
export function errorCompletion(search: string, cursor: number): CompletionContext {
  const at = Math.min(Math.max(cursor, 0), search.length);
  const term = errorTerms(search).find(({ from, to }) => from < at && at <= to);
  if (term === undefined) return { kind: 'key', prefix: '', from: at, to: at };
  const start = term.from + (term.isNot ? 1 : 0);
  const typed = search.slice(start, at);
  // A field whose value is still missing is no term with a key yet.
  const key = /^([a-z]+):/i.exec(typed)?.[1]?.toLowerCase() ?? '';
  const end = typed.indexOf(key === 'tag' ? '=' : ':');
  const known = key === 'tag' ? `tag:${typed.slice('tag:'.length, end)}` : errorField(key)?.key;
  if (known === undefined || end < 0) {
    return { kind: 'key', prefix: typed.replaceAll('"', ''), from: start, to: term.to };
  }
  return {
    kind: 'value',
    key: known,
    prefix: typed.slice(end + 1).replaceAll('"', ''),
    from: start + end + 1,
    to: term.to,
  };
}

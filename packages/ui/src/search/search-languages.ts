import {
  completionContext,
  errorCompletion,
  errorFields,
  errorTerms,
  fieldCatalogue,
  type CompletionContext,
  type Field,
  type FieldSignal,
} from '@bellwether/model';
import { readQuery, type ReadQuery } from './query-terms.js';
import { writeValue } from './write-term.js';

/** What a search bar must know of what is typed into it. */
export type SearchLanguage = {
  readonly fields: readonly Field[];
  readQuery(query: string): ReadQuery;
  completionAt(query: string, cursor: number): CompletionContext;
  /** A key with what stands between it and its value. */
  writeKey(key: string): string;
  writeValue(value: string): string;
};

const ofSignal = (signal: 'spans' | 'logs'): SearchLanguage => ({
  fields: fieldCatalogue[signal],
  readQuery: query => readQuery(query, signal),
  completionAt: (query, cursor) => completionContext(query, cursor, signal),
  writeKey: key => `${key}:`,
  writeValue,
});

const ofErrors: SearchLanguage = {
  fields: errorFields,
  readQuery(query) {
    const terms = errorTerms(query);
    const written = terms.map(({ from, to }) => query.slice(from, to));
    return {
      ok: true,
      terms: written.map((text, at) => ({ text, without: written.filter((_, other) => other !== at).join(' ') })),
    };
  },
  completionAt: errorCompletion,
  writeKey: key => `${key}${key.startsWith('tag:') ? '=' : ':'}`,
  writeValue(value) {
    const plain = value.replaceAll('"', '');
    return /\s/.test(plain) ? `"${plain}"` : plain;
  },
};

/** Parsers and catalogues. This file is imported when the first search bar is drawn, so that they stay out of the first bundle. */
export const searchLanguages: Readonly<Record<FieldSignal, SearchLanguage>> = {
  spans: ofSignal('spans'),
  logs: ofSignal('logs'),
  errors: ofErrors,
};

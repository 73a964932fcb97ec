import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { textParam, type SearchParams } from './search-params.js';

/** `push` for what the user did, so that Back undoes it; `replace` for what followed from it. */
export type HistoryStep = 'push' | 'replace';

export type UrlState = {
  readonly params: SearchParams;
  get(key: string): string | undefined;
  /** Changes some params and leaves the others; undefined removes one. The scroll position stays. */
  set(changes: SearchParams, how?: HistoryStep): void;
};

/** What a person would share: range, filter, selection. It lives in the URL and nowhere else. */
export function useUrlState(): UrlState {
  const params: SearchParams = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = useCallback(
    (changes: SearchParams, how: HistoryStep = 'push') => {
      void navigate({
        to: '.',
        search: (before: SearchParams) => ({ ...before, ...changes }),
        replace: how === 'replace',
        resetScroll: false,
      });
    },
    [navigate],
  );
  return { params, get: key => textParam(params, key), set };
}

import { useCallback } from 'react';
import { useUrlState } from '../url-state.js';
import { readQueries, writeQueries } from './query-list.js';

/** Changes the text of one query of the page. */
export function useQueryEdit(): (letter: string, edit: (expr: string) => string) => void {
  const { params, set } = useUrlState();
  return useCallback(
    (letter, edit) => {
      const queries = readQueries(params).map(query =>
        query.letter === letter ? { ...query, expr: edit(query.expr) } : query,
      );
      set({ ...writeQueries(queries), only: undefined });
    },
    [params, set],
  );
}

import type { DatabaseQueryAnswer, DatabasesAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { apiUrl, fetchJson } from '../api-client.js';
import { usePageRange } from '../page-range.js';

/** Databases of the page's range and environment; `db` narrows all but the list of them. */
export function useDatabases(db: string | undefined): UseQueryResult<DatabasesAnswer> {
  const { params, compared } = usePageRange();
  const asked = { ...params, db, cmpFrom: compared?.fromMs, cmpTo: compared?.toMs };
  return useQuery({
    queryKey: ['databases', asked],
    queryFn: ({ signal }) => fetchJson<DatabasesAnswer>(apiUrl('/databases', asked), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** One query of one database. */
export function useDatabaseQuery(database: string, hash: string): UseQueryResult<DatabaseQueryAnswer> {
  const { params, compared } = usePageRange();
  const asked = { ...params, cmpFrom: compared?.fromMs, cmpTo: compared?.toMs };
  const path = `/databases/${encodeURIComponent(database)}/queries/${encodeURIComponent(hash)}`;
  return useQuery<DatabaseQueryAnswer>({
    queryKey: ['database-query', database, hash, asked],
    queryFn: ({ signal }) => fetchJson<DatabaseQueryAnswer>(apiUrl(path, asked), { signal }),
    placeholderData: before => (before?.hash === hash && before.database === database ? before : undefined),
  });
}

import type { ProfileRow } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import { apiUrl, fetchJson } from '../api-client.js';
import { usePageRange } from '../page-range.js';
import { readPprof, unpack, type ReadProfile, type SampleFilter } from './read-pprof.js';

const minuteMs = 60_000;

/** Profiles of the page's range, newest first; of one service, or taken while one trace was worked on. */
export function useProfiles(
  service: string | undefined,
  trace: string | undefined,
): UseQueryResult<{ readonly profiles: readonly ProfileRow[] }> {
  const { params } = usePageRange();
  return useQuery({
    queryKey: ['profiles', params.from, params.to, service ?? '', trace ?? ''],
    queryFn: ({ signal }) =>
      fetchJson(apiUrl('/profiles', { from: params.from, to: params.to, service, trace }), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** The frames of one profile, or of its samples of one request; nothing is asked for without one. */
export function useProfile(
  row: Pick<ProfileRow, 'name' | 'start'> | undefined,
  only?: SampleFilter,
): UseQueryResult<ReadProfile> {
  const { traceId, spanId } = only ?? {};
  const read = useCallback(
    (bytes: Uint8Array) => readPprof(bytes, traceId === undefined ? undefined : { traceId, spanId }),
    [traceId, spanId],
  );
  return useQuery({
    queryKey: ['profile', row?.name ?? ''],
    enabled: row !== undefined,
    staleTime: Infinity,
    select: read,
    queryFn: async ({ signal }) => {
      const start = row?.start ?? 0;
      const url = apiUrl(`/profiles/${encodeURIComponent(row?.name ?? '')}`, {
        from: start - minuteMs,
        to: start + minuteMs,
      });
      const { pprof } = await fetchJson<{ readonly pprof: string }>(url, { signal });
      return unpack(Uint8Array.from(atob(pprof), letter => letter.codePointAt(0) ?? 0));
    },
  });
}

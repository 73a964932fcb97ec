import type { MapAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchMap } from '../api-client.js';
import { usePageRange } from '../page-range.js';

/** Who called whom in the page's range and environment. */
export function useMap(): UseQueryResult<MapAnswer> {
  const { params } = usePageRange();
  return useQuery({
    queryKey: ['map', params.from, params.to, params.env ?? ''],
    queryFn: ({ signal }) => fetchMap(params, signal),
    placeholderData: keepPreviousData,
  });
}

/** The same at one step of the range; without `atMs` nothing is asked for. */
export function useMapAt(atMs: number | undefined, stepMs: number): UseQueryResult<MapAnswer> {
  const { params } = usePageRange();
  const window = { ...params, from: atMs ?? 0, to: (atMs ?? 0) + stepMs };
  return useQuery({
    queryKey: ['map', window.from, window.to, params.env ?? ''],
    queryFn: ({ signal }) => fetchMap(window, signal),
    enabled: atMs !== undefined,
    placeholderData: keepPreviousData,
  });
}

import type { CardinalityAnswer, LedgerAnswer, StatusAnswer, StorageAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchCardinality, fetchLedger, fetchStatus, fetchStorage } from '../api-client.js';
import { usePageRange } from '../page-range.js';

const everyMs = 5000;

/** What has arrived, as of a few seconds ago. */
export function useArrivals(): UseQueryResult<StatusAnswer> {
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => fetchStatus(signal),
    staleTime: 0,
    meta: { quiet: true },
    refetchInterval: everyMs,
  });
}

/** Every item that came in and what became of it. */
export function useLedger(): UseQueryResult<LedgerAnswer> {
  return useQuery({
    queryKey: ['ledger'],
    queryFn: ({ signal }) => fetchLedger(signal),
    staleTime: 0,
    meta: { quiet: true },
    refetchInterval: everyMs,
  });
}

/** What each signal takes on disk. */
export function useStorage(): UseQueryResult<StorageAnswer> {
  return useQuery({
    queryKey: ['storage'],
    queryFn: ({ signal }) => fetchStorage(signal),
    meta: { quiet: true },
    refetchInterval: 60_000,
  });
}

/** Series of the page's range, by metric. */
export function useCardinality(): UseQueryResult<CardinalityAnswer> {
  const { params } = usePageRange();
  return useQuery({
    queryKey: ['cardinality', params.from, params.to],
    queryFn: ({ signal }) => fetchCardinality({ from: params.from, to: params.to }, signal),
    placeholderData: keepPreviousData,
  });
}

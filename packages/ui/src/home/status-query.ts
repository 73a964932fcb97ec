import type { StatusAnswer } from '@bellwether/model';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchStatus } from '../api-client.js';
import { allSignals, signalsStored } from './first-steps.js';

const waitingMs = 2000;
const calmMs = 30_000;

/** What has arrived. Every two seconds while something is still awaited, then twice a minute. */
export function useStatus(): UseQueryResult<StatusAnswer> {
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => fetchStatus(signal),
    staleTime: 0,
    meta: { quiet: true },
    refetchInterval: ({ state }) => {
      const stored = state.data === undefined ? 0 : signalsStored(state.data);
      return stored === allSignals.length ? calmMs : waitingMs;
    },
  });
}

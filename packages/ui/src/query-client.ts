import { QueryClient } from '@tanstack/react-query';
import { mayRetry } from './api-client.js';

/**
 * Keys hold the moments asked for, so an answer never goes stale: the page asks again when time moves on
 * (see `page-range.tsx`), and old answers are dropped after a minute.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      // Bellwether may run on this very machine: it answers although the browser thinks it is offline.
      networkMode: 'always',
      gcTime: 60_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (failures, error) => failures < 3 && mayRetry(error),
      retryDelay: attempt => Math.min(500 * 2 ** attempt, 4000),
    },
  },
});

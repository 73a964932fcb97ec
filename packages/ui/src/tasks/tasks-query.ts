import type { TasksAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { apiUrl, fetchJson } from '../api-client.js';
import { usePageRange } from '../page-range.js';

/** Queues and tasks of the page's range and environment; `queue` narrows all but the list of queues. */
export function useTasks(queue: string | undefined): UseQueryResult<TasksAnswer> {
  const { params } = usePageRange();
  const asked = { ...params, queue };
  return useQuery({
    queryKey: ['tasks', asked],
    queryFn: ({ signal }) => fetchJson<TasksAnswer>(apiUrl('/tasks', asked), { signal }),
    placeholderData: keepPreviousData,
  });
}

import type { CheckAnswer, CheckDefinition, ChecksAnswer, StatusPageSettings } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { apiUrl, fetchJson } from '../api-client.js';

const everyMs = 5000;

/** Every check, looked at again every few seconds. */
export function useChecks(): UseQueryResult<ChecksAnswer> {
  return useQuery({
    queryKey: ['checks'],
    queryFn: ({ signal }) => fetchJson<ChecksAnswer>(apiUrl('/checks'), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });
}

/** One check with its runs. */
export function useCheck(id: string): UseQueryResult<CheckAnswer> {
  return useQuery({
    queryKey: ['check', id],
    queryFn: ({ signal }) => fetchJson<CheckAnswer>(apiUrl(`/checks/${encodeURIComponent(id)}`), { signal }),
    refetchInterval: everyMs,
  });
}

const json = { 'content-type': 'application/json' };

/** Makes or changes a check; the server says what is wrong with it. */
export function saveCheck(definition: CheckDefinition | { readonly id: string }): Promise<unknown> {
  const url = apiUrl(`/checks/${encodeURIComponent(definition.id)}`);
  return fetchJson(url, { method: 'PUT', headers: json, body: JSON.stringify(definition) });
}

export function deleteCheck(id: string): Promise<unknown> {
  return fetchJson(apiUrl(`/checks/${encodeURIComponent(id)}`), { method: 'DELETE' });
}

/** Makes or changes a maintenance window; the server says what is wrong with it. */
export function saveMaintenance(window: {
  readonly id: string;
  readonly [setting: string]: unknown;
}): Promise<unknown> {
  const url = apiUrl(`/maintenance/${encodeURIComponent(window.id)}`);
  return fetchJson(url, { method: 'PUT', headers: json, body: JSON.stringify(window) });
}

export function deleteMaintenance(id: string): Promise<unknown> {
  return fetchJson(apiUrl(`/maintenance/${encodeURIComponent(id)}`), { method: 'DELETE' });
}

/** Switches the public page on, or off with an empty slug. */
export function saveStatusPage(settings: StatusPageSettings): Promise<unknown> {
  return fetchJson(apiUrl('/status-page'), { method: 'PUT', headers: json, body: JSON.stringify(settings) });
}

import type { ErrorActs, SimilarErrors } from '@bellwether/model';
import { apiUrl, fetchJson, type RangeParams } from '../api-client.js';

/** Does the same with several errors, all or none. */
export function actOnErrors(acts: ErrorActs): Promise<{ readonly changed: number }> {
  return fetchJson(apiUrl('/errors/acts'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(acts),
  });
}

export function fetchSimilar(id: string, params: RangeParams, signal: AbortSignal): Promise<SimilarErrors> {
  return fetchJson(apiUrl(`/errors/${encodeURIComponent(id)}/similar`, params), { signal });
}

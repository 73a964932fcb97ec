import type { DashboardAnswer, DashboardKept, DashboardsAnswer } from '@bellwether/model';
import type { Json, JsonObject } from '@bellwether/dashboards';
import { ApiFailure, apiUrl, fetchJson } from '../api-client.js';

export function fetchDashboards(signal: AbortSignal): Promise<DashboardsAnswer> {
  return fetchJson(apiUrl('/dashboards'), { signal });
}

export type OpenedDashboard = { readonly document: JsonObject; readonly meta: DashboardAnswer['meta'] };

export async function fetchDashboard(uid: string, signal: AbortSignal): Promise<OpenedDashboard> {
  const answer: DashboardAnswer = await fetchJson(apiUrl(`/dashboards/${encodeURIComponent(uid)}`), { signal });
  // The server read it as JSON, so it is JSON.
  return { document: answer.dashboard as JsonObject, meta: answer.meta };
}

export function saveDashboard(uid: string, document: JsonObject, version: number): Promise<DashboardKept> {
  return send('PUT', `/dashboards/${encodeURIComponent(uid)}`, { dashboard: document, version });
}

export function importDashboardJson(dashboard: Json, replace: boolean): Promise<DashboardKept> {
  return send('POST', '/dashboards/import', { dashboard, replace });
}

export function removeDashboard(uid: string): Promise<DashboardKept> {
  return send('DELETE', `/dashboards/${encodeURIComponent(uid)}`, undefined);
}

function send(method: string, path: string, body: unknown): Promise<DashboardKept> {
  const written =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return fetchJson(apiUrl(path), { method, ...written });
}

/** Somebody else was first: a uid that is taken, or a save in between. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 409;
}

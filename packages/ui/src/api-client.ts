import type {
  DeploysAnswer,
  ErrorAnswer,
  ErrorEventAnswer,
  ErrorsAnswer,
  ApiError,
  CardinalityAnswer,
  DifferenceAnswer,
  FieldSignal,
  FieldsAnswer,
  FieldValuesAnswer,
  LedgerAnswer,
  LookupAnswer,
  LogContextAnswer,
  LogContextQuery,
  LogDetailAnswer,
  LogHistogramAnswer,
  LogPatternsAnswer,
  LogsAnswer,
  MapAnswer,
  OffendersAnswer,
  OverviewAnswer,
  ServiceChartsAnswer,
  ServicesAnswer,
  SpanAnswer,
  StatusAnswer,
  StorageAnswer,
  TraceAnswer,
  TraceHistogramAnswer,
  TraceLogsAnswer,
  TraceSamplesAnswer,
  TracesAnswer,
  TraceSort,
  SavedView,
  ViewsAnswer,
  ViewToSave,
} from '@bellwether/model';
import { takeEarlyAnswer } from './early/early-answers.js';

/** A request that got no answer, or an answer that says no. `message` is a sentence for the reader. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  /** The API's word: `bad-query`, `too-slow`, ...; `unreachable` when nothing answered. */
  readonly code: string;
  /** HTTP status; 0 when nothing answered. */
  readonly status: number;
  /** To find the request in the server's log; '' when nothing answered. */
  readonly requestId: string;
  /** For `bad-query`: where in the text, UTF-16 units from 0. */
  readonly position: { readonly from: number; readonly to: number } | undefined;

  constructor(status: number, error: ApiError['error']) {
    super(error.message);
    this.code = error.code;
    this.status = status;
    this.requestId = error.requestId;
    this.position = error.position;
  }
}

type Params = { readonly [key: string]: string | number | undefined };

/** What nearly every question has: milliseconds since 1970, and the environment or undefined for all. */
export type RangeParams = {
  readonly from: number;
  readonly to: number;
  readonly env: string | undefined;
};

const root = '/api/bw/v1';

/** The address of a question; numbers are rounded, what is undefined or empty is left out. */
export function apiUrl(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined || value === '') continue;
    query.append(key, typeof value === 'number' ? String(Math.round(value)) : value);
  }
  const text = query.toString();
  return `${root}${path}${text === '' ? '' : `?${text}`}`;
}

function get<Answer>(path: string, params: Params, signal: AbortSignal): Promise<Answer> {
  return fetchJson(apiUrl(path, params), { signal });
}

/** Any request to our own API. Throws `ApiFailure`. */
export async function fetchJson<Answer>(
  url: string,
  init: Omit<RequestInit, 'headers'> & { readonly headers?: { readonly [name: string]: string } },
): Promise<Answer> {
  let response: Response;
  try {
    const early = init.method === undefined ? takeEarlyAnswer(url) : undefined;
    response = await (early ?? fetch(url, { ...init, headers: { accept: 'application/json', ...init.headers } }));
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiFailure(0, {
      code: 'unreachable',
      message: 'Bellwether does not answer. Is it still running?',
      requestId: '',
    });
  }
  if (!response.ok) throw await failureOf(response);
  // The server checks its answers against the schema this type comes from; a second check would put Zod into the first bundle.
  return (await response.json()) as Answer;
}

async function failureOf(response: Response): Promise<ApiFailure> {
  const requestId = response.headers.get('x-request-id') ?? '';
  const body: unknown = await response.json().catch(() => undefined);
  if (isApiError(body)) return new ApiFailure(response.status, body.error);
  const message =
    response.status === 502 || response.status === 503 || response.status === 504
      ? 'Bellwether is starting or restarting. Try again in a moment.'
      : `The server answered ${response.status} without saying why.`;
  return new ApiFailure(response.status, { code: 'internal', message, requestId });
}

function isApiError(body: unknown): body is ApiError {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'message' in error && 'code' in error;
}

/** True for a failure that a second try may mend. */
export function mayRetry(error: unknown): boolean {
  return error instanceof ApiFailure && (error.status === 0 || error.status >= 502);
}

export function fetchStatus(signal: AbortSignal): Promise<StatusAnswer> {
  return get('/status', {}, signal);
}

export function fetchCardinality(
  params: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<CardinalityAnswer> {
  return get('/cardinality', params, signal);
}

export function fetchLedger(signal: AbortSignal): Promise<LedgerAnswer> {
  return get('/ledger', {}, signal);
}

export function fetchStorage(signal: AbortSignal): Promise<StorageAnswer> {
  return get('/storage', {}, signal);
}

type ComparedParams = RangeParams & {
  readonly cmpFrom?: number | undefined;
  readonly cmpTo?: number | undefined;
};

export function fetchDeploys(params: RangeParams, signal: AbortSignal): Promise<DeploysAnswer> {
  return get('/deploys', params, signal);
}

export function fetchOffenders(params: ComparedParams, signal: AbortSignal): Promise<OffendersAnswer> {
  return get('/offenders', params, signal);
}

export function fetchServices(params: ComparedParams, signal: AbortSignal): Promise<ServicesAnswer> {
  return get('/services', params, signal);
}

export function fetchMap(params: RangeParams, signal: AbortSignal): Promise<MapAnswer> {
  return get('/map', params, signal);
}

export function fetchServiceCharts(
  service: string,
  params: ComparedParams,
  signal: AbortSignal,
): Promise<ServiceChartsAnswer> {
  return get(`/services/${encodeURIComponent(service)}/charts`, params, signal);
}

export function fetchOverview(service: string, params: ComparedParams, signal: AbortSignal): Promise<OverviewAnswer> {
  return get(`/services/${encodeURIComponent(service)}/overview`, params, signal);
}

export type SearchQuery = RangeParams & { readonly q: string };

export type TracesParams = SearchQuery & {
  readonly sort?: TraceSort | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
};

export function fetchTraces(params: TracesParams, signal: AbortSignal): Promise<TracesAnswer> {
  return get('/traces', params, signal);
}

export type HistogramParams = SearchQuery & { readonly steps: number };

export function fetchTraceHistogram(params: HistogramParams, signal: AbortSignal): Promise<TraceHistogramAnswer> {
  return get('/traces/histogram', params, signal);
}

export type TraceSamplesParams = SearchQuery & { readonly steps: number | undefined; readonly only?: 'steps' };

export function fetchTraceSamples(params: TraceSamplesParams, signal: AbortSignal): Promise<TraceSamplesAnswer> {
  return get('/traces/samples', params, signal);
}

export function fetchTrace(traceId: string, signal: AbortSignal): Promise<TraceAnswer> {
  return get(`/traces/${encodeURIComponent(traceId)}`, {}, signal);
}

export function fetchSpan(traceId: string, spanId: string, signal: AbortSignal): Promise<SpanAnswer> {
  return get(`/traces/${encodeURIComponent(traceId)}/spans/${encodeURIComponent(spanId)}`, {}, signal);
}

export function fetchTraceLogs(
  traceId: string,
  spanId: string | undefined,
  signal: AbortSignal,
): Promise<TraceLogsAnswer> {
  return get(`/traces/${encodeURIComponent(traceId)}/logs`, { spanId }, signal);
}

export type ErrorsParams = RangeParams & {
  readonly service: string | undefined;
  readonly q: string;
  readonly state: string | undefined;
  readonly limit: number;
  readonly only?: 'states';
};

export function fetchErrors(params: ErrorsParams, signal: AbortSignal): Promise<ErrorsAnswer> {
  return get('/errors', params, signal);
}

export type ErrorEventParams = RangeParams & { readonly event: string | undefined };

export function fetchErrorEvent(id: string, params: ErrorEventParams, signal: AbortSignal): Promise<ErrorEventAnswer> {
  return get(`/errors/${encodeURIComponent(id)}/event`, params, signal);
}

export function fetchError(id: string, params: RangeParams, signal: AbortSignal): Promise<ErrorAnswer> {
  return get(`/errors/${encodeURIComponent(id)}`, params, signal);
}

export type DifferenceParams = RangeParams & {
  readonly signal: 'spans' | 'logs';
  readonly q: string;
  readonly selected: string;
  readonly error: string | undefined;
  readonly selectedFrom: number | undefined;
  readonly selectedTo: number | undefined;
  readonly beforeFrom: number | undefined;
  readonly beforeTo: number | undefined;
};

export function fetchDifference(params: DifferenceParams, signal: AbortSignal): Promise<DifferenceAnswer> {
  return get('/difference', params, signal);
}

export type LogsParams = SearchQuery & { readonly limit?: number | undefined; readonly cursor?: string | undefined };

export function fetchLogs(params: LogsParams, signal: AbortSignal): Promise<LogsAnswer> {
  return get('/logs', params, signal);
}

export function fetchLogHistogram(params: HistogramParams, signal: AbortSignal): Promise<LogHistogramAnswer> {
  return get('/logs/histogram', params, signal);
}

export function fetchLogPatterns(params: SearchQuery, signal: AbortSignal): Promise<LogPatternsAnswer> {
  return get('/logs/patterns', params, signal);
}

export function fetchLogContext(params: LogContextQuery, signal: AbortSignal): Promise<LogContextAnswer> {
  return get('/logs/context', params, signal);
}

export function fetchLogDetail(id: string, timeNs: string, signal: AbortSignal): Promise<LogDetailAnswer> {
  return get(`/logs/${encodeURIComponent(id)}`, { timeNs }, signal);
}

/** For an `EventSource`: see `logTailQuery` for its events. */
export function logTailUrl(params: { readonly q: string; readonly env: string | undefined }): string {
  return apiUrl('/logs/tail', params);
}

export type FieldsParams = {
  readonly from: number;
  readonly to: number;
  readonly signal: FieldSignal;
  readonly prefix: string;
};

export function fetchFields(params: FieldsParams, signal: AbortSignal): Promise<FieldsAnswer> {
  return get('/fields', params, signal);
}

export function fetchFieldValues(key: string, params: FieldsParams, signal: AbortSignal): Promise<FieldValuesAnswer> {
  return get(`/fields/${encodeURIComponent(key)}/values`, params, signal);
}

export function fetchLookup(text: string, signal: AbortSignal): Promise<LookupAnswer> {
  return get('/lookup', { text }, signal);
}

export function fetchViews(signal: AbortSignal): Promise<ViewsAnswer> {
  return get('/views', {}, signal);
}

export function saveView(view: ViewToSave): Promise<SavedView> {
  return fetchJson(apiUrl('/views'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(view),
  });
}

export function removeView(id: string): Promise<ViewsAnswer> {
  return fetchJson(apiUrl(`/views/${encodeURIComponent(id)}`), { method: 'DELETE' });
}

import type { Matcher } from '@bellwether/promql';
import { noDrill, type Drill } from '../charts/drill.js';
import { writeValue } from '../search/write-term.js';
import { metricOf, parsedQuery, selectorsOf } from './parsed-query.js';

/** The spans that the boxes of a heatmap count, or why that is not known. */
export type BucketSpans =
  | {
      /** Finds all of them. */
      readonly q: string;
      /** A value of the metric in milliseconds. */
      readonly unitMs: number;
    }
  | { readonly why: string };

type Measured = { readonly kind: string; readonly unitMs: number };

/** Histograms that OpenTelemetry's semantic conventions have beside a span of each measurement: the kind of the span, and the unit of those whose name tells none. */
const durations: ReadonlyMap<string, Measured> = new Map([
  // Ours, of all spans.
  ['traces_span_metrics_duration', { kind: '', unitMs: 1000 }],
  ['http_server_request_duration', { kind: 'server', unitMs: 1000 }],
  ['http_server_duration', { kind: 'server', unitMs: 1 }],
  ['rpc_server_duration', { kind: 'server', unitMs: 1 }],
  ['rpc_server_call_duration', { kind: 'server', unitMs: 1000 }],
  ['http_client_request_duration', { kind: 'client', unitMs: 1000 }],
  ['http_client_duration', { kind: 'client', unitMs: 1 }],
  ['db_client_operation_duration', { kind: 'client', unitMs: 1000 }],
  ['messaging_process_duration', { kind: 'consumer', unitMs: 1000 }],
]);

/** What spans are searched by in place of a label. */
const fields: ReadonlyMap<string, string> = new Map([
  ['service_name', 'service'],
  ['service_version', 'version'],
  ['span_name', 'name'],
  ['span_kind', 'kind'],
  ['status_code', 'status'],
  ['deployment_environment', 'env'],
  ['deployment_environment_name', 'env'],
  ['error_type', 'error.type'],
  ['http_route', 'http.route'],
  ['http_request_method', 'http.request.method'],
  ['http_response_status_code', 'http.status'],
  ['rpc_method', 'rpc.method'],
  ['rpc_service', 'rpc.service'],
  ['server_address', 'server.address'],
  ['db_system_name', 'db.system.name'],
  ['db_operation_name', 'db.operation.name'],
  ['messaging_destination_name', 'messaging.destination.name'],
]);

/** What the queries of a heatmap count, when it is durations of spans. */
export function bucketSpans(exprs: readonly string[]): BucketSpans {
  const [text] = exprs;
  if (text === undefined || exprs.length > 1)
    return { why: 'Its boxes are of several queries: no search finds what they count.' };
  const expr = parsedQuery(text);
  const selectors = expr === undefined ? [] : selectorsOf(expr);
  const [selector] = selectors;
  if (selector === undefined || selectors.length > 1)
    return { why: 'Its query is not of one metric: no search finds what the boxes count.' };
  const metric = metricOf(selector)
    .replaceAll('.', '_')
    .replace(/_bucket$/, '');
  const measured = measuredBy(metric);
  if (measured === undefined)
    return {
      why: `${metric === '' ? 'The metric' : metric} is not known as a duration of spans: there is nothing to compare.`,
    };
  const terms: string[] = measured.kind === '' ? [] : [`kind:${measured.kind}`];
  for (const matcher of selector.matchers) {
    const term = termOf(matcher);
    if (term === undefined)
      return {
        why: `Its query chooses by ${matcher.name}${matcher.op}"${matcher.value}", which a search for spans cannot say.`,
      };
    if (term !== '') terms.push(term);
  }
  return { q: terms.join(' '), unitMs: measured.unitMs };
}

/** Where boxes of a heatmap lead: values above `low` up to `high`, either of which may be infinite. */
export function boxDrill(spans: BucketSpans, low: number, high: number): Drill {
  if ('why' in spans) return noDrill;
  const selected = durationTerms(low, high, spans.unitMs);
  if (selected === '') return { traces: spans.q, logs: undefined };
  return { traces: `${spans.q} ${selected}`.trim(), logs: undefined, spans: spans.q, selected };
}

function durationTerms(low: number, high: number, unitMs: number): string {
  return [
    ...(low > 0 ? [`duration>${written(low * unitMs)}`] : []),
    ...(Number.isFinite(high) ? [`duration<=${written(high * unitMs)}`] : []),
  ].join(' ');
}

function measuredBy(metric: string): Measured | undefined {
  const unit = /_(seconds|milliseconds)$/.exec(metric);
  const known = durations.get(unit === null ? metric : metric.slice(0, unit.index));
  return known === undefined || unit === null ? known : { ...known, unitMs: unit[1] === 'seconds' ? 1000 : 1 };
}

/** '' for what chooses all; undefined for what cannot be said. */
function termOf({ name, op, value }: Matcher): string | undefined {
  if (name === 'le' || name === '__name__' || (op === '=~' && value === '.*')) return '';
  // What did not fail is counted as unset, whatever its spans say.
  if (name === 'status_code' && op === '=' && value === 'STATUS_CODE_UNSET') return '-status:error';
  const values = op === '=' ? [value] : op === '=~' && !/[\\.*+?^$()[\]{}]/.test(value) ? value.split('|') : [];
  if (values.length === 0 || values.includes('')) return undefined;
  const field = name === 'job' ? 'service' : fields.get(name);
  if (field === undefined) return undefined;
  const written = values.map(each => writeValue(valueOf(name, each)));
  return `${field}:${written.length === 1 ? (written[0] ?? '') : `(${written.join(' OR ')})`}`;
}

/** `namespace/name` of what came by OpenTelemetry is a service; `SPAN_KIND_SERVER` and `STATUS_CODE_ERROR` are words of the specification. */
function valueOf(label: string, value: string): string {
  if (label === 'job') return value.slice(value.lastIndexOf('/') + 1);
  const word = /^(?:SPAN_KIND|STATUS_CODE)_(\w+)$/.exec(value)?.[1];
  return word === undefined || !(label === 'span_kind' || label === 'status_code') ? value : word.toLowerCase();
}

/** As the search language takes it: a number and a unit without a space. */
function written(ms: number): string {
  const us = Math.round(ms * 1000);
  return us % 1000 === 0 ? `${us / 1000}ms` : `${us}us`;
}

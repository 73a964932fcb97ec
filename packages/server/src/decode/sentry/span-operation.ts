import { spanKind, statusCode } from '../otlp-writer.js';
import type { Value } from '../otlp-writer.js';
import { put, type AttributeMap } from './attribute-map.js';

/**
 * The kind of a span from its operation (https://develop.sentry.dev/sdk/telemetry/traces/span-operations/), where the SDK does not say it:
 * what answers is a server, what asks another program is a client, queues have producers and consumers.
 */
export function kindOf(op: string, said: Value): number {
  if (typeof said === 'string') {
    const kind = kinds.get(said.toLowerCase());
    if (kind !== undefined) return kind;
  }
  if (/^(http|rpc|grpc|websocket|graphql)\.server\b|^function\.(aws|gcp|azure|nextjs)|^serverless\b/.test(op))
    return spanKind.server;
  if (/^(queue|messaging|topic)\.(publish|submit|send|create|produce)\b/.test(op)) return spanKind.producer;
  if (/^(queue|messaging|topic)\.(process|receive|consume|task)\b/.test(op)) return spanKind.consumer;
  if (/^(http|rpc|grpc|websocket)\.client\b|^(db|cache)\b|^gen_ai\.(chat|generate_content|embeddings)\b/.test(op))
    return spanKind.client;
  return spanKind.internal;
}

const kinds: ReadonlyMap<string, number> = new Map(Object.entries(spanKind).filter(([name]) => name !== 'unspecified'));

/** What a server answers with when the one who asked made the mistake: no error of the server's span (OpenTelemetry's rule for 4xx). */
const faultsOfTheCaller = new Set([
  'invalid_argument',
  'unauthenticated',
  'permission_denied',
  'not_found',
  'already_exists',
  'failed_precondition',
  'out_of_range',
  'resource_exhausted',
]);

/** A span's status. `ok` is what SDKs say of whatever did not fail, which is OpenTelemetry's unset. */
export function statusOf(
  status: string | undefined,
  kind: number,
): { readonly code: number; readonly message: string | undefined } {
  if (status === undefined || /^(ok|unset|unknown|cancelled)$/.test(status))
    return { code: statusCode.unset, message: undefined };
  if (kind === spanKind.server && faultsOfTheCaller.has(status)) return { code: statusCode.unset, message: undefined };
  return { code: statusCode.error, message: status === 'error' ? undefined : status };
}

/** What an error is of: the HTTP status when there is one, else the status that was set. */
export function putErrorType(attributes: AttributeMap, status: string | undefined): void {
  const http = attributes.get('http.response.status_code');
  put(attributes, 'error.type', typeof http === 'number' && http >= 400 ? String(http) : status);
}

/**
 * A span's name and what its description says besides: a request's method and address (`GET https://host/path`), a statement. Names stay few, as
 * OpenTelemetry asks: the rest of the description becomes attributes.
 */
export function nameOf(op: string, description: string, attributes: AttributeMap): string {
  if (op.startsWith('http.client')) {
    const [, method, address = ''] = /^([A-Z]{3,10}) ((?:https?:)?\/\/\S+|\/\S*)$/.exec(description) ?? [];
    if (method === undefined) return description || op;
    put(attributes, 'http.request.method', method);
    if (!address.startsWith('/')) put(attributes, 'url.full', address);
    const host = /^https?:\/\/([^/?#:@]+)/.exec(address)?.[1];
    if (host !== undefined) put(attributes, 'server.address', host);
    return host === undefined ? method : `${method} ${host}`;
  }
  if (isStatement(op)) {
    put(attributes, 'db.system.name', systemOf(op));
    if (description === '') return op;
    put(attributes, 'db.query.text', description);
    const text = attributes.get('db.query.text');
    return statementName(typeof text === 'string' ? text : description);
  }
  return description || op;
}

function isStatement(op: string): boolean {
  return /^db(\.(sql(\.(query|execute|exec|prepare|active_record))?|query|statement|redis|mongodb|mongo|postgres|postgresql|mysql|sqlite))?$/.test(
    op,
  );
}

function systemOf(op: string): string | undefined {
  const word = /^db\.(redis|mongodb|mongo|postgres|postgresql|mysql|sqlite)$/.exec(op)?.[1];
  return word === 'mongo' ? 'mongodb' : word === 'postgres' ? 'postgresql' : word;
}

/** `SELECT orders`: the first word of a statement and the first thing it names, without its values. */
function statementName(statement: string): string {
  const head = statement.slice(0, 1000).trim();
  const word = /^[A-Za-z]+/.exec(head)?.[0]?.toUpperCase();
  if (word === undefined) return 'query';
  const target = /\b(?:from|into|update|join|table)\s+["'`[]?([A-Za-z_][\w$.]{0,80})/i.exec(head)?.[1];
  return target === undefined ? word : `${word} ${target}`;
}

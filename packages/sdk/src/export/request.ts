import { sdkVersion } from '../config/resource.js';
import type { Destination } from '../destinations/destination.js';
import type { Translated } from '../destinations/translate.js';
import type { Signal } from './batch.js';

/** An HTTP request as plain data. Its headers hold the keys, so it is never printed. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A destination's own headers, to be put on the wire and nowhere else. */
export function ownHeaders(destination: Destination): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': `bellwether-node/${sdkVersion}` };
  for (const [name, value] of Object.entries(destination.headers)) headers[name] = value.reveal();
  return headers;
}

/** A batch as OTLP over HTTP. */
export function otlpRequest(
  base: string,
  headers: Readonly<Record<string, string>>,
  signal: Signal,
  body: Uint8Array,
): OutgoingRequest {
  return {
    url: under(base, `/v1/${signal}`),
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-protobuf' },
    body,
  };
}

/** A batch in another form; without a path it goes to the destination's address itself. */
export function translatedRequest(
  base: string,
  headers: Readonly<Record<string, string>>,
  { path, method, body, headers: more }: Translated,
): OutgoingRequest {
  return { url: path === '' ? base : under(base, path), method, headers: { ...headers, ...more }, body };
}

/** `base` with `path` behind it; a query stays behind both. */
function under(base: string, path: string): string {
  const url = new URL(base);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}${path}${url.search}`;
}

import { sdkVersion } from '../config/resource.js';
import type { Destination } from '../destinations/destination.js';
import type { Batch } from './batch.js';

/** An HTTP request as plain data: it can be handed to another thread. Its headers hold the keys, so it is never printed. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** `base` with `path` behind it. */
export function under(base: URL, path: string): string {
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`;
}

/** A destination's own headers, to be put on the wire and nowhere else. */
export function ownHeaders(destination: Destination): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': `bellwether-node/${sdkVersion}` };
  for (const [name, value] of Object.entries(destination.headers)) headers[name] = value.reveal();
  return headers;
}

/** A batch as OTLP over HTTP. */
export function otlpRequest(destination: Destination, batch: Batch): OutgoingRequest {
  return {
    url: under(destination.url, `/v1/${batch.signal}`),
    method: 'POST',
    headers: { ...ownHeaders(destination), 'content-type': 'application/x-protobuf' },
    body: batch.body,
  };
}

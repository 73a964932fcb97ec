import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { sdkVersion } from '../config/resource.js';
import type { Batch } from './send-queue.js';

export type PostResult =
  | { readonly result: 'accepted' }
  | { readonly result: 'busy'; readonly retryAfterMs: number | undefined; readonly reason: string }
  | { readonly result: 'refused'; readonly reason: string }
  | { readonly result: 'unreachable'; readonly reason: string };

/** `written` is called when all bytes have left for the operating system, which delivers them even if we end. */
export type Post = (batch: Batch, timeoutMs: number, written: () => void) => Promise<PostResult>;

/** Our own connections: instrumentations leave requests with such an agent alone. */
const ownAgents = new WeakSet<object>();

export function isOwnAgent(agent: unknown): boolean {
  return typeof agent === 'object' && agent !== null && ownAgents.has(agent);
}

/** Statuses after which OTLP senders try again; 500 is not among them (https://opentelemetry.io/docs/specs/otlp/#failures-1). */
const retryable = new Set([429, 502, 503, 504]);

const compress = promisify(gzip);

/**
 * Posts OTLP/HTTP protobuf bodies to `url`, compressed (on another thread) when `gzipped`, over a kept-alive connection that never keeps the process alive while it is idle.
 */
export function otlpPost(url: URL, key: string | undefined, gzipped: boolean): { readonly post: Post; close(): void } {
  const secure = url.protocol === 'https:';
  const agent = new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 2 });
  ownAgents.add(agent);
  const base = url.pathname.replace(/\/+$/, '');
  const request = secure ? https.request : http.request;

  const post: Post = async (batch, timeoutMs, written) => {
    const body = gzipped ? await compress(batch.body, { level: 3 }) : batch.body;
    return new Promise(resolve => {
      const outgoing = request({
        agent,
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? undefined : Number(url.port),
        path: `${base}/v1/${batch.signal}`,
        method: 'POST',
        headers: { ...otlpHeaders(body, key), ...(gzipped ? { 'content-encoding': 'gzip' } : {}) },
        timeout: timeoutMs,
      });
      outgoing.on('socket', socket => socket.unref());
      outgoing.on('finish', written);
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      outgoing.on('error', error => resolve({ result: 'unreachable', reason: error.message }));
      outgoing.on('response', response => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= 4096) chunks.push(chunk);
        });
        response.on('error', error => resolve({ result: 'unreachable', reason: error.message }));
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) return resolve({ result: 'accepted' });
          const reason = `${status} ${printable(Buffer.concat(chunks).toString('utf8'))}`.trim();
          if (!retryable.has(status)) return resolve({ result: 'refused', reason });
          resolve({ result: 'busy', retryAfterMs: retryAfter(response.headers['retry-after'], Date.now()), reason });
        });
      });
      outgoing.end(body);
    });
  };
  return { post, close: () => agent.destroy() };
}

export function otlpHeaders(body: Uint8Array, key: string | undefined): Record<string, string | number> {
  return {
    'content-type': 'application/x-protobuf',
    'content-length': body.length,
    'user-agent': `bellwether-node/${sdkVersion}`,
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
}

/** Seconds or an HTTP date; undefined when it is neither. At most five minutes. */
export function retryAfter(header: string | undefined, nowUnixMs: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - nowUnixMs;
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), 300_000) : undefined;
}

/** The readable part of an answer: it may be protobuf with a message in it. */
function printable(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 300);
}

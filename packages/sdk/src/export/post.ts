import type { IncomingMessage } from 'node:http';
import { http, util } from '../core/node-modules.js';
import https from 'node:https';
import { gzip } from 'node:zlib';
import type { Destination } from '../destinations/destination.js';
import type { Batch } from './batch.js';
import { partialSuccess } from './otlp-answer.js';
import type { OutgoingRequest } from './request.js';

export type PostResult =
  /** `rejected` items of it were not kept. */
  | { readonly result: 'accepted'; readonly rejected?: number; readonly reason?: string | undefined }
  | { readonly result: 'busy'; readonly retryAfterMs: number | undefined; readonly reason: string }
  | { readonly result: 'refused'; readonly reason: string }
  | { readonly result: 'too large'; readonly reason: string }
  | { readonly result: 'unreachable'; readonly reason: string };

/** `written` is called when all bytes have left for the operating system, which delivers them even if we end. */
export type Post = (batch: Batch, timeoutMs: number, written: () => void) => Promise<PostResult>;

/** What a batch is sent as. Most often it is one request. */
export type RequestsOf = (batch: Batch) => readonly OutgoingRequest[] | Promise<readonly OutgoingRequest[]>;

/** Our own connections: instrumentations leave requests with such an agent alone. */
const ownAgents = new WeakSet<object>();

/** Marks an agent as ours. */
export function markOwnAgent<A extends object>(agent: A): A {
  ownAgents.add(agent);
  return agent;
}

export function isOwnAgent(agent: unknown): boolean {
  return typeof agent === 'object' && agent !== null && ownAgents.has(agent);
}

/** Statuses after which OTLP senders try again; 500 is not among them (https://opentelemetry.io/docs/specs/otlp/#failures-1). */
const retryable = new Set([429, 502, 503, 504]);

const compress = util.promisify(gzip);
const compressed = new WeakMap<Uint8Array, Promise<Buffer>>();

/** Compressed on another thread, once for all destinations. */
function gzipOnce(body: Uint8Array): Promise<Buffer> {
  let done = compressed.get(body);
  if (done === undefined) {
    done = compress(body, { level: 3 });
    compressed.set(body, done);
  }
  return done;
}

const maxAnswerBytes = 4096;

/** Posts batches to a destination, over kept-alive connections that never keep the process alive while they are idle. */
export function poster(destination: Destination, requestsOf: RequestsOf): { readonly post: Post; close(): void } {
  const secure = destination.url.protocol === 'https:';
  const agent = markOwnAgent(new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 2 }));
  const request = secure ? https.request : http.request;

  async function send(outgoing: OutgoingRequest, timeoutMs: number, written: () => void): Promise<PostResult> {
    const body = destination.gzip ? await gzipOnce(outgoing.body) : outgoing.body;
    return new Promise(resolve => {
      const sent = request(outgoing.url, {
        agent,
        method: outgoing.method,
        headers: {
          ...outgoing.headers,
          'content-length': body.length,
          ...(destination.gzip ? { 'content-encoding': 'gzip' } : {}),
        },
      });
      // A deadline for the whole, since a peer that sends a byte now and then is never idle.
      const deadline = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      deadline.unref();
      const settle = (result: PostResult): void => {
        clearTimeout(deadline);
        resolve(result);
      };
      sent.on('socket', socket => socket.unref());
      sent.on('finish', written);
      sent.on('error', error => settle({ result: 'unreachable', reason: error.message }));
      // After an answer or an error this comes too late to matter.
      sent.on('close', () => settle({ result: 'unreachable', reason: 'the connection was closed' }));
      sent.on('response', response => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= maxAnswerBytes) chunks.push(chunk);
        });
        response.on('error', error => settle({ result: 'unreachable', reason: error.message }));
        response.on('end', () => settle(answered(response, Buffer.concat(chunks))));
      });
      sent.end(body);
    });
  }

  return {
    async post(batch, timeoutMs, written) {
      let requests: readonly OutgoingRequest[];
      try {
        requests = await requestsOf(batch);
      } catch (error) {
        // It would fail again.
        return { result: 'refused', reason: `it could not be translated (${String(error)})` };
      }
      let result: PostResult = { result: 'accepted' };
      for (const [index, outgoing] of requests.entries()) {
        result = await send(outgoing, timeoutMs, index === requests.length - 1 ? written : () => {});
        if (result.result !== 'accepted') return result;
      }
      return result;
    },
    close: () => agent.destroy(),
  };
}

function answered(response: IncomingMessage, body: Buffer): PostResult {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    const isProtobuf = response.headers['content-type']?.includes('protobuf') === true;
    return { result: 'accepted', ...(isProtobuf ? partialSuccess(body) : {}) };
  }
  const reason = `${status} ${printable(body.toString('utf8'))}`.trim();
  if (status === 413) return { result: 'too large', reason };
  if (!retryable.has(status)) return { result: 'refused', reason };
  return { result: 'busy', retryAfterMs: retryAfter(response.headers['retry-after'], Date.now()), reason };
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

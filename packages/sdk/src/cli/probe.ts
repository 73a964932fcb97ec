import http from 'node:http';
import https from 'node:https';
import type { Secret } from '../config/secret.js';

/** What the destination did with an empty batch. */
export type Probe =
  | { readonly result: 'taken' }
  | {
      readonly result: 'answered';
      readonly status: number;
      readonly text: string;
      readonly location: string | undefined;
      readonly isPage: boolean;
    }
  | { readonly result: 'failed'; readonly code: string; readonly message: string };

const timeoutMs = 5000;
const maxTextChars = 2000;

/** Sends an OTLP batch without anything in it to `url`, as the SDK would send one. It never rejects. */
export function probe(url: URL, key: Secret | undefined): Promise<Probe> {
  const body = Buffer.alloc(0);
  const target = new URL(`${url.origin}${url.pathname.replace(/\/+$/, '')}/v1/traces`);
  return new Promise(resolve => {
    const failed = (error: Error & { code?: string }): void =>
      resolve({ result: 'failed', code: error.code ?? '', message: error.message });
    try {
      const request = (url.protocol === 'https:' ? https : http).request(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-protobuf',
          'content-length': body.length,
          ...(key === undefined ? {} : { authorization: `Bearer ${key.reveal()}` }),
        },
        timeout: timeoutMs,
        agent: false,
      });
      request.on('error', failed);
      request.on('timeout', () => request.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
      request.on('response', response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < maxTextChars) text += chunk;
        });
        response.on('error', failed);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          const isPage = (response.headers['content-type'] ?? '').includes('text/html');
          if (status >= 200 && status < 300 && !isPage) resolve({ result: 'taken' });
          else
            resolve({
              result: 'answered',
              status,
              text: text.slice(0, maxTextChars),
              location: response.headers.location,
              isPage,
            });
        });
      });
      request.end(body);
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { CheckDefinition } from '@bellwether/model';
import { certificateDays } from './connect-tls.js';
import { type Reach, resolveTarget } from './resolve-target.js';
import { RunFailed, type RunFacts, networkFailure } from './run-failed.js';
import { unexpectedJson } from './unexpected-json.js';

type HttpCheck = Extract<CheckDefinition, { kind: 'http' }>;

/** What a run is given beside its definition. */
export interface RunContext {
  readonly reach: Reach;
  /** W3C `traceparent` of the run. */
  readonly traceparent: string;
  /** Certificates that are trusted instead of the system's; undefined: the system's. */
  readonly trusted?: readonly string[] | undefined;
  readonly now: () => number;
}

const maxRedirects = 5;
const maxBodyBytes = 1_048_576;

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
  readonly certificateDays: number | undefined;
}

/** One request with its redirects; every hop is looked up and checked anew. Throws `RunFailed`. */
export async function runHttp(check: HttpCheck, context: RunContext, signal: AbortSignal): Promise<RunFacts> {
  const startMs = context.now();
  let url = new URL(check.url);
  let headers: Readonly<Record<string, string>> = check.headers;
  let { method, body } = check;
  let facts: RunFacts = {};
  for (let hops = 0; ; hops++) {
    const answer = await send({ url, method, headers, body }, context, signal);
    facts = { httpStatus: answer.status, certificateDays: least(facts.certificateDays, answer.certificateDays) };
    if (check.followRedirects && answer.location !== undefined && [301, 302, 303, 307, 308].includes(answer.status)) {
      if (hops === maxRedirects) throw new RunFailed('status', `more than ${maxRedirects} redirects`, facts);
      const next = URL.canParse(answer.location, url.href) ? new URL(answer.location, url.href) : undefined;
      if (next === undefined || !/^https?:$/.test(next.protocol))
        throw new RunFailed('status', 'it redirects to something that is no URL of http or https', facts);
      // Headers and body may hold keys: they are for the host they were given for, and not to be read on the way when they were encrypted before.
      if (next.host !== url.host || (url.protocol === 'https:' && next.protocol !== 'https:')) {
        headers = {};
        body = '';
      }
      if (answer.status !== 307 && answer.status !== 308 && method !== 'HEAD') {
        method = 'GET';
        body = '';
      }
      url = next;
      continue;
    }
    judge(check, answer, facts, context.now() - startMs);
    return facts;
  }
}

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);

function judge(check: HttpCheck, { status, body }: Answer, facts: RunFacts, tookMs: number): void {
  if (!isExpected(check.expectStatus, status))
    throw new RunFailed('status', `it answered ${status}, expected ${check.expectStatus}`, facts);
  if (check.expectBody !== '' && !body.includes(check.expectBody))
    throw new RunFailed('body', `the answer does not hold the expected text`, facts);
  const other = unexpectedJson(body, check.expectJson);
  if (other !== undefined) throw new RunFailed('body', other, facts);
  const { certificateDays: days } = facts;
  if (days !== undefined && days < check.minCertificateDays)
    throw new RunFailed(
      'certificate',
      `the certificate ends in ${days} days, expected at least ${check.minCertificateDays}`,
      facts,
    );
  if (check.maxMs !== undefined && tookMs > check.maxMs)
    throw new RunFailed('slow', `it took ${Math.round(tookMs)} ms, expected at most ${check.maxMs}`, facts);
}

function isExpected(expected: string, status: number): boolean {
  return expected.split(',').some(part => {
    const [from = '', to = from] = part.split('-');
    return status >= Number(from) && status <= Number(to);
  });
}

async function send(
  {
    url,
    method,
    headers,
    body: given,
  }: {
    readonly url: URL;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
  { reach, traceparent, trusted, now }: RunContext,
  signal: AbortSignal,
): Promise<Answer> {
  // Node takes port 0 for the scheme's own.
  if (url.port === '0') throw new RunFailed('connect', 'nobody listens on port 0: give the port in the URL');
  const address = await resolveTarget(url.hostname, reach);
  const isSecure = url.protocol === 'https:';
  const body = method === 'GET' || method === 'HEAD' ? '' : given;
  const options: https.RequestOptions = {
    method,
    // The checked address, whatever the name leads to by now; the name stays in the Host header and the certificate's check.
    host: address,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    agent: false,
    signal,
    maxHeaderSize: 65_536,
    headers: {
      'user-agent': 'Bellwether-Uptime/1',
      accept: '*/*',
      ...(body !== '' && { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
      host: url.host,
      traceparent,
    },
    ...(isSecure && { servername: url.hostname.startsWith('[') || isIP(url.hostname) !== 0 ? '' : url.hostname }),
    ...(isSecure && trusted !== undefined && { ca: [...trusted] }),
  };
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => reject(networkFailure(error, url.host));
    const request = (isSecure ? https : http).request(options, response => {
      const { socket } = response;
      const days = socket instanceof TLSSocket ? certificateDays(socket, now()) : undefined;
      const chunks: Buffer[] = [];
      let size = 0;
      const done = (): void => {
        const text = Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          body: text,
          certificateDays: days,
        });
        response.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= maxBodyBytes) done();
      });
      response.once('end', done);
      response.once('error', failed);
    });
    request.once('error', failed);
    request.end(body);
  });
}

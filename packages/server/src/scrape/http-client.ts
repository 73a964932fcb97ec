import { readFile } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { createGunzip } from 'node:zlib';
import type { Budget } from '../base/byte-budget.js';
import type { HttpSettings, SecretSource, TlsSettings } from '../config/scrape-job.js';

/** Why a page could not be had, for people. It never holds a secret of the configuration. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
}

export interface PageRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Of the unpacked page. */
  readonly maxBytes: number;
}

export interface Page {
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Gives the bytes back to the budget. Call it once, when nothing reads the page any more. */
  release(): void;
}

const maxRedirects = 10;
const maxSecretBytes = 1 << 20;

/** Fetches pages with the settings of one job; connections stay open between scrapes. */
export class HttpClient {
  readonly #settings: HttpSettings;
  readonly #budget: Budget;
  readonly #plain = new http.Agent({ keepAlive: true });
  #secure: { readonly key: string; readonly agent: https.Agent } | undefined;

  constructor(settings: HttpSettings, budget: Budget) {
    this.#settings = settings;
    this.#budget = budget;
  }

  /** Throws `FetchFailed`, or the signal's reason when it aborts. */
  async get(request: PageRequest, signal: AbortSignal): Promise<Page> {
    const late = AbortSignal.timeout(request.timeoutMs);
    const either = AbortSignal.any([signal, late]);
    try {
      return await this.#follow(request, either);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (late.aborted) throw new FetchFailed(`no answer within ${request.timeoutMs / 1000} s`);
      throw error instanceof FetchFailed ? error : new FetchFailed(reasonOf(error));
    }
  }

  close(): void {
    this.#plain.destroy();
    this.#secure?.agent.destroy();
  }

  async #follow(request: PageRequest, signal: AbortSignal): Promise<Page> {
    let url = new URL(request.url);
    let own = await this.#ownHeaders();
    for (let hops = 0; ; hops++) {
      const response = await this.#send(url, { ...request.headers, ...own }, signal);
      const { location } = response.headers;
      const status = response.statusCode ?? 0;
      if ([301, 302, 303, 307, 308].includes(status) && location !== undefined && this.#settings.followRedirects) {
        response.destroy();
        if (hops === maxRedirects) throw new FetchFailed(`more than ${maxRedirects} redirects`);
        const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
        if (next === undefined || !/^https?:$/.test(next.protocol))
          throw new FetchFailed('the target redirects to something that is no URL of http or https');
        // Keys are for the host they were given for, and not to be read on the way when they were encrypted before.
        if (next.host !== url.host || (url.protocol === 'https:' && next.protocol !== 'https:')) own = {};
        url = next;
        continue;
      }
      if (status !== 200) {
        response.destroy();
        throw new FetchFailed(`the target answered ${status} ${response.statusMessage ?? ''}`.trim());
      }
      return this.#read(response, request.maxBytes);
    }
  }

  async #send(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<http.IncomingMessage> {
    const agent = url.protocol === 'https:' ? await this.#secureAgent() : this.#plain;
    const { request } = url.protocol === 'https:' ? https : http;
    const ask = (): Promise<http.IncomingMessage> =>
      new Promise((resolve, reject) => {
        const asked = request(url, { agent, headers, signal }, resolve);
        asked.on('error', (error: NodeJS.ErrnoException) => {
          // The target closed the idle connection at the moment when we used it again: its right, and no failure.
          const wasIdle = asked.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
          if (wasIdle && !signal.aborted) resolve(ask());
          else reject(error);
        });
        asked.end();
      });
    return ask();
  }

  /** The page, unpacked as it comes, so that a bomb costs no more than an honest page of the limit's size. */
  async #read(response: http.IncomingMessage, maxBytes: number): Promise<Page> {
    const isPacked = /^(?:x-)?gzip$/i.test(response.headers['content-encoding'] ?? '');
    const unpacked = isPacked ? response.pipe(createGunzip()) : response;
    if (isPacked) response.on('error', error => unpacked.destroy(error));
    const chunks: Buffer[] = [];
    let taken = 0;
    try {
      for await (const chunk of unpacked) {
        // Streams of bytes give buffers.
        const bytes = chunk as Buffer;
        if (taken + bytes.length > maxBytes)
          throw new FetchFailed(`the page is larger than ${maxBytes} bytes (body_size_limit, ingest.maxBodyBytes)`);
        if (!this.#budget.tryTake(bytes.length))
          throw new FetchFailed('too many bytes are being received at this moment; the next scrape may succeed');
        taken += bytes.length;
        chunks.push(bytes);
      }
    } catch (error) {
      this.#budget.give(taken);
      response.destroy();
      unpacked.destroy();
      throw error;
    }
    return {
      contentType: response.headers['content-type'] ?? '',
      bytes: Buffer.concat(chunks),
      release: () => this.#budget.give(taken),
    };
  }

  async #ownHeaders(): Promise<Record<string, string>> {
    const { authorization, headers, compression } = this.#settings;
    const own: Record<string, string> = { 'accept-encoding': compression ? 'gzip' : 'identity' };
    if (authorization?.kind === 'basic') {
      const { user, password } = authorization;
      const pair = `${await revealed(user)}:${password === undefined ? '' : await revealed(password)}`;
      own['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    } else if (authorization !== undefined)
      own['authorization'] = `${authorization.scheme} ${await revealed(authorization.credentials)}`;
    for (const { name, value } of headers) {
      const before = own[name.toLowerCase()];
      const text = await revealed(value);
      own[name.toLowerCase()] = before === undefined ? text : `${before}, ${text}`;
    }
    return own;
  }

  /** Certificates are read anew with each request, and connections made anew when they changed. */
  async #secureAgent(): Promise<https.Agent> {
    const options = await tlsOptions(this.#settings.tls);
    const key = JSON.stringify(options);
    if (this.#secure?.key !== key) {
      this.#secure?.agent.destroy();
      this.#secure = { key, agent: new https.Agent({ keepAlive: true, ...options }) };
    }
    return this.#secure.agent;
  }
}

async function tlsOptions(tls: TlsSettings): Promise<https.AgentOptions> {
  return {
    rejectUnauthorized: !tls.skipVerify,
    ...(tls.ca && { ca: await revealed(tls.ca) }),
    ...(tls.cert && { cert: await revealed(tls.cert) }),
    ...(tls.key && { key: await revealed(tls.key) }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
    ...(tls.minVersion && { minVersion: tls.minVersion }),
    ...(tls.maxVersion && { maxVersion: tls.maxVersion }),
  };
}

/** The text of a secret; one from a file without the white space around it. */
async function revealed(source: SecretSource): Promise<string> {
  if ('text' in source) return source.text.reveal();
  try {
    const text = await readFile(source.file, 'utf8');
    if (text.length > maxSecretBytes) throw new FetchFailed(`${source.file} is too large to be a secret`);
    return text.trim();
  } catch (error) {
    throw new FetchFailed(`${source.file} can not be read: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.message;
}

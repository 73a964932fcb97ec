import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { nowMs } from '../core/clock.js';
import { requestOf, type ServerRequest } from '../instrument/server-request.js';
import type { TraceAt } from './v8-profile.js';

interface Span {
  readonly entry: ServerRequest;
  readonly startMs: number;
  endMs: number;
}

const maxRequests = 5000;

/**
 * Which request was answered when, while a profile is taken. A sample belongs to a trace when exactly one request was in progress at its time: in one thread nothing more is known, and a
 * guess would blame the innocent.
 */
export class RequestsInTime {
  readonly #open = new Map<ServerRequest, Span>();
  readonly #all: Span[] = [];
  /** Requests that were too many to remember; from then on no sample is given to a trace. */
  #overflowMs = Infinity;

  readonly #started = (message: unknown): void => this.#add(message, false);
  readonly #finished = (message: unknown): void => this.#add(message, true);

  constructor() {
    diagnostics.subscribe('http.server.request.start', this.#started);
    diagnostics.subscribe('http.server.response.finish', this.#finished);
  }

  stop(): void {
    diagnostics.unsubscribe('http.server.request.start', this.#started);
    diagnostics.unsubscribe('http.server.response.finish', this.#finished);
  }

  get traceIds(): readonly string[] {
    return [...new Set(this.#all.flatMap(({ entry }) => entry.scope?.traceId ?? []))];
  }

  /** To be asked in the order of time. */
  reader(): TraceAt {
    const spans = this.#all.toSorted((a, b) => a.startMs - b.startMs);
    let next = 0;
    let open: Span[] = [];
    return atMs => {
      for (let span = spans[next]; span !== undefined && span.startMs <= atMs; span = spans[++next]) open.push(span);
      open = open.filter(({ endMs }) => endMs >= atMs);
      const entry = open.length === 1 && atMs < this.#overflowMs ? open[0]?.entry : undefined;
      if (entry?.scope === undefined) return undefined;
      return { traceId: entry.scope.traceId, spanId: entry.scope.spanId, route: entry.route };
    };
  }

  #add(message: unknown, isEnd: boolean): void {
    // What Node documents for both channels.
    const entry = requestOf((message as { readonly request: IncomingMessage }).request);
    if (entry === undefined) return;
    const known = this.#open.get(entry);
    if (isEnd) {
      if (known !== undefined) known.endMs = nowMs();
      else this.#remember(entry, nowMs());
      this.#open.delete(entry);
    } else if (known === undefined) {
      const span = this.#remember(entry, Infinity);
      if (span !== undefined) this.#open.set(entry, span);
    }
  }

  /** Requests that began before the profile are known when they end. */
  #remember(entry: ServerRequest, endMs: number): Span | undefined {
    if (this.#all.length >= maxRequests) {
      this.#overflowMs = Math.min(this.#overflowMs, nowMs());
      return undefined;
    }
    const span = { entry, startMs: entry.startMs, endMs };
    this.#all.push(span);
    return span;
  }
}

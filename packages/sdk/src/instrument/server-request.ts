import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Link, SpanStatus, Attributes } from '@opentelemetry/api';
import type { Scope } from '../core/scope.js';
import type { SpanDetail, SpanEvent } from '../core/span-detail.js';

/** A request that is being answered. Frameworks' instrumentations put the route and the error here; users add to its span through it. */
export class ServerRequest implements SpanDetail {
  readonly startMs: number;
  /** Node's own objects; undefined once it has ended. */
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** The one before on the same connection (HTTP pipelining), when that had not ended. */
  before: ServerRequest | undefined;
  #facts: RequestFacts | undefined = undefined;
  /** Ids of the caller's span; (0, 0) when there is none. */
  parent0 = 0;
  parent1 = 0;
  scope: Scope | undefined = undefined;
  /** The matched route's template, such as `/orders/:id`; never the path. */
  route: string | undefined = undefined;
  /** Asked when the request ends and nobody has said its route. */
  routeAtEnd: (() => string | undefined) | undefined = undefined;
  /** What a handler threw; recorded when the answer is a 5xx. */
  error: unknown = undefined;
  ended = false;

  name: string | undefined = undefined;
  status: SpanStatus | undefined = undefined;
  attributes: Attributes | undefined = undefined;
  events: SpanEvent[] | undefined = undefined;
  links: Link[] | undefined = undefined;
  droppedAttributes = 0;
  droppedEvents = 0;
  droppedLinks = 0;

  constructor(startMs: number, request: IncomingMessage, response: ServerResponse, before: ServerRequest | undefined) {
    this.startMs = startMs;
    this.request = request;
    this.response = response;
    this.before = before;
  }

  /** What is told of it beside its span. */
  get facts(): RequestFacts {
    return this.#facts ?? factsOf(this.request);
  }

  /**
   * Lets go of Node's objects. Promises carry the scope they were made in, and this with it; those that `fetch` makes live until a full collection, and would have each collection of
   * the young generation copy all that a request consists of (bench/sdk-overhead).
   */
  letGo(): void {
    if (this.request === undefined) return;
    this.#facts = factsOf(this.request);
    this.request = undefined;
    this.response = undefined;
    this.before = undefined;
    this.routeAtEnd = undefined;
  }
}

/** What errors and events tell of a request, also after it has ended. */
export interface RequestFacts {
  readonly method: string;
  readonly url: string;
  readonly agent: string | undefined;
  readonly address: string | undefined;
  /** `x-request-id`, as it came. */
  readonly id: unknown;
}

function factsOf(request: IncomingMessage | undefined): RequestFacts {
  return {
    method: request?.method ?? '',
    url: request?.url ?? '',
    agent: request?.headers['user-agent'],
    address: request?.socket.remoteAddress,
    id: request?.headers['x-request-id'],
  };
}

const current = Symbol('bellwether.request');

interface Marked {
  [current]?: ServerRequest | undefined;
}

/** The request that `object` (an IncomingMessage or its connection) belongs to. */
export function requestOf(object: object): ServerRequest | undefined {
  // A symbol of ours on an object of Node's: absent, or what we put there.
  return (object as Marked)[current];
}

export function markRequest(object: object, request: ServerRequest | undefined): void {
  // As above: the property is ours alone.
  (object as Marked)[current] = request;
}

const sent = Symbol('bellwether.sent');

interface Counted {
  [sent]?: number;
}

/** Notes that `socket` sent `bytes` more. */
export function addSent(socket: object, bytes: number): void {
  // As above.
  const counted = socket as Counted;
  counted[sent] = (counted[sent] ?? 0) + bytes;
}

/** Notes that `socket` has sent `bytes` in all; how many of them are new. */
export function setSent(socket: object, bytes: number): number {
  // As above.
  const counted = socket as Counted;
  const before = counted[sent] ?? 0;
  counted[sent] = bytes;
  return bytes - before;
}

/** Objects of a class whose `prototype` this is belong to the request of what `owner` gives for them. */
export function belongToRequestOf(prototype: object, owner: (object: object) => object | undefined): () => void {
  Object.defineProperty(prototype, current, {
    configurable: true,
    get(this: object) {
      const found = owner(this);
      return found === undefined ? undefined : requestOf(found);
    },
  });
  return () => void Reflect.deleteProperty(prototype, current);
}

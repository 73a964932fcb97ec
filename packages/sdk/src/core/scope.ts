import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from '@opentelemetry/api';
import { randomWord, wordHex } from './random-ids.js';
import type { SpanDetail } from './span-detail.js';
import type { RunningTask } from './running-task.js';
import type { Surroundings } from './surroundings.js';
import { type HeldTrace, type Requested, traceSampling } from './trace-sampling.js';

/** What all spans and logs of one request (or job) share. Pre-encoded `KeyValue` messages, appended to each of them. */
export interface Shared {
  tenantId: string | undefined;
  plan: string | undefined;
  /** What the caller calls the request (`x-request-id`), unless the application says otherwise. */
  requestId: string | undefined;
  attributes: readonly Uint8Array[];
  /** What the application said about the work in progress; most requests have none. */
  surroundings: Surroundings | undefined;
  /** Where the spans of this trace wait, when not all traces are kept. */
  held: HeldTrace | undefined;
  /** The request that all of this began with. */
  entry: SpanDetail | undefined;
  /** The run of a queue's task that all of this belongs to. */
  task: RunningTask | undefined;
}

/**
 * The ids of the span that is active, as 32-bit words.
 *
 * This is all that enters the AsyncLocalStorage: one object per request, one more per span a user makes active. Leaf spans never do.
 */
export class Scope {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly s0: number;
  readonly s1: number;
  readonly sampled: boolean;
  readonly shared: Shared;
  /** The entry request or user span these ids belong to, when it runs in this process. */
  readonly detail: SpanDetail | undefined;
  /** W3C tracestate, handed on unchanged. */
  readonly traceState: string;
  /** The OpenTelemetry context that stands for this scope; made when somebody asks. */
  context: Context | undefined;
  #traceId: string | undefined;

  constructor(
    t0: number,
    t1: number,
    t2: number,
    t3: number,
    s0: number,
    s1: number,
    sampled: boolean,
    shared: Shared,
    detail: SpanDetail | undefined,
    traceState: string,
  ) {
    this.t0 = t0;
    this.t1 = t1;
    this.t2 = t2;
    this.t3 = t3;
    this.s0 = s0;
    this.s1 = s1;
    this.sampled = sampled;
    this.shared = shared;
    this.detail = detail;
    this.traceState = traceState;
    this.context = undefined;
    this.#traceId = undefined;
  }

  /** The decision that is handed on to who is called; `sampled` says whether spans are recorded here. */
  get isHandedOnSampled(): boolean {
    return this.shared.held === undefined ? this.sampled : this.shared.held.isSampled;
  }

  /** False for a scope that carries only a context's values: there is no span whose child one could be. */
  get hasSpan(): boolean {
    return this.s0 !== 0;
  }

  /** 32 hex digits. */
  get traceId(): string {
    return (this.#traceId ??= wordHex(this.t0) + wordHex(this.t1) + wordHex(this.t2) + wordHex(this.t3));
  }

  /** 16 hex digits. */
  get spanId(): string {
    return wordHex(this.s0) + wordHex(this.s1);
  }
}

/** The one AsyncLocalStorage of the SDK. */
export const scopes = new AsyncLocalStorage<Scope | undefined>();

const noAttributes: readonly Uint8Array[] = [];

export function noShared(): Shared {
  return {
    tenantId: undefined,
    plan: undefined,
    requestId: undefined,
    attributes: noAttributes,
    surroundings: undefined,
    held: undefined,
    entry: undefined,
    task: undefined,
  };
}

/** The scope of a span in a new trace, sampled unless the settings say otherwise; they may depend on what was requested. */
export function newTrace(detail?: SpanDetail, shared: Shared = noShared(), requested?: Requested): Scope {
  const [t0, t1, t2, t3] = [randomWord(), randomWord(), randomWord(), randomWord()];
  return beginTrace(t0, t1, t2, t3, undefined, shared, detail, '', requested);
}

/** The scope of this process' first span in a trace. `parent` is what the caller decided of it, when there is a caller. */
export function beginTrace(
  t0: number,
  t1: number,
  t2: number,
  t3: number,
  parent: boolean | undefined,
  shared: Shared,
  detail: SpanDetail | undefined,
  traceState: string,
  requested: Requested | undefined,
): Scope {
  const sampling = traceSampling();
  if (sampling === undefined)
    return new Scope(t0, t1, t2, t3, randomWord(), randomWord(), parent ?? true, shared, detail, traceState);
  const held = sampling.begin(t2, t3, traceState, parent, requested);
  const isRecorded = held.isSampled || sampling.settings.keepErrorsAndSlow;
  const own = { ...shared, held: isRecorded ? held : undefined };
  [held.first0, held.first1] = [randomWord(), randomWord()];
  return new Scope(t0, t1, t2, t3, held.first0, held.first1, isRecorded, own, detail, held.traceState);
}

/** The scope of a new span in the trace of `parent`. */
export function childOf(parent: Scope, detail?: SpanDetail): Scope {
  const { t0, t1, t2, t3, sampled, shared, traceState } = parent;
  return new Scope(t0, t1, t2, t3, randomWord(), randomWord(), sampled, shared, detail, traceState);
}

/**
 * The same span with other facts beside it, for a part of its work; without a span, a scope that only carries the facts. A span's own scope keeps its own.
 */
export function withShared(scope: Scope | undefined, shared: Shared): Scope {
  if (scope === undefined) return new Scope(0, 0, 0, 0, 0, 0, true, shared, undefined, '');
  const { t0, t1, t2, t3, s0, s1, sampled, detail, traceState } = scope;
  const copy = new Scope(t0, t1, t2, t3, s0, s1, sampled, shared, detail, traceState);
  copy.context = scope.context;
  return copy;
}

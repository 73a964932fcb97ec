/** A stall of the event loop that a span tells of as an event. */
export interface Stall {
  /** The span in whose time it fell. */
  readonly span: number;
  readonly durationUs: number;
  /** `/srv/app/src/report.ts:12`; '' when nobody knows. */
  readonly place: string;
}

/**
 * The spans of one trace as columns, ordered by start. Times are microseconds since the first span began.
 * What detectors are given: no clock, no store.
 */
export interface TraceSpans {
  readonly traceId: string;
  readonly count: number;
  readonly id: readonly string[];
  /** The place of the parent; -1 for none, or for one that has not come. Never a ring. */
  readonly parent: Int32Array;
  /** The place of the request or job in which the span runs: the nearest server or consumer span, itself included, else the outermost one. */
  readonly entry: Int32Array;
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  /** As OpenTelemetry numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: Uint8Array;
  readonly isError: Uint8Array;
  readonly service: readonly string[];
  readonly name: readonly string[];
  /** Those of `factKeys` that the span has. */
  readonly facts: readonly ReadonlyMap<string, string>[];
  readonly stalls: readonly Stall[];
}

/** The attributes that detectors read. */
export const factKeys: readonly string[] = [
  'bellwether.db.pool.wait_ms',
  'bellwether.key.pattern',
  'bellwether.orm.model',
  'bellwether.orm.name',
  'bellwether.orm.operation',
  'code.file.path',
  'code.filepath',
  'code.function.name',
  'code.line.number',
  'code.lineno',
  'db.collection.name',
  'db.name',
  'db.namespace',
  'db.operation',
  'db.operation.batch.size',
  'db.operation.name',
  'db.query.summary',
  'db.query.text',
  'db.response.returned_rows',
  'db.response.status_code',
  'db.sql.table',
  'db.statement',
  'db.system',
  'db.system.name',
  'error.type',
  'http.method',
  'http.request.body.size',
  'http.request.method',
  'http.request.resend_count',
  'http.response.body.size',
  'http.response.status_code',
  'http.response_content_length',
  'http.request_content_length',
  'http.response.header.content-type',
  'http.route',
  'http.status_code',
  'http.target',
  'http.url',
  'messaging.message.body.size',
  'messaging.system',
  'net.peer.name',
  'peer.service',
  'rpc.method',
  'rpc.service',
  'rpc.system',
  'server.address',
  'server.port',
  'service.peer.name',
  'url.full',
  'url.path',
  'url.query',
];

/** One span as it is read from the store, or made by a test. */
export interface GivenSpan {
  readonly id: string;
  /** '' for none. */
  readonly parent: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly isError: boolean;
  readonly facts: Readonly<Record<string, string>>;
  readonly stalls?: readonly Omit<Stall, 'span'>[];
}

/** Puts spans in their order and ties each to its parent and its entry. */
export function traceSpans(traceId: string, given: readonly GivenSpan[]): TraceSpans {
  const spans = given.toSorted((a, b) => a.startUs - b.startUs || b.durationUs - a.durationUs);
  const count = spans.length;
  const firstUs = spans[0]?.startUs ?? 0;
  const at = new Map(spans.map(({ id }, i) => [id, i]));
  const parent = Int32Array.from(spans, span => at.get(span.parent) ?? -1);
  cutRings(parent);
  return {
    traceId,
    count,
    id: spans.map(({ id }) => id),
    parent,
    entry: entriesOf(parent, spans),
    startUs: Float64Array.from(spans, ({ startUs }) => startUs - firstUs),
    endUs: Float64Array.from(spans, ({ startUs, durationUs }) => startUs - firstUs + durationUs),
    kind: Uint8Array.from(spans, ({ kind }) => kind),
    isError: Uint8Array.from(spans, ({ isError }) => (isError ? 1 : 0)),
    service: spans.map(({ service }) => service),
    name: spans.map(({ name }) => name),
    facts: spans.map(({ facts }) => new Map(Object.entries(facts))),
    stalls: spans.flatMap(({ stalls = [] }, span) => stalls.map(stall => ({ ...stall, span }))),
  };
}

/** Broken senders make spans that are their own ancestors: one of each ring loses its parent. */
function cutRings(parent: Int32Array): void {
  const seenBy = new Int32Array(parent.length).fill(-1);
  for (let start = 0; start < parent.length; start++) {
    let at = start;
    let before = start;
    while (at >= 0 && seenBy[at] === -1) {
      seenBy[at] = start;
      before = at;
      at = parent[at] ?? -1;
    }
    if (at >= 0 && seenBy[at] === start) parent[before] = -1;
  }
}

function entriesOf(parent: Int32Array, spans: readonly GivenSpan[]): Int32Array {
  const entry = new Int32Array(parent.length).fill(-1);
  const path: number[] = [];
  for (let start = 0; start < parent.length; start++) {
    let at = start;
    while (entry[at] === -1 && !isEntry(spans[at]) && (parent[at] ?? -1) >= 0) {
      path.push(at);
      at = parent[at] ?? -1;
    }
    if (entry[at] === -1) entry[at] = at;
    const found = entry[at] ?? at;
    for (const passed of path) entry[passed] = found;
    path.length = 0;
  }
  return entry;
}

const isEntry = (span: GivenSpan | undefined): boolean => span?.kind === 2 || span?.kind === 5;

/** The first of the attributes that the span has; '' when it has none. */
export function factOf(trace: TraceSpans, span: number, ...keys: readonly string[]): string {
  const facts = trace.facts[span];
  for (const key of keys) {
    const value = facts?.get(key);
    if (value !== undefined && value !== '') return value;
  }
  return '';
}

/** The same as a number; undefined when it is none. */
export function numberOf(trace: TraceSpans, span: number, ...keys: readonly string[]): number | undefined {
  const text = factOf(trace, span, ...keys);
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? undefined : value;
}

export function durationUs(trace: TraceSpans, span: number): number {
  return (trace.endUs[span] ?? 0) - (trace.startUs[span] ?? 0);
}

/** The time in which at least one of the spans ran. */
export function busyUs(trace: TraceSpans, spans: readonly number[]): number {
  const ordered = spans.toSorted((a, b) => (trace.startUs[a] ?? 0) - (trace.startUs[b] ?? 0));
  let busy = 0;
  let untilUs = -Infinity;
  for (const span of ordered) {
    const [start, end] = [trace.startUs[span] ?? 0, trace.endUs[span] ?? 0];
    if (end > untilUs) {
      busy += end - Math.max(start, untilUs);
      untilUs = end;
    }
  }
  return busy;
}

/** How many of the spans ran at once at most; one that begins as another ends does not run beside it. */
export function mostAtOnce(trace: TraceSpans, spans: readonly number[]): number {
  const edges = spans.flatMap(span => [
    [trace.startUs[span] ?? 0, 1] as const,
    [Math.max(trace.endUs[span] ?? 0, (trace.startUs[span] ?? 0) + 1), -1] as const,
  ]);
  edges.sort(([a, up], [b, other]) => a - b || up - other);
  let most = 0;
  let open = 0;
  for (const [, change] of edges) {
    open += change;
    most = Math.max(most, open);
  }
  return most;
}

/** Is the span in a job: work that nobody waits for, as one of a queue or a schedule? */
export function isJob(trace: TraceSpans, span: number): boolean {
  return trace.kind[trace.entry[span] ?? -1] !== 2;
}

/** How long the longest of the spans took, in microseconds. */
export function longest(trace: TraceSpans, spans: readonly number[]): number {
  return spans.reduce((most, span) => Math.max(most, durationUs(trace, span)), 0);
}

import { z } from 'zod';
import { epochMs, epochNs, timeRange } from './time-range.js';

/** `recent` is newest first; `slowest` and `errors` rank within the range. */
export const traceSort = z.enum(['recent', 'slowest', 'errors']);

/** GET /api/bw/v1/traces?from&to&q&env&sort&limit&cursor — traces that hold at least one span matching `q`. */
export const tracesQuery = timeRange.extend({
  q: z.string().max(4096).default(''),
  env: z.string().optional(),
  sort: traceSort.default('recent'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
});

export const traceRow = z.object({
  traceId: z.string(),
  /** Start of the earliest span seen in the range. */
  startNs: epochNs,
  durationMs: z.number(),
  rootService: z.string(),
  rootName: z.string(),
  /** False when the root span is not (yet) here; the earliest span stands for it. */
  hasRoot: z.boolean(),
  spanCount: z.number(),
  errorCount: z.number(),
  services: z.array(z.string()),
  /** `http.response.status_code` of the root, or ''. */
  httpStatus: z.string(),
  tenantId: z.string(),
});

export const tracesAnswer = z.object({
  traces: z.array(traceRow),
  nextCursor: z.string().nullable(),
  /** True when the scan stopped at a limit: the list may lack some traces. */
  partial: z.boolean(),
});

/** GET /api/bw/v1/traces/histogram?from&to&q&env — matching spans per step. */
export const histogramQuery = timeRange.extend({
  q: z.string().max(4096).default(''),
  env: z.string().optional(),
  /** About how many steps the caller can draw. */
  steps: z.coerce.number().int().min(1).max(500).default(120),
});

export const traceHistogramAnswer = z.object({
  stepMs: z.number(),
  stepsMs: z.array(epochMs),
  ok: z.array(z.number()),
  errors: z.array(z.number()),
  total: z.number(),
  /** Spans that are stored. Fewer than `total`: some stand for others, which sampling left out. */
  stored: z.number(),
});

/**
 * GET /api/bw/v1/traces/:traceId — columnar: entry i of every array is span i.
 * Spans are ordered by start, then id. At most 10,000; beyond that `truncated` is true and `spanCount` says how many there are.
 * Takes no range: a trace is found wherever it is. Attributes come per span (`spanAnswer`).
 */
export const traceAnswer = z.object({
  traceId: z.string(),
  startNs: epochNs,
  durationUs: z.number(),
  spanCount: z.number(),
  truncated: z.boolean(),
  /** A span newer than 5 s or an absent parent: more may still arrive. */
  arriving: z.boolean(),
  services: z.array(z.string()),
  names: z.array(z.string()),
  spans: z.object({
    id: z.array(z.string()),
    /** Index of the parent in these arrays; -1 for a root, -2 when the parent is not here. */
    parent: z.array(z.number()),
    /** Index into `services`. */
    service: z.array(z.number()),
    /** Index into `names`. */
    name: z.array(z.number()),
    /** OTLP: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
    kind: z.array(z.number()),
    /** 0 unset, 1 ok, 2 error. */
    status: z.array(z.number()),
    /** Microseconds since the trace's start, with three decimals of nanoseconds. */
    startUs: z.array(z.number()),
    durationUs: z.array(z.number()),
    /** `http.response.status_code` or ''. */
    httpStatus: z.array(z.string()),
    /** What this span calls (`postgresql shop`, ...); '' for entry and internal spans. */
    peer: z.array(z.string()),
    /** Same text = same work: the normalised statement or the name. Siblings of one group fold together. */
    group: z.array(z.string()),
    logCount: z.array(z.number()),
  }),
  /** What the page's title line says. */
  facts: z.object({
    rootIndex: z.number(),
    tenantId: z.string(),
    userId: z.string(),
    version: z.string(),
    environment: z.string(),
    /** Median duration of the root's operation in the hour before, ms; null when unknown. */
    usualMs: z.number().nullable(),
  }),
});

/** A value as it was sent. Integers beyond 2^53, bytes (base64), arrays and maps (JSON) are text. */
export const attribute = z.object({
  key: z.string(),
  value: z.string(),
  type: z.enum(['string', 'int', 'double', 'bool', 'bytes', 'array', 'map', 'empty']),
});

export const spanEvent = z.object({ timeNs: epochNs, name: z.string(), attributes: z.array(attribute) });
export const spanLink = z.object({
  traceId: z.string(),
  spanId: z.string(),
  traceState: z.string(),
  attributes: z.array(attribute),
});

/** GET /api/bw/v1/traces/:traceId/spans/:spanId */
export const spanAnswer = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string(),
  traceState: z.string(),
  service: z.string(),
  name: z.string(),
  kind: z.number(),
  status: z.number(),
  statusMessage: z.string(),
  startNs: epochNs,
  endNs: epochNs,
  scopeName: z.string(),
  scopeVersion: z.string(),
  attributes: z.array(attribute),
  resource: z.array(attribute),
  events: z.array(spanEvent),
  links: z.array(spanLink),
});

export type TraceSort = z.infer<typeof traceSort>;
export type TracesQuery = z.infer<typeof tracesQuery>;
export type TraceRow = z.infer<typeof traceRow>;
export type TracesAnswer = z.infer<typeof tracesAnswer>;
export type HistogramQuery = z.infer<typeof histogramQuery>;
export type TraceHistogramAnswer = z.infer<typeof traceHistogramAnswer>;
export type TraceAnswer = z.infer<typeof traceAnswer>;
export type Attribute = z.infer<typeof attribute>;
export type SpanEvent = z.infer<typeof spanEvent>;
export type SpanLink = z.infer<typeof spanLink>;
export type SpanAnswer = z.infer<typeof spanAnswer>;

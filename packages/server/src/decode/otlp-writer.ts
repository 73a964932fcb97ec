import { ProtobufWriter } from './protobuf-writer.js';

/**
 * Writes OTLP requests (https://opentelemetry.io/docs/specs/otlp/): what other protocols bring becomes the protobuf form of the same telemetry, and is
 * then read, kept and stored by the one road that OTLP takes.
 */

/** An attribute's value. A number without a fraction becomes an integer; write `{ double: 3 }` where it must stay a double. `null` and `undefined` are left out. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Uint8Array
  | { readonly double: number }
  | readonly Value[]
  | ReadonlyMap<string, Value>;

/** Names and values in their order. */
export type Attributes = Iterable<readonly [string, Value]>;

export interface ScopeInfo {
  readonly name: string;
  readonly version?: string;
}

/** Items of one resource and scope. `resource` are the resource's attributes (`service.name`, ...). */
export interface Group<Item> {
  readonly resource: Attributes;
  readonly scope?: ScopeInfo;
  readonly items: readonly Item[];
}

/** SpanKind's numbers. */
export const spanKind = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** Status.StatusCode's numbers. */
export const statusCode = { unset: 0, ok: 1, error: 2 } as const;

/** Ids are raw bytes: 16 for a trace, 8 for a span. Times are nanoseconds since 1970. */
export interface SpanItem {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId?: Uint8Array | undefined;
  readonly traceState?: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
  readonly statusCode?: number | undefined;
  readonly statusMessage?: string | undefined;
  readonly events?: readonly EventItem[] | undefined;
  readonly links?: readonly LinkItem[] | undefined;
}

export interface EventItem {
  readonly timeNs: bigint;
  readonly name: string;
  readonly attributes: Attributes;
}

export interface LinkItem {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly traceState?: string | undefined;
  readonly attributes: Attributes;
}

/** `severityNumber`: 1 to 24, 0 when unknown (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber). */
export interface LogItem {
  readonly timeNs: bigint;
  readonly severityNumber?: number | undefined;
  readonly severityText?: string | undefined;
  readonly body: Value;
  readonly attributes: Attributes;
  readonly traceId?: Uint8Array | undefined;
  readonly spanId?: Uint8Array | undefined;
  readonly eventName?: string | undefined;
}

export type MetricItem = {
  readonly name: string;
  readonly description?: string | undefined;
  /** UCUM: `s`, `By`, `1`, ... */
  readonly unit?: string | undefined;
} & (
  | { readonly type: 'gauge'; readonly points: readonly NumberItem[] }
  | {
      readonly type: 'sum';
      readonly isMonotonic: boolean;
      readonly temporality: 'delta' | 'cumulative';
      readonly points: readonly NumberItem[];
    }
  | {
      readonly type: 'exponential_histogram';
      readonly temporality: 'delta' | 'cumulative';
      readonly points: readonly ExponentialItem[];
    }
  | {
      readonly type: 'histogram';
      readonly temporality: 'delta' | 'cumulative';
      readonly points: readonly HistogramItem[];
    }
);

export interface NumberItem {
  readonly attributes: Attributes;
  readonly startNs?: bigint | undefined;
  readonly timeNs: bigint;
  readonly value: number;
}

/** `bounds` rise; `counts` is one longer. */
export interface HistogramItem {
  readonly attributes: Attributes;
  readonly startNs?: bigint | undefined;
  readonly timeNs: bigint;
  readonly count: number;
  readonly sum?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram */
export interface ExponentialItem {
  readonly attributes: Attributes;
  readonly startNs?: bigint | undefined;
  readonly timeNs: bigint;
  readonly count: number;
  readonly sum?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold?: number | undefined;
  readonly positive: { readonly offset: number; readonly counts: readonly number[] };
  readonly negative: { readonly offset: number; readonly counts: readonly number[] };
}

/** An ExportTraceServiceRequest. */
export function tracesRequest(groups: readonly Group<SpanItem>[]): Uint8Array {
  return request(groups, writeSpan);
}

/** An ExportLogsServiceRequest. */
export function logsRequest(groups: readonly Group<LogItem>[]): Uint8Array {
  return request(groups, writeLog);
}

/** An ExportMetricsServiceRequest. */
export function metricsRequest(groups: readonly Group<MetricItem>[]): Uint8Array {
  return request(groups, writeMetric);
}

function request<Item>(
  groups: readonly Group<Item>[],
  writeItem: (out: ProtobufWriter, item: Item) => void,
): Uint8Array {
  const out = new ProtobufWriter(16 * 1024);
  for (const { resource, scope, items } of groups) {
    message(out, 1, () => {
      message(out, 1, () => writeAttributes(out, 1, resource));
      message(out, 2, () => {
        if (scope !== undefined)
          message(out, 1, () => {
            text(out, 1, scope.name);
            text(out, 2, scope.version);
          });
        for (const item of items) message(out, 2, () => writeItem(out, item));
      });
    });
  }
  return out.take();
}

function writeSpan(out: ProtobufWriter, span: SpanItem): void {
  bytes(out, 1, span.traceId);
  bytes(out, 2, span.spanId);
  text(out, 3, span.traceState);
  bytes(out, 4, span.parentSpanId);
  text(out, 5, span.name);
  varint(out, 6, span.kind);
  fixed64(out, 7, span.startNs);
  fixed64(out, 8, span.endNs);
  writeAttributes(out, 9, span.attributes);
  for (const event of span.events ?? []) {
    message(out, 11, () => {
      fixed64(out, 1, event.timeNs);
      text(out, 2, event.name);
      writeAttributes(out, 3, event.attributes);
    });
  }
  for (const link of span.links ?? []) {
    message(out, 13, () => {
      bytes(out, 1, link.traceId);
      bytes(out, 2, link.spanId);
      text(out, 3, link.traceState);
      writeAttributes(out, 4, link.attributes);
    });
  }
  if ((span.statusCode ?? 0) !== 0 || (span.statusMessage ?? '') !== '') {
    message(out, 15, () => {
      text(out, 2, span.statusMessage);
      varint(out, 3, span.statusCode ?? 0);
    });
  }
}

function writeLog(out: ProtobufWriter, log: LogItem): void {
  fixed64(out, 1, log.timeNs);
  varint(out, 2, log.severityNumber ?? 0);
  text(out, 3, log.severityText);
  if (log.body !== undefined && log.body !== null) message(out, 5, () => writeValue(out, log.body));
  writeAttributes(out, 6, log.attributes);
  bytes(out, 9, log.traceId);
  bytes(out, 10, log.spanId);
  text(out, 12, log.eventName);
}

const temporalities = { delta: 1, cumulative: 2 } as const;

function writeMetric(out: ProtobufWriter, metric: MetricItem): void {
  text(out, 1, metric.name);
  text(out, 2, metric.description);
  text(out, 3, metric.unit);
  switch (metric.type) {
    case 'gauge':
      message(out, 5, () => metric.points.forEach(point => writeNumber(out, point)));
      break;
    case 'sum':
      message(out, 7, () => {
        metric.points.forEach(point => writeNumber(out, point));
        varint(out, 2, temporalities[metric.temporality]);
        varint(out, 3, metric.isMonotonic ? 1 : 0);
      });
      break;
    case 'histogram':
      message(out, 9, () => {
        metric.points.forEach(point => writeHistogram(out, point));
        varint(out, 2, temporalities[metric.temporality]);
      });
      break;
    case 'exponential_histogram':
      message(out, 10, () => {
        metric.points.forEach(point => writeExponential(out, point));
        varint(out, 2, temporalities[metric.temporality]);
      });
      break;
  }
}

function writeNumber(out: ProtobufWriter, point: NumberItem): void {
  message(out, 1, () => {
    fixed64(out, 2, point.startNs);
    fixed64(out, 3, point.timeNs);
    double(out, 4, point.value);
    writeAttributes(out, 7, point.attributes);
  });
}

function writeHistogram(out: ProtobufWriter, point: HistogramItem): void {
  message(out, 1, () => {
    fixed64(out, 2, point.startNs);
    fixed64(out, 3, point.timeNs);
    fixed64(out, 4, BigInt(point.count));
    double(out, 5, point.sum);
    message(out, 6, () => point.counts.forEach(count => out.fixed64(BigInt(count))));
    message(out, 7, () => point.bounds.forEach(bound => out.double(bound)));
    writeAttributes(out, 9, point.attributes);
    double(out, 11, point.min);
    double(out, 12, point.max);
  });
}

function writeExponential(out: ProtobufWriter, point: ExponentialItem): void {
  message(out, 1, () => {
    writeAttributes(out, 1, point.attributes);
    fixed64(out, 2, point.startNs);
    fixed64(out, 3, point.timeNs);
    fixed64(out, 4, BigInt(point.count));
    double(out, 5, point.sum);
    out.tag(6, 0);
    out.varint(BigInt(zigzag(point.scale)));
    fixed64(out, 7, BigInt(point.zeroCount));
    for (const [field, buckets] of [
      [8, point.positive],
      [9, point.negative],
    ] as const) {
      message(out, field, () => {
        out.tag(1, 0);
        out.varint(BigInt(zigzag(buckets.offset)));
        message(out, 2, () => buckets.counts.forEach(count => out.varint(BigInt(count))));
      });
    }
    double(out, 12, point.min);
    double(out, 13, point.max);
    double(out, 14, point.zeroThreshold);
  });
}

/** `sint32` as an unsigned number. */
const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;

function message(out: ProtobufWriter, field: number, write: () => void): void {
  out.tag(field, 2);
  out.message(write);
}

function text(out: ProtobufWriter, field: number, value: string | undefined): void {
  if (value === undefined || value === '') return;
  out.tag(field, 2);
  out.bytes(Buffer.from(value, 'utf8'));
}

function bytes(out: ProtobufWriter, field: number, value: Uint8Array | undefined): void {
  if (value === undefined || value.length === 0) return;
  out.tag(field, 2);
  out.bytes(value);
}

function varint(out: ProtobufWriter, field: number, value: number): void {
  if (value === 0) return;
  out.tag(field, 0);
  out.varint(BigInt(value));
}

function fixed64(out: ProtobufWriter, field: number, value: bigint | undefined): void {
  if (value === undefined || value === 0n) return;
  out.tag(field, 1);
  out.fixed64(value);
}

function double(out: ProtobufWriter, field: number, value: number | undefined): void {
  if (value === undefined) return;
  out.tag(field, 1);
  out.double(value);
}

/** Each as a KeyValue message of `field`. */
export function writeAttributes(out: ProtobufWriter, field: number, list: Attributes): void {
  for (const [key, value] of list) {
    if (value === undefined || value === null) continue;
    message(out, field, () => {
      text(out, 1, key);
      message(out, 2, () => writeValue(out, value));
    });
  }
}

function writeValue(out: ProtobufWriter, value: Value): void {
  switch (typeof value) {
    case 'string':
      out.tag(1, 2);
      out.bytes(Buffer.from(value, 'utf8'));
      return;
    case 'boolean':
      out.tag(2, 0);
      out.varint(value ? 1n : 0n);
      return;
    case 'bigint':
      out.tag(3, 0);
      out.varint(value);
      return;
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
        out.tag(3, 0);
        out.varint(BigInt(value));
      } else {
        out.tag(4, 1);
        out.double(value);
      }
      return;
  }
  if (value === null || value === undefined) return;
  if (value instanceof Uint8Array) {
    out.tag(7, 2);
    out.bytes(value);
  } else if (isMap(value)) {
    message(out, 6, () => writeAttributes(out, 1, value));
  } else if ('double' in value) {
    out.tag(4, 1);
    out.double(value.double);
  } else {
    message(out, 5, () => value.forEach(member => message(out, 1, () => writeValue(out, member))));
  }
}

function isMap(value: object): value is ReadonlyMap<string, Value> {
  return value instanceof Map;
}

const deepest = 24;

/** A value as JSON has it. What is nested deeper than 24 levels becomes its JSON text; an object without members stays an empty map. */
export function valueOfJson(json: unknown, depth = 0): Value {
  switch (typeof json) {
    case 'string':
    case 'number':
    case 'boolean':
      return json;
    case 'object':
      if (json === null) return null;
      if (depth >= deepest) return JSON.stringify(json);
      if (Array.isArray(json)) return json.map(member => valueOfJson(member, depth + 1));
      return new Map(Object.entries(json).map(([key, member]) => [key, valueOfJson(member, depth + 1)]));
    default:
      return undefined;
  }
}

/**
 * OTLP requests in their JSON form, as far as we store them, what we expect to find in the tables for each, and a plain protobuf encoder.
 * Written apart from the decoders, so that a test that compares the two says something.
 */

export interface Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** Decimal text. */
  readonly intValue?: string;
  readonly doubleValue?: number | string;
  readonly arrayValue?: { readonly values?: readonly Value[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
  /** Base64. */
  readonly bytesValue?: string;
}

export interface KeyValue {
  readonly key: string;
  readonly value?: Value;
}

interface Scope {
  readonly name?: string;
  readonly version?: string;
  readonly attributes?: readonly KeyValue[];
}

interface Resource {
  readonly attributes?: readonly KeyValue[];
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind?: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
  readonly events?: readonly { timeUnixNano: string; name: string; attributes?: readonly KeyValue[] }[];
  readonly links?: readonly {
    traceId: string;
    spanId: string;
    traceState?: string;
    attributes?: readonly KeyValue[];
  }[];
  readonly status?: { readonly message?: string; readonly code?: number };
}

export interface Log {
  readonly timeUnixNano?: string;
  readonly observedTimeUnixNano?: string;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body?: Value;
  readonly attributes?: readonly KeyValue[];
  readonly flags?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly eventName?: string;
}

export interface TracesRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: Resource;
    readonly scopeSpans?: readonly { readonly scope?: Scope; readonly spans?: readonly Span[] }[];
  }[];
}

export interface LogsRequest {
  readonly resourceLogs?: readonly {
    readonly resource?: Resource;
    readonly scopeLogs?: readonly { readonly scope?: Scope; readonly logRecords?: readonly Log[] }[];
  }[];
}

/** An attribute as key, letter of its type, text. */
export type Attribute = readonly [key: string, type: string, text: string];

const number = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function typeAndText(value: Value = {}): readonly [string, string] {
  if (value.stringValue !== undefined) return ['s', value.stringValue];
  if (value.boolValue !== undefined) return ['b', String(value.boolValue)];
  if (value.intValue !== undefined) return ['i', String(value.intValue)];
  if (value.doubleValue !== undefined) return ['d', number(Number(value.doubleValue))];
  if (value.bytesValue !== undefined) return ['y', value.bytesValue];
  if (value.arrayValue !== undefined) return ['a', json(value)];
  if (value.kvlistValue !== undefined) return ['m', json(value)];
  return ['e', ''];
}

function json(value: Value = {}): string {
  if (value.arrayValue !== undefined) return `[${(value.arrayValue.values ?? []).map(json).join(',')}]`;
  if (value.kvlistValue !== undefined) {
    const members = new Map<string, string>();
    for (const { key, value: member } of value.kvlistValue.values ?? []) {
      members.delete(key);
      members.set(key, json(member));
    }
    return `{${[...members].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
  }
  const [type, text] = typeAndText(value);
  if (type === 'e') return 'null';
  if (type === 'd') return Number.isFinite(Number(text)) ? text : JSON.stringify(text);
  return type === 'i' || type === 'b' ? text : JSON.stringify(text);
}

export function expectedAttributes(attributes: readonly KeyValue[] = []): readonly Attribute[] {
  const last = new Map<string, Attribute>();
  for (const { key, value } of attributes) {
    if (key === '') continue;
    last.delete(key);
    last.set(key, [key, ...typeAndText(value)]);
  }
  return [...last.values()];
}

function withScope(attributes: readonly KeyValue[] = [], scope: Scope = {}, dropped = 0): readonly Attribute[] {
  const own = expectedAttributes(attributes);
  const ofScope = expectedAttributes(scope.attributes).map(([key, ...rest]): Attribute => [
    `otel.scope.${key}`,
    ...rest,
  ]);
  const unkeyed = attributes.filter(({ key }) => key === '').length + dropped;
  return [
    ...own,
    ...ofScope.filter(([key]) => !own.some(([other]) => other === key)),
    ...(unkeyed > 0 ? [['bellwether.dropped_attributes', 'i', String(unkeyed)] as const] : []),
  ];
}

const textOf = (attributes: readonly Attribute[], key: string): string | undefined =>
  attributes.find(([name]) => name === key)?.[2];

const id = (hex: string | undefined, bytes: number): string =>
  hex?.length === bytes * 2 ? hex.toLowerCase() : '0'.repeat(bytes * 2);

export interface SpanRow {
  readonly ts: string;
  readonly duration_ns: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly trace_state: string;
  readonly service: string;
  readonly version: string;
  readonly name: string;
  readonly kind: number;
  readonly status_code: number;
  readonly status_message: string;
  readonly scope_name: string;
  readonly scope_version: string;
  readonly attributes: readonly Attribute[];
  readonly resource: readonly Attribute[];
  readonly events: unknown;
  readonly links: unknown;
}

/** Reads rows in the form of `SpanRow`, but for attributes, which come as their parts. */
export const spansSql = `
  SELECT toString(toUnixTimestamp64Nano(ts)) AS ts, toString(duration_ns) AS duration_ns, lower(hex(trace_id)) AS trace_id, lower(hex(span_id)) AS span_id,
    lower(hex(parent_span_id)) AS parent_span_id, trace_state, service, version, name, kind, status_code, status_message, scope_name, scope_version,
    mapKeys(attrs) AS keys, mapValues(attrs) AS texts, attr_types AS types, toString(resource_id) AS resource_id, events, links
  FROM spans`;

export const logsSql = `
  SELECT toString(toUnixTimestamp64Nano(ts)) AS ts, toString(id) AS id, lower(hex(trace_id)) AS trace_id, lower(hex(span_id)) AS span_id, trace_flags,
    severity_number, severity_text, body, event_name, service, version, scope_name, scope_version, mapKeys(attrs) AS keys, mapValues(attrs) AS texts,
    attr_types AS types, toString(resource_id) AS resource_id
  FROM logs`;

export const resourcesSql =
  'SELECT toString(id) AS id, mapKeys(attrs) AS keys, mapValues(attrs) AS texts, attr_types AS types FROM resources FINAL';

/** A row's attributes from the parts that the statements above give. */
export function storedAttributes(row: {
  keys: readonly string[];
  texts: readonly string[];
  types: string;
}): readonly Attribute[] {
  return row.keys.map((key, i) => [key, row.types[i] ?? '', row.texts[i] ?? '']);
}

export function expectedSpans(request: TracesRequest): readonly SpanRow[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const ofResource = expectedAttributes(resource?.attributes);
    return (scopeSpans ?? []).flatMap(({ scope, spans }) =>
      (spans ?? []).map(span => ({
        ts: span.startTimeUnixNano,
        duration_ns: String(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)),
        trace_id: id(span.traceId, 16),
        span_id: id(span.spanId, 8),
        parent_span_id: id(span.parentSpanId, 8),
        trace_state: span.traceState ?? '',
        service: textOf(ofResource, 'service.name') || 'unknown_service',
        version: textOf(ofResource, 'service.version') ?? '',
        name: span.name,
        kind: span.kind ?? 0,
        status_code: span.status?.code ?? 0,
        status_message: span.status?.message ?? '',
        scope_name: scope?.name ?? '',
        scope_version: scope?.version ?? '',
        attributes: withScope(span.attributes, scope, span.droppedAttributesCount),
        resource: ofResource,
        events: (span.events ?? []).map(event => ({
          t: event.timeUnixNano,
          n: event.name,
          a: expectedAttributes(event.attributes),
        })),
        links: (span.links ?? []).map(link => ({
          t: link.traceId.toLowerCase(),
          s: link.spanId.toLowerCase(),
          st: link.traceState ?? '',
          a: expectedAttributes(link.attributes),
        })),
      })),
    );
  });
}

export interface LogRow {
  readonly ts: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly trace_flags: number;
  readonly severity_number: number;
  readonly severity_text: string;
  readonly body: string;
  readonly event_name: string;
  readonly service: string;
  readonly version: string;
  readonly scope_name: string;
  readonly scope_version: string;
  readonly attributes: readonly Attribute[];
  readonly resource: readonly Attribute[];
}

export function expectedLogs(request: LogsRequest): readonly LogRow[] {
  return (request.resourceLogs ?? []).flatMap(({ resource, scopeLogs }) => {
    const ofResource = expectedAttributes(resource?.attributes);
    return (scopeLogs ?? []).flatMap(({ scope, logRecords }) =>
      (logRecords ?? []).map(log => ({
        ts: (log.timeUnixNano !== '0' && log.timeUnixNano) || (log.observedTimeUnixNano ?? '0'),
        trace_id: id(log.traceId, 16),
        span_id: id(log.spanId, 8),
        trace_flags: log.flags ?? 0,
        severity_number: log.severityNumber ?? 0,
        severity_text: log.severityText ?? '',
        body: typeAndText(log.body)[1],
        event_name: log.eventName || (textOf(expectedAttributes(log.attributes), 'event.name') ?? ''),
        service: textOf(ofResource, 'service.name') || 'unknown_service',
        version: textOf(ofResource, 'service.version') ?? '',
        scope_name: scope?.name ?? '',
        scope_version: scope?.version ?? '',
        attributes: withScope(log.attributes, scope),
        resource: ofResource,
      })),
    );
  });
}

interface NumberPoint {
  readonly attributes?: readonly KeyValue[];
  readonly timeUnixNano: string;
  readonly asDouble?: number | string;
  readonly asInt?: string;
}

interface HistogramPoint {
  readonly attributes?: readonly KeyValue[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly count?: string;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly bucketCounts?: readonly (string | number)[];
  readonly explicitBounds?: readonly number[];
}

interface Buckets {
  readonly offset?: number;
  readonly bucketCounts?: readonly (string | number)[];
}

interface ExponentialPoint extends Omit<HistogramPoint, 'bucketCounts' | 'explicitBounds'> {
  readonly scale?: number;
  readonly zeroCount?: string;
  readonly zeroThreshold?: number;
  readonly positive?: Buckets;
  readonly negative?: Buckets;
}

export interface Metric {
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  readonly gauge?: { readonly dataPoints?: readonly NumberPoint[] };
  readonly sum?: {
    readonly dataPoints?: readonly NumberPoint[];
    readonly aggregationTemporality?: number;
    readonly isMonotonic?: boolean;
  };
  readonly histogram?: { readonly dataPoints?: readonly HistogramPoint[]; readonly aggregationTemporality?: number };
  readonly exponentialHistogram?: {
    readonly dataPoints?: readonly ExponentialPoint[];
    readonly aggregationTemporality?: number;
  };
}

export interface MetricsRequest {
  readonly resourceMetrics?: readonly {
    readonly resource?: Resource;
    readonly scopeMetrics?: readonly { readonly scope?: Scope; readonly metrics?: readonly Metric[] }[];
  }[];
}

/** A sample or histogram with what its series says. */
export interface PointRow {
  readonly metric: string;
  readonly type: string;
  readonly temporality: string;
  readonly monotonic: boolean;
  readonly unit: string;
  readonly description: string;
  readonly service: string;
  readonly scope_name: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly ms: string;
  readonly point: unknown;
}

const series = `s.type AS type, s.temporality AS temporality, s.monotonic AS monotonic, s.unit AS unit, s.description AS description, s.service AS service,
  s.scope_name AS scope_name, mapKeys(s.attrs) AS keys, mapValues(s.attrs) AS texts`;
const known = '(SELECT * FROM metric_series FINAL) AS s USING (workspace, metric, id)';

/** Reads rows in the form of `PointRow`, but for attributes, which come as their parts. */
export const samplesSql = `SELECT metric, ${series}, toString(toUnixTimestamp64Milli(ts)) AS ms, toString(value) AS point FROM metric_samples JOIN ${known}`;
export const histogramsSql = `
  SELECT metric, ${series}, toString(toUnixTimestamp64Milli(ts)) AS ms,
    [toString(toUnixTimestamp64Milli(start_ts)), toString(count), toString(sum), toString(min), toString(max), toString(scale), toString(zero_threshold),
     toString(zero_count), toString(bounds), toString(counts), toString(positive_offset), toString(positive_counts), toString(negative_offset),
     toString(negative_counts)] AS point
  FROM metric_histograms JOIN ${known}`;

const wholeMs = (ns: string | undefined): string => String(BigInt(ns ?? '0') / 1_000_000n);
const temporalities = ['', 'delta', 'cumulative'];
const listText = (values: readonly (string | number)[] = []): string => `[${values.join(',')}]`;
const orNan = (value: number | undefined): string => (value === undefined ? 'nan' : String(value));

const numberOf = (point: NumberPoint): string => String(Number(point.asDouble ?? point.asInt));
const common = (point: HistogramPoint | ExponentialPoint): readonly string[] => [
  wholeMs(point.startTimeUnixNano),
  String(point.count ?? 0),
  orNan(point.sum),
  orNan(point.min),
  orNan(point.max),
];

export function expectedPoints(request: MetricsRequest): readonly PointRow[] {
  return (request.resourceMetrics ?? []).flatMap(({ resource, scopeMetrics }) => {
    const service = textOf(expectedAttributes(resource?.attributes), 'service.name') || 'unknown_service';
    return (scopeMetrics ?? []).flatMap(({ scope, metrics }) =>
      (metrics ?? []).flatMap(metric => {
        const row = (
          type: string,
          point: NumberPoint | HistogramPoint,
          value: unknown,
          temporality = 0,
          monotonic = false,
        ): PointRow => ({
          metric: metric.name,
          type,
          temporality: temporalities[temporality] ?? '',
          monotonic,
          unit: metric.unit ?? '',
          description: metric.description ?? '',
          service,
          scope_name: scope?.name ?? '',
          attributes: withScope(point.attributes, scope).map(([key, , text]) => [key, text]),
          ms: wholeMs(point.timeUnixNano),
          point: value,
        });
        return [
          ...(metric.gauge?.dataPoints ?? []).map(point => row('gauge', point, numberOf(point))),
          ...(metric.sum?.dataPoints ?? []).map(point =>
            row('sum', point, numberOf(point), metric.sum?.aggregationTemporality, metric.sum?.isMonotonic),
          ),
          ...(metric.histogram?.dataPoints ?? []).map(point =>
            row(
              'histogram',
              point,
              [...common(point), '-128', '0', '0', listText(point.explicitBounds), listText(point.bucketCounts)].concat(
                ['0', '[]', '0', '[]'],
              ),
              metric.histogram?.aggregationTemporality,
            ),
          ),
          ...(metric.exponentialHistogram?.dataPoints ?? []).map(point =>
            row(
              'exponential_histogram',
              point,
              [
                ...common(point),
                String(point.scale ?? 0),
                String(point.zeroThreshold ?? 0),
                String(point.zeroCount ?? 0),
                '[]',
                '[]',
                String(point.positive?.offset ?? 0),
                listText(point.positive?.bucketCounts),
                String(point.negative?.offset ?? 0),
                listText(point.negative?.bucketCounts),
              ],
              metric.exponentialHistogram?.aggregationTemporality,
            ),
          ),
        ];
      }),
    );
  });
}

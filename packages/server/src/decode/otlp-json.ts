import type { OtlpSignal } from './batch.js';
import { JsonReader } from './json-reader.js';
import { ProtobufWriter } from './protobuf-writer.js';

/**
 * OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) becomes the protobuf form and is then read by the same readers, so that
 * both encodings have one meaning and one set of limits. Names are camelCase, ids are hexadecimal, other bytes base64, 64-bit integers strings or numbers,
 * enumerations numbers or names; unknown members are ignored and `null` means absent.
 */

type Scalar = 'string' | 'base64' | 'hex' | 'bool' | 'double' | 'fixed64' | 'fixed32' | 'varint' | 'sint32';

interface Field {
  readonly number: number;
  readonly type: Scalar | Message | Enumeration;
  readonly isRepeated: boolean;
}

interface Message {
  readonly fields: Map<string, Field>;
}

interface Enumeration {
  readonly prefix: string;
  readonly names: readonly string[];
}

const one = (number: number, type: Field['type']): Field => ({ number, type, isRepeated: false });
const many = (number: number, type: Field['type']): Field => ({ number, type, isRepeated: true });
const message = (fields: Readonly<Record<string, Field>>): Message => ({ fields: new Map(Object.entries(fields)) });

const anyValue: Message = message({
  stringValue: one(1, 'string'),
  boolValue: one(2, 'bool'),
  intValue: one(3, 'varint'),
  doubleValue: one(4, 'double'),
  bytesValue: one(7, 'base64'),
});
const keyValue = message({ key: one(1, 'string'), value: one(2, anyValue) });
anyValue.fields.set('arrayValue', one(5, message({ values: many(1, anyValue) })));
anyValue.fields.set('kvlistValue', one(6, message({ values: many(1, keyValue) })));

const resource = message({ attributes: many(1, keyValue), droppedAttributesCount: one(2, 'varint') });
const scope = message({
  name: one(1, 'string'),
  version: one(2, 'string'),
  attributes: many(3, keyValue),
  droppedAttributesCount: one(4, 'varint'),
});

/** A request: resources, scopes and items are numbered alike for every signal. */
function request(resources: string, scopes: string, items: string, item: Message): Message {
  const scopeItems = message({ scope: one(1, scope), [items]: many(2, item) });
  return message({ [resources]: many(1, message({ resource: one(1, resource), [scopes]: many(2, scopeItems) })) });
}

const span = message({
  traceId: one(1, 'hex'),
  spanId: one(2, 'hex'),
  traceState: one(3, 'string'),
  parentSpanId: one(4, 'hex'),
  name: one(5, 'string'),
  kind: one(6, {
    prefix: 'SPAN_KIND_',
    names: ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'],
  }),
  startTimeUnixNano: one(7, 'fixed64'),
  endTimeUnixNano: one(8, 'fixed64'),
  attributes: many(9, keyValue),
  droppedAttributesCount: one(10, 'varint'),
  events: many(11, message({ timeUnixNano: one(1, 'fixed64'), name: one(2, 'string'), attributes: many(3, keyValue) })),
  links: many(
    13,
    message({
      traceId: one(1, 'hex'),
      spanId: one(2, 'hex'),
      traceState: one(3, 'string'),
      attributes: many(4, keyValue),
    }),
  ),
  status: one(
    15,
    message({ message: one(2, 'string'), code: one(3, { prefix: 'STATUS_CODE_', names: ['UNSET', 'OK', 'ERROR'] }) }),
  ),
});

const severities = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap(name =>
  ['', '2', '3', '4'].map(step => name + step),
);
const log = message({
  timeUnixNano: one(1, 'fixed64'),
  severityNumber: one(2, { prefix: 'SEVERITY_NUMBER_', names: ['UNSPECIFIED', ...severities] }),
  severityText: one(3, 'string'),
  body: one(5, anyValue),
  attributes: many(6, keyValue),
  droppedAttributesCount: one(7, 'varint'),
  flags: one(8, 'fixed32'),
  traceId: one(9, 'hex'),
  spanId: one(10, 'hex'),
  observedTimeUnixNano: one(11, 'fixed64'),
  eventName: one(12, 'string'),
});

const temporality: Enumeration = { prefix: 'AGGREGATION_TEMPORALITY_', names: ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'] };
const exemplar = message({
  timeUnixNano: one(2, 'fixed64'),
  asDouble: one(3, 'double'),
  spanId: one(4, 'hex'),
  traceId: one(5, 'hex'),
  asInt: one(6, 'fixed64'),
  filteredAttributes: many(7, keyValue),
});
const times = { startTimeUnixNano: one(2, 'fixed64'), timeUnixNano: one(3, 'fixed64') } as const;
const numberPoint = message({
  ...times,
  asDouble: one(4, 'double'),
  exemplars: many(5, exemplar),
  asInt: one(6, 'fixed64'),
  attributes: many(7, keyValue),
  flags: one(8, 'varint'),
});
const histogramPoint = message({
  ...times,
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  bucketCounts: many(6, 'fixed64'),
  explicitBounds: many(7, 'double'),
  exemplars: many(8, exemplar),
  attributes: many(9, keyValue),
  flags: one(10, 'varint'),
  min: one(11, 'double'),
  max: one(12, 'double'),
});
const buckets = message({ offset: one(1, 'sint32'), bucketCounts: many(2, 'varint') });
const exponentialPoint = message({
  ...times,
  attributes: many(1, keyValue),
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  scale: one(6, 'sint32'),
  zeroCount: one(7, 'fixed64'),
  positive: one(8, buckets),
  negative: one(9, buckets),
  flags: one(10, 'varint'),
  exemplars: many(11, exemplar),
  min: one(12, 'double'),
  max: one(13, 'double'),
  zeroThreshold: one(14, 'double'),
});
const summaryPoint = message({
  ...times,
  count: one(4, 'fixed64'),
  sum: one(5, 'double'),
  quantileValues: many(6, message({ quantile: one(1, 'double'), value: one(2, 'double') })),
  attributes: many(7, keyValue),
  flags: one(8, 'varint'),
});
const metric = message({
  name: one(1, 'string'),
  description: one(2, 'string'),
  unit: one(3, 'string'),
  gauge: one(5, message({ dataPoints: many(1, numberPoint) })),
  sum: one(
    7,
    message({
      dataPoints: many(1, numberPoint),
      aggregationTemporality: one(2, temporality),
      isMonotonic: one(3, 'bool'),
    }),
  ),
  histogram: one(9, message({ dataPoints: many(1, histogramPoint), aggregationTemporality: one(2, temporality) })),
  exponentialHistogram: one(
    10,
    message({ dataPoints: many(1, exponentialPoint), aggregationTemporality: one(2, temporality) }),
  ),
  summary: one(11, message({ dataPoints: many(1, summaryPoint) })),
});

const requests: Readonly<Record<OtlpSignal, Message>> = {
  traces: request('resourceSpans', 'scopeSpans', 'spans', span),
  logs: request('resourceLogs', 'scopeLogs', 'logRecords', log),
  metrics: request('resourceMetrics', 'scopeMetrics', 'metrics', metric),
};

/** The same request as protobuf. Throws `BadInput` when it is not JSON or a known member has a value of another type. */
export function protobufFromJson(signal: OtlpSignal, body: Uint8Array): Uint8Array {
  const json = new JsonReader(body);
  const out = new ProtobufWriter(body.length);
  writeMessage(requests[signal], json, out);
  json.end();
  return out.take();
}

function writeMessage({ fields }: Message, json: JsonReader, out: ProtobufWriter): void {
  json.object(name => {
    const field = fields.get(name);
    if (field === undefined) json.skip();
    else if (json.null()) return;
    else if (field.isRepeated) json.array(() => json.null() || writeField(field, json, out));
    else writeField(field, json, out);
  });
}

/** Repeated numbers are written one by one, not packed; readers take both. */
function writeField({ number, type }: Field, json: JsonReader, out: ProtobufWriter): void {
  if (typeof type === 'object') {
    if ('prefix' in type) {
      out.tag(number, 0);
      out.varint(enumeration(type, json.numberText()));
      return;
    }
    out.tag(number, 2);
    out.message(() => writeMessage(type, json, out));
    return;
  }
  switch (type) {
    case 'string':
      out.tag(number, 2);
      out.bytes(json.string());
      return;
    case 'base64':
      out.tag(number, 2);
      out.bytes(Buffer.from(json.string().toString('latin1'), 'base64'));
      return;
    case 'hex':
      out.tag(number, 2);
      out.bytes(hexBytes(json.string()));
      return;
    case 'bool':
      out.tag(number, 0);
      out.varint(json.boolean() ? 1n : 0n);
      return;
    case 'varint':
      out.tag(number, 0);
      out.varint(integer(json));
      return;
    case 'sint32': {
      const value = BigInt.asIntN(32, integer(json));
      out.tag(number, 0);
      out.varint(BigInt.asUintN(32, (value << 1n) ^ (value >> 31n)));
      return;
    }
    case 'fixed64':
      out.tag(number, 1);
      out.fixed64(integer(json));
      return;
    case 'fixed32':
      out.tag(number, 5);
      out.fixed32(Number(BigInt.asUintN(32, integer(json))));
      return;
    case 'double':
      out.tag(number, 1);
      out.double(double(json));
      return;
  }
}

/** An id; what is not hexadecimal becomes no id, and the item is judged by that. */
function hexBytes(text: Buffer): Buffer {
  const bytes = Buffer.from(text.toString('latin1'), 'hex');
  return bytes.length * 2 === text.length ? bytes : Buffer.alloc(0);
}

function integer(json: JsonReader): bigint {
  const text = json.numberText();
  if (/^-?\d{1,40}$/.test(text)) return BigInt(text);
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value)) return BigInt(value);
  throw json.broken('before it an integer');
}

function double(json: JsonReader): number {
  const text = json.numberText();
  if (text === 'NaN') return Number.NaN;
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw json.broken('before it a number');
  return value;
}

/** A number, or a name with or without its prefix; a name we do not know is 0, as an unknown value would be. */
function enumeration({ prefix, names }: Enumeration, text: string): bigint {
  if (/^\d{1,9}$/.test(text)) return BigInt(text);
  return BigInt(Math.max(0, names.indexOf(text.startsWith(prefix) ? text.slice(prefix.length) : text)));
}

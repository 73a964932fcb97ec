import { bytes, double, fixed32, fixed64, int } from '../decode/protobuf.test-support.js';
import type { KeyValue, Log, LogsRequest, Span, TracesRequest, Value } from './otlp-model.test-support.js';

/** The requests of `otlp-model.test-support.ts` as protobuf. Fields come in the order of their numbers; an absent member makes no field. */

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const present = (...fields: readonly (Buffer | false | undefined)[]): Buffer =>
  Buffer.concat(fields.flatMap(field => (field === undefined || field === false ? [] : [field])));
const text = (field: number, value: string | undefined): Buffer | undefined =>
  value === undefined ? undefined : bytes(field, value);

function anyValue(value: Value): Buffer {
  return present(
    text(1, value.stringValue),
    value.boolValue !== undefined && int(2, value.boolValue ? 1 : 0),
    value.intValue !== undefined && int(3, BigInt(value.intValue)),
    value.doubleValue !== undefined && double(4, Number(value.doubleValue)),
    value.arrayValue && bytes(5, ...(value.arrayValue.values ?? []).map(item => bytes(1, anyValue(item)))),
    value.kvlistValue && bytes(6, attributes(1, value.kvlistValue.values)),
    value.bytesValue !== undefined && bytes(7, Buffer.from(value.bytesValue, 'base64')),
  );
}

function attributes(field: number, list: readonly KeyValue[] = []): Buffer {
  return Buffer.concat(
    list.map(({ key, value }) => bytes(field, bytes(1, key), value === undefined ? '' : bytes(2, anyValue(value)))),
  );
}

function span(value: Span): Buffer {
  return present(
    bytes(1, hex(value.traceId)),
    bytes(2, hex(value.spanId)),
    text(3, value.traceState),
    value.parentSpanId !== undefined && bytes(4, hex(value.parentSpanId)),
    bytes(5, value.name),
    value.kind !== undefined && int(6, value.kind),
    fixed64(7, BigInt(value.startTimeUnixNano)),
    fixed64(8, BigInt(value.endTimeUnixNano)),
    attributes(9, value.attributes),
    value.droppedAttributesCount !== undefined && int(10, value.droppedAttributesCount),
    ...(value.events ?? []).map(event =>
      bytes(11, fixed64(1, BigInt(event.timeUnixNano)), bytes(2, event.name), attributes(3, event.attributes)),
    ),
    ...(value.links ?? []).map(link =>
      bytes(
        13,
        bytes(1, hex(link.traceId)),
        bytes(2, hex(link.spanId)),
        text(3, link.traceState) ?? '',
        attributes(4, link.attributes),
      ),
    ),
    value.status && bytes(15, present(text(2, value.status.message), int(3, value.status.code ?? 0))),
  );
}

function log(value: Log): Buffer {
  return present(
    value.timeUnixNano !== undefined && fixed64(1, BigInt(value.timeUnixNano)),
    value.severityNumber !== undefined && int(2, value.severityNumber),
    text(3, value.severityText),
    value.body && bytes(5, anyValue(value.body)),
    attributes(6, value.attributes),
    value.flags !== undefined && fixed32(8, value.flags),
    value.traceId !== undefined && bytes(9, hex(value.traceId)),
    value.spanId !== undefined && bytes(10, hex(value.spanId)),
    value.observedTimeUnixNano !== undefined && fixed64(11, BigInt(value.observedTimeUnixNano)),
    text(12, value.eventName),
  );
}

const scopeBytes = (scope: { name?: string; version?: string; attributes?: readonly KeyValue[] } | undefined): Buffer =>
  scope === undefined
    ? Buffer.alloc(0)
    : bytes(1, present(text(1, scope.name), text(2, scope.version), attributes(3, scope.attributes)));

const resourceBytes = (resource: { attributes?: readonly KeyValue[] } | undefined): Buffer =>
  resource === undefined ? Buffer.alloc(0) : bytes(1, attributes(1, resource.attributes));

export function tracesProtobuf(request: TracesRequest): Buffer {
  return Buffer.concat(
    (request.resourceSpans ?? []).map(({ resource, scopeSpans }) =>
      bytes(
        1,
        resourceBytes(resource),
        ...(scopeSpans ?? []).map(({ scope, spans }) =>
          bytes(2, scopeBytes(scope), ...(spans ?? []).map(one => bytes(2, span(one)))),
        ),
      ),
    ),
  );
}

export function logsProtobuf(request: LogsRequest): Buffer {
  return Buffer.concat(
    (request.resourceLogs ?? []).map(({ resource, scopeLogs }) =>
      bytes(
        1,
        resourceBytes(resource),
        ...(scopeLogs ?? []).map(({ scope, logRecords }) =>
          bytes(2, scopeBytes(scope), ...(logRecords ?? []).map(one => bytes(2, log(one)))),
        ),
      ),
    ),
  );
}

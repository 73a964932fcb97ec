import {
  attributeWidth,
  checkAttribute,
  maxAttributes,
  readAnyValue,
  readAttribute,
  valueKind,
  type ReadValue,
} from './attributes.js';
import type { Batch } from './batch.js';
import { readEnvelope, type Envelope } from './envelope.js';
import { fixed64Ms, isZero, low32 } from './fixed64.js';
import { Int32List } from './int32-list.js';
import { WireReader, fields } from './wire-reader.js';

/** Log records as columns of positions in `body`, as `SpanBatch` does it: `logWidth` integers per record in `logs`, named by `logField`. */
export interface LogBatch extends Batch, Envelope {
  readonly signal: 'logs';
  readonly body: Uint8Array;
  readonly logs: Int32Array;
  /** See `attributes.ts`. */
  readonly attributes: Int32Array;
}

/** Positions are -1 when absent. The body's three are as in `attributes.ts`. */
export const logField = {
  resource: 0,
  scope: 1,
  timeAt: 2,
  observedAt: 3,
  severityNumber: 4,
  severityTextAt: 5,
  severityTextLength: 6,
  bodyKind: 7,
  bodyAt: 8,
  bodyLength: 9,
  flags: 10,
  traceIdAt: 11,
  spanIdAt: 12,
  eventNameAt: 13,
  eventNameLength: 14,
  firstAttribute: 15,
  attributes: 16,
  droppedAttributes: 17,
} as const;

export const logWidth = 18;

const knownLog = fields(1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12);

const logs = new Int32List();
const attributes = new Int32List();
const value: ReadValue = { kind: 0, at: 0, length: 0 };

/** Reads an ExportLogsServiceRequest. Throws `BadInput` when it is not one. */
export function decodeLogs(body: Uint8Array): LogBatch {
  logs.clear();
  attributes.clear();
  const wire = new WireReader(body);
  let newestMs = 0;
  const envelope = readEnvelope(wire, (end, resource, scope) => {
    const at = readLog(wire, end, resource, scope);
    const { data } = logs;
    const ms = fixed64Ms(body, data[at + logField.timeAt]!) || fixed64Ms(body, data[at + logField.observedAt]!);
    if (ms > newestMs) newestMs = ms;
  });
  return {
    signal: 'logs',
    items: logs.length / logWidth,
    rejected: 0,
    rejectedReason: '',
    service: '',
    newestMs: newestMs === 0 ? undefined : newestMs,
    body,
    ...envelope,
    logs: logs.take(),
    attributes: attributes.take(),
  };
}

/** Appends a log record to the columns and returns where its fields begin. */
function readLog(wire: WireReader, end: number, resource: number, scope: number): number {
  const { bytes } = wire;
  const at = logs.extend(logWidth);
  const log = logs.data;
  log.fill(0, at, at + logWidth);
  log[at + logField.resource] = resource;
  log[at + logField.scope] = scope;
  log[at + logField.timeAt] = -1;
  log[at + logField.observedAt] = -1;
  log[at + logField.traceIdAt] = -1;
  log[at + logField.spanIdAt] = -1;
  log[at + logField.bodyKind] = valueKind.empty;
  log[at + logField.firstAttribute] = attributes.length / attributeWidth;
  let attributeCount = 0;
  let dropped = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 9:
        log[at + logField.timeAt] = wire.fixed(8, end);
        break;
      case 89:
        log[at + logField.observedAt] = wire.fixed(8, end);
        break;
      case 16: {
        const severity = wire.varint(end);
        log[at + logField.severityNumber] = severity <= 24 ? severity : 0;
        break;
      }
      case 26: {
        const length = wire.length(end);
        log[at + logField.severityTextAt] = wire.at;
        log[at + logField.severityTextLength] = length;
        wire.at += length;
        break;
      }
      case 42: {
        const length = wire.length(end);
        readAnyValue(wire, wire.at + length, 0, value);
        log[at + logField.bodyKind] = value.kind;
        log[at + logField.bodyAt] = value.at;
        log[at + logField.bodyLength] = value.length;
        break;
      }
      case 50: {
        const attributeEnd = wire.length(end) + wire.at;
        if (attributeCount >= maxAttributes) {
          checkAttribute(wire, attributeEnd);
          dropped++;
        } else if (readAttribute(wire, attributeEnd, attributes)) attributeCount++;
        else dropped++;
        break;
      }
      case 56:
        dropped += wire.varint(end);
        break;
      case 69:
        log[at + logField.flags] = low32(bytes, wire.fixed(4, end));
        break;
      case 74: {
        const length = wire.length(end);
        log[at + logField.traceIdAt] = length === 16 && !isZero(bytes, wire.at, 16) ? wire.at : -1;
        wire.at += length;
        break;
      }
      case 82: {
        const length = wire.length(end);
        log[at + logField.spanIdAt] = length === 8 && !isZero(bytes, wire.at, 8) ? wire.at : -1;
        wire.at += length;
        break;
      }
      case 98: {
        const length = wire.length(end);
        log[at + logField.eventNameAt] = wire.at;
        log[at + logField.eventNameLength] = length;
        wire.at += length;
        break;
      }
      default:
        wire.skip(tag, knownLog, end);
    }
  }
  log[at + logField.attributes] = attributeCount;
  log[at + logField.droppedAttributes] = Math.min(dropped, 0x7fffffff);
  return at;
}

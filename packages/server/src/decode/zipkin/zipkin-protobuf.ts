import { fields, WireReader } from '../wire-reader.js';
import type { ZipkinEndpoint, ZipkinSpan } from './span.js';

/**
 * Zipkin's protobuf form (https://github.com/openzipkin/zipkin-api/blob/master/zipkin.proto):
 *
 *     ListOfSpans = 1: repeated Span
 *     Span        = 1: trace_id, 2: parent_id, 3: id (bytes)  4: kind  5: name  6: timestamp (fixed64, µs)  7: duration (µs)
 *                   8: local_endpoint  9: remote_endpoint  10: repeated Annotation  11: map of tags  12: debug  13: shared
 *     Endpoint    = 1: service_name  2: ipv4 (4 bytes)  3: ipv6 (16 bytes)  4: port
 *     Annotation  = 1: timestamp (fixed64, µs)  2: value
 */
export function zipkinFromProtobuf(body: Uint8Array): readonly ZipkinSpan[] {
  const wire = new WireReader(body);
  const spans: ZipkinSpan[] = [];
  while (wire.at < body.length) {
    const tag = wire.varint(body.length);
    if (tag === 10) {
      const length = wire.length(body.length);
      spans.push(readSpan(wire, wire.at + length));
    } else wire.skip(tag, fields(1), body.length);
  }
  return spans;
}

const kinds = ['', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];
const knownSpan = fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);

function readSpan(wire: WireReader, end: number): ZipkinSpan {
  let [traceId, parentId, id, kind, name] = ['', '', '', '', ''];
  let timestampUs = 0;
  let durationUs = 0;
  let local: ZipkinEndpoint | undefined;
  let remote: ZipkinEndpoint | undefined;
  const annotations: { timestampUs: number; value: string }[] = [];
  const tags = new Map<string, string>();
  let debug = false;
  let shared = false;
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 10:
        traceId = hex(wire, end);
        break;
      case 18:
        parentId = hex(wire, end);
        break;
      case 26:
        id = hex(wire, end);
        break;
      case 32:
        kind = kinds[wire.varint(end)] ?? '';
        break;
      case 42:
        name = text(wire, end);
        break;
      case 49:
        timestampUs = fixed64(wire, end);
        break;
      case 56:
        durationUs = exact(wire.varint(end));
        break;
      case 66: {
        const length = wire.length(end);
        local = readEndpoint(wire, wire.at + length);
        break;
      }
      case 74: {
        const length = wire.length(end);
        remote = readEndpoint(wire, wire.at + length);
        break;
      }
      case 82: {
        const length = wire.length(end);
        annotations.push(readAnnotation(wire, wire.at + length));
        break;
      }
      case 90: {
        const length = wire.length(end);
        const [key, value] = readTag(wire, wire.at + length);
        tags.set(key, value);
        break;
      }
      case 96:
        debug = wire.varint(end) !== 0;
        break;
      case 104:
        shared = wire.varint(end) !== 0;
        break;
      default:
        wire.skip(tag, knownSpan, end);
    }
  }
  return {
    traceId,
    id,
    parentId,
    name,
    kind,
    timestampUs,
    durationUs,
    local,
    remote,
    annotations,
    tags,
    debug,
    shared,
  };
}

function readEndpoint(wire: WireReader, end: number): ZipkinEndpoint {
  let serviceName = '';
  let ipv4 = '';
  let ipv6 = '';
  let port = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 10:
        serviceName = text(wire, end);
        break;
      case 18:
        ipv4 = [...take(wire, end)].slice(0, 4).join('.');
        break;
      case 26:
        ipv6 = groups(take(wire, end).subarray(0, 16));
        break;
      case 32:
        port = wire.varint(end);
        break;
      default:
        wire.skip(tag, fields(1, 2, 3, 4), end);
    }
  }
  return { serviceName, address: ipv4 || ipv6, port: port < 65_536 ? port : 0 };
}

function readAnnotation(wire: WireReader, end: number): { timestampUs: number; value: string } {
  let timestampUs = 0;
  let value = '';
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 9) timestampUs = fixed64(wire, end);
    else if (tag === 18) value = text(wire, end);
    else wire.skip(tag, fields(1, 2), end);
  }
  return { timestampUs, value };
}

function readTag(wire: WireReader, end: number): readonly [key: string, value: string] {
  let key = '';
  let value = '';
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) key = text(wire, end);
    else if (tag === 18) value = text(wire, end);
    else wire.skip(tag, fields(1, 2), end);
  }
  return [key, value];
}

function take(wire: WireReader, end: number): Buffer {
  const length = wire.length(end);
  const { bytes, at } = wire;
  wire.at += length;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
}

const text = (wire: WireReader, end: number): string => take(wire, end).toString();
const hex = (wire: WireReader, end: number): string => take(wire, end).toString('hex');

/** Microseconds: what no clock says counts as not said. */
function fixed64(wire: WireReader, end: number): number {
  const at = wire.fixed(8, end);
  const { bytes } = wire;
  return exact(Number(Buffer.from(bytes.buffer, bytes.byteOffset + at, 8).readBigUInt64LE()));
}

const exact = (value: number): number => (value < Number.MAX_SAFE_INTEGER / 2 ? value : 0);

/** An IPv6 address as RFC 5952 writes it. */
function groups(address: Buffer): string {
  if (address.length < 16) return '';
  const parts = Array.from({ length: 8 }, (_, i) => address.readUInt16BE(i * 2).toString(16));
  return new URL(`http://[${parts.join(':')}]`).hostname.slice(1, -1);
}

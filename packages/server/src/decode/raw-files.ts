import { BadInput } from '../base/bad-input.js';
import { checkAttribute } from './attributes.js';
import type { Batch } from './batch.js';
import { Int32List } from './int32-list.js';
import type { Attributes } from './otlp-writer.js';
import { writeAttributes } from './otlp-writer.js';
import { ProtobufWriter } from './protobuf-writer.js';
import { WireReader, fields } from './wire-reader.js';

/**
 * Files that came with telemetry and are kept as they came: attachments, profiles, replays. Our own message, in protobuf's wire form:
 *
 *     files = repeated 1: { 1 kind, 2 name, 3 content type, 4 service, 5 environment, 6 version, 7 time (fixed64, ns), 8 trace id, 9 attributes, 10 data }
 */
export interface RawFile {
  /** Word for what it is: `attachment`, `profile`, ... */
  readonly kind: string;
  readonly name: string;
  readonly contentType: string;
  readonly service: string;
  readonly environment?: string;
  readonly version?: string;
  readonly timeNs: bigint;
  /** 16 bytes. */
  readonly traceId?: Uint8Array | undefined;
  readonly attributes: Attributes;
  readonly data: Uint8Array;
}

/** Two integers per file in `places`: where its message stands in `body`, and its length. */
export interface FileBatch extends Batch {
  readonly signal: 'files';
  readonly body: Uint8Array;
  readonly places: Int32Array;
  readonly resources: Int32Array;
  readonly scopes: Int32Array;
}

export function filesRequest(files: readonly RawFile[]): Uint8Array {
  const out = new ProtobufWriter(1024 + files.reduce((sum, { data }) => sum + data.length, 0));
  const text = (field: number, value: string): void => {
    out.tag(field, 2);
    out.bytes(Buffer.from(value, 'utf8'));
  };
  for (const file of files) {
    out.tag(1, 2);
    out.message(() => {
      text(1, file.kind);
      text(2, file.name);
      text(3, file.contentType);
      text(4, file.service);
      text(5, file.environment ?? '');
      text(6, file.version ?? '');
      out.tag(7, 1);
      out.fixed64(file.timeNs);
      if (file.traceId?.length === 16) {
        out.tag(8, 2);
        out.bytes(file.traceId);
      }
      writeAttributes(out, 9, file.attributes);
      out.tag(10, 2);
      out.bytes(file.data);
    });
  }
  return out.take();
}

const known = fields(1);
const knownFile = fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
const none = new Int32Array(0);
const places = new Int32List();

/** Reads what `filesRequest` wrote. Throws `BadInput` when it is not that. */
export function decodeFiles(body: Uint8Array): FileBatch {
  const wire = new WireReader(body);
  const end = body.length;
  places.clear();
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag !== 10) {
      wire.skip(tag, known, end);
      continue;
    }
    const length = wire.length(end);
    const at = places.extend(2);
    places.data[at] = wire.at;
    places.data[at + 1] = length;
    checkFile(wire, wire.at + length);
  }
  const items = places.length / 2;
  return {
    signal: 'files',
    items,
    rejected: 0,
    rejectedReason: '',
    service: '',
    newestMs: undefined,
    body,
    places: places.take(),
    resources: none,
    scopes: none,
  };
}

function checkFile(wire: WireReader, end: number): void {
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 74) {
      const length = wire.length(end);
      checkAttribute(wire, wire.at + length);
    } else if (tag === 57) wire.fixed(8, end);
    else if (tag === 66) {
      if (wire.length(end) !== 16) throw new BadInput('a trace id of a file must have 16 bytes');
      wire.at += 16;
    } else if ((tag & 7) === 2 && tag >= 10 && tag <= 82) wire.passOver(end);
    else wire.skip(tag, knownFile, end);
  }
}

/** The file whose message is at `at`; texts and data share the body's bytes. It was checked. */
export function readFile(
  body: Uint8Array,
  at: number,
  length: number,
): {
  readonly texts: readonly string[];
  readonly timeAt: number;
  readonly traceIdAt: number;
  readonly dataAt: number;
  readonly dataLength: number;
} {
  const wire = new WireReader(body);
  wire.at = at;
  const end = at + length;
  const texts = ['', '', '', '', '', ''];
  let timeAt = -1;
  let traceIdAt = -1;
  let dataAt = 0;
  let dataLength = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    const field = tag >>> 3;
    if (field === 7) timeAt = wire.fixed(8, end);
    else if ((tag & 7) !== 2) wire.skip(tag, 0, end);
    else {
      const size = wire.length(end);
      if (field >= 1 && field <= 6)
        texts[field - 1] = Buffer.from(body.buffer, body.byteOffset + wire.at, size).toString();
      else if (field === 8) traceIdAt = wire.at;
      else if (field === 10) {
        dataAt = wire.at;
        dataLength = size;
      }
      wire.at += size;
    }
  }
  return { texts, timeAt, traceIdAt, dataAt, dataLength };
}

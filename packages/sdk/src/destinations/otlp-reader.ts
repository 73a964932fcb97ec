import { wireFields } from '../otlp/wire.js';

/** An attribute's value as it was recorded. */
export type OtlpValue =
  | string
  | number
  | boolean
  | undefined
  | readonly OtlpValue[]
  | { readonly [name: string]: OtlpValue };

export type OtlpAttributes = ReadonlyMap<string, OtlpValue>;

/** A span of our own writing. */
export interface OtlpSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly traceState: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: OtlpAttributes;
  readonly events: readonly { readonly name: string; readonly timeNs: bigint; readonly attributes: OtlpAttributes }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: OtlpAttributes }[];
  readonly isError: boolean;
  readonly statusMessage: string;
}

export interface OtlpLog {
  readonly timeNs: bigint;
  readonly severityText: string;
  readonly body: OtlpValue;
  readonly attributes: OtlpAttributes;
  readonly traceId: string;
  readonly spanId: string;
  readonly eventName: string;
}

export interface OtlpBatch<Item> {
  readonly resource: OtlpAttributes;
  readonly items: readonly Item[];
}

/** As deep as our own writer goes, and a little more. */
const maxDepth = 8;

export function readSpans(body: Buffer): OtlpBatch<OtlpSpan> {
  return readItems(body, span);
}

export function readLogs(body: Buffer): OtlpBatch<OtlpLog> {
  return readItems(body, log);
}

function readItems<Item>(body: Buffer, read: (message: Buffer) => Item): OtlpBatch<Item> {
  const items: Item[] = [];
  let resource: OtlpAttributes = new Map();
  for (const group of wireFields(body)) {
    for (const part of wireFields(group.bytes)) {
      if (part.number === 1) resource = attributesIn(part.bytes, 1);
      if (part.number !== 2) continue;
      for (const field of wireFields(part.bytes)) if (field.number === 2) items.push(read(field.bytes));
    }
  }
  return { resource, items };
}

function span(message: Buffer): OtlpSpan {
  let [traceId, spanId, parentId, traceState, name, statusMessage] = ['', '', '', '', '', ''];
  let [kind, statusCode] = [1, 0];
  let [startNs, endNs] = [0n, 0n];
  const attributes = new Map<string, OtlpValue>();
  const events: OtlpSpan['events'][number][] = [];
  const links: OtlpSpan['links'][number][] = [];
  for (const { number, value, bytes } of wireFields(message)) {
    switch (number) {
      case 1:
        traceId = bytes.toString('hex');
        break;
      case 2:
        spanId = bytes.toString('hex');
        break;
      case 3:
        traceState = bytes.toString('utf8');
        break;
      case 4:
        parentId = bytes.toString('hex');
        break;
      case 5:
        name = bytes.toString('utf8');
        break;
      case 6:
        kind = value;
        break;
      case 7:
        startNs = fixed64(bytes);
        break;
      case 8:
        endNs = fixed64(bytes);
        break;
      case 9:
        put(attributes, bytes);
        break;
      case 11:
        events.push(event(bytes));
        break;
      case 13:
        links.push(link(bytes));
        break;
      case 15:
        for (const part of wireFields(bytes)) {
          if (part.number === 2) statusMessage = part.bytes.toString('utf8');
          if (part.number === 3) statusCode = part.value;
        }
        break;
    }
  }
  const isError = statusCode === 2;
  return {
    traceId,
    spanId,
    parentId,
    traceState,
    name,
    kind,
    startNs,
    endNs,
    attributes,
    events,
    links,
    isError,
    statusMessage,
  };
}

function event(message: Buffer): OtlpSpan['events'][number] {
  let [timeNs, name] = [0n, ''];
  for (const { number, bytes } of wireFields(message)) {
    if (number === 1) timeNs = fixed64(bytes);
    if (number === 2) name = bytes.toString('utf8');
  }
  return { timeNs, name, attributes: attributesIn(message, 3) };
}

function link(message: Buffer): OtlpSpan['links'][number] {
  let [traceId, spanId] = ['', ''];
  for (const { number, bytes } of wireFields(message)) {
    if (number === 1) traceId = bytes.toString('hex');
    if (number === 2) spanId = bytes.toString('hex');
  }
  return { traceId, spanId, attributes: attributesIn(message, 4) };
}

function log(message: Buffer): OtlpLog {
  let [timeNs, severityText, traceId, spanId, eventName] = [0n, '', '', '', ''];
  let body: OtlpValue;
  for (const { number, bytes } of wireFields(message)) {
    switch (number) {
      case 1:
        timeNs = fixed64(bytes);
        break;
      case 3:
        severityText = bytes.toString('utf8');
        break;
      case 5:
        body = anyValue(bytes, 0);
        break;
      case 9:
        traceId = bytes.toString('hex');
        break;
      case 10:
        spanId = bytes.toString('hex');
        break;
      case 12:
        eventName = bytes.toString('utf8');
        break;
    }
  }
  return { timeNs, severityText, traceId, spanId, eventName, body, attributes: attributesIn(message, 6) };
}

/** The `KeyValue` fields of this number. The first of a name counts. */
export function attributesIn(message: Buffer, fieldNumber: number): OtlpAttributes {
  const attributes = new Map<string, OtlpValue>();
  for (const { number, bytes } of wireFields(message)) if (number === fieldNumber) put(attributes, bytes);
  return attributes;
}

function put(attributes: Map<string, OtlpValue>, pair: Buffer): void {
  let key = '';
  let value: OtlpValue;
  for (const { number, bytes } of wireFields(pair)) {
    if (number === 1) key = bytes.toString('utf8');
    if (number === 2) value = anyValue(bytes, 0);
  }
  if (!attributes.has(key)) attributes.set(key, value);
}

/** `AnyValue { string = 1; bool = 2; int = 3; double = 4; array = 5; kvlist = 6; bytes = 7 }` */
function anyValue(message: Buffer, depth: number): OtlpValue {
  if (depth > maxDepth) return undefined;
  for (const { number, value, bytes } of wireFields(message)) {
    switch (number) {
      case 1:
        return bytes.toString('utf8');
      case 2:
        return value === 1;
      case 3:
        // Negative ones are two's complement: more than 2^63 as they stand.
        return value >= 2 ** 63 ? negative(message) : value;
      case 4:
        return bytes.length === 8 ? bytes.readDoubleLE() : undefined;
      case 5:
        return [...wireFields(bytes)].filter(item => item.number === 1).map(item => anyValue(item.bytes, depth + 1));
      case 6:
        return Object.fromEntries(
          [...wireFields(bytes)].filter(item => item.number === 1).map(item => entry(item.bytes, depth + 1)),
        );
      case 7:
        return bytes.toString('base64');
    }
  }
  return undefined;
}

function entry(message: Buffer, depth: number): readonly [string, OtlpValue] {
  let key = '';
  let value: OtlpValue;
  for (const { number, bytes } of wireFields(message)) {
    if (number === 1) key = bytes.toString('utf8');
    if (number === 2) value = anyValue(bytes, depth);
  }
  return [key, value];
}

/** The integer of `int = 3`, whose ten bytes hold more than a double does. */
function negative(message: Buffer): number {
  let bits = 0n;
  for (let at = 1; at < message.length; at++) bits |= BigInt((message[at] ?? 0) & 127) << BigInt(7 * (at - 1));
  return Number(BigInt.asIntN(64, bits));
}

function fixed64(bytes: Buffer): bigint {
  return bytes.length === 8 ? bytes.readBigUInt64LE() : 0n;
}

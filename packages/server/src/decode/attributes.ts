import { BadInput } from '../base/bad-input.js';
import { Int32List } from './int32-list.js';
import { WireReader, fields } from './wire-reader.js';

/**
 * Attributes as columns: four integers each in one `Int32Array`, all of them positions in the request's body.
 *
 *     key's first byte | key's length * 8 + kind | value's first byte | value's length
 *
 * A value's bytes are, by kind: UTF-8 text, a varint, 8 bytes of IEEE 754, a varint of 0 or 1, raw bytes, an ArrayValue message, a KeyValueList message, nothing.
 */
export const attributeWidth = 4;

export const valueKind = { string: 0, int: 1, double: 2, bool: 3, bytes: 4, array: 5, map: 6, empty: 7 } as const;

/** Beyond it a message is refused: nobody reads 32 levels, and recursion needs a limit. */
export const maxDepth = 32;

/** Attributes kept per span, log record, event or data point; the rest is counted as dropped. */
export const maxAttributes = 1000;

const knownValue = fields(1, 2, 3, 4, 5, 6, 7);
const knownKeyValue = fields(1, 2);
const knownList = fields(1);

/** Where the value that was read last begins, how long it is, and its kind. */
export interface ReadValue {
  kind: number;
  at: number;
  length: number;
}

/** Reads one AnyValue up to `end` and checks all that is nested in it. A later member of the oneof wins, as protobuf says. */
export function readAnyValue(wire: WireReader, end: number, depth: number, into: ReadValue): void {
  let kind: number = valueKind.empty;
  let valueAt = 0;
  let valueLength = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 10: {
        valueLength = wire.length(end);
        valueAt = wire.at;
        kind = valueKind.string;
        wire.at += valueLength;
        break;
      }
      case 16:
      case 24: {
        valueAt = wire.at;
        wire.varint(end);
        valueLength = wire.at - valueAt;
        kind = tag === 16 ? valueKind.bool : valueKind.int;
        break;
      }
      case 33: {
        valueAt = wire.fixed(8, end);
        valueLength = 8;
        kind = valueKind.double;
        break;
      }
      case 42:
      case 50: {
        valueLength = wire.length(end);
        valueAt = wire.at;
        const valueEnd = valueAt + valueLength;
        kind = tag === 42 ? valueKind.array : valueKind.map;
        if (depth >= maxDepth)
          throw new BadInput(`an attribute value is nested deeper than ${maxDepth} levels; flatten it`);
        if (kind === valueKind.array) checkArray(wire, valueEnd, depth + 1, into);
        else checkMap(wire, valueEnd, depth + 1, into);
        wire.at = valueEnd;
        break;
      }
      case 58: {
        valueLength = wire.length(end);
        valueAt = wire.at;
        kind = valueKind.bytes;
        wire.at += valueLength;
        break;
      }
      default:
        wire.skip(tag, knownValue, end);
    }
  }
  into.kind = kind;
  into.at = valueAt;
  into.length = valueLength;
}

function checkArray(wire: WireReader, end: number, depth: number, scratch: ReadValue): void {
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) {
      const length = wire.length(end);
      readAnyValue(wire, wire.at + length, depth, scratch);
    } else wire.skip(tag, knownList, end);
  }
}

function checkMap(wire: WireReader, end: number, depth: number, scratch: ReadValue): void {
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) {
      const length = wire.length(end);
      checkKeyValue(wire, wire.at + length, depth, scratch);
    } else wire.skip(tag, knownList, end);
  }
}

function checkKeyValue(wire: WireReader, end: number, depth: number, scratch: ReadValue): void {
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) wire.passOver(end);
    else if (tag === 18) {
      const length = wire.length(end);
      readAnyValue(wire, wire.at + length, depth, scratch);
    } else wire.skip(tag, knownKeyValue, end);
  }
}

const value: ReadValue = { kind: 0, at: 0, length: 0 };

/**
 * Reads one KeyValue up to `end` and appends it to `list`; one without a key has no name to be found by and is left out.
 * Returns whether it was appended.
 */
export function readAttribute(wire: WireReader, end: number, list: Int32List): boolean {
  let keyAt = 0;
  let keyLength = 0;
  value.kind = valueKind.empty;
  value.at = 0;
  value.length = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) {
      keyLength = wire.length(end);
      keyAt = wire.at;
      wire.at += keyLength;
    } else if (tag === 18) {
      const length = wire.length(end);
      readAnyValue(wire, wire.at + length, 0, value);
    } else wire.skip(tag, knownKeyValue, end);
  }
  if (keyLength === 0) return false;
  const at = list.extend(attributeWidth);
  const { data } = list;
  data[at] = keyAt;
  data[at + 1] = keyLength * 8 + value.kind;
  data[at + 2] = value.at;
  data[at + 3] = value.length;
  return true;
}

/** Checks a KeyValue whose place in the columns is not needed. */
export function checkAttribute(wire: WireReader, end: number): void {
  checkKeyValue(wire, end, 0, value);
}

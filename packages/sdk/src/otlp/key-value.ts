import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { limits } from '../core/record-limits.js';
import { ByteWriter } from './byte-writer.js';

/** Longest string we send as one attribute value; the rest is cut. Stack traces and SQL fit. */
export const maxValueChars = 16_384;

/** Deepest nesting of a logged object that is kept as structure; below, values become JSON text. */
const maxDepth = 5;

/**
 * An `opentelemetry.proto.common.v1.KeyValue` field: `KeyValue { key = 1; AnyValue value = 2 }`.
 * The tag is 9 (0x4a) in a Span, 6 (0x32) in a LogRecord, 1 (0x0a) in a Resource.
 */
export function writeKeyValue(out: ByteWriter, tag: number, key: string, value: unknown): void {
  if (value === undefined || value === null || typeof value === 'function' || typeof value === 'symbol') return;
  const short = typeof value === 'number' || typeof value === 'boolean';
  const start = out.open(tag, short ? 2 : 4);
  out.text(0x0a, key.length > 256 ? key.slice(0, 256) : key);
  writeAnyValue(out, 0x12, value, 0, longestOf(tag));
  out.close(start, short ? 2 : 4);
}

/** Attributes of spans, their events and links, and of log records have limits of their own; those of a resource and of series have not. */
function longestOf(tag: number): number {
  if (tag === 0x4a || tag === 0x1a || tag === 0x22) return limits.spanValueChars;
  return tag === 0x32 ? limits.logValueChars : maxValueChars;
}

/** `AnyValue { string = 1; bool = 2; int = 3; double = 4; array = 5; kvlist = 6; bytes = 7 }` as field `tag`. */
export function writeAnyValue(
  out: ByteWriter,
  tag: number,
  value: unknown,
  depth: number,
  maxChars: number = maxValueChars,
): void {
  switch (typeof value) {
    case 'string': {
      const start = out.open(tag, 4);
      out.text(0x0a, value.length > maxChars ? value.slice(0, maxChars) : value);
      out.close(start, 4);
      return;
    }
    case 'boolean': {
      const start = out.open(tag, 1);
      out.byte(0x10);
      out.byte(value ? 1 : 0);
      out.close(start, 1);
      return;
    }
    case 'number': {
      const start = out.open(tag, 1);
      if (Number.isSafeInteger(value)) {
        out.byte(0x18);
        out.int64(value);
      } else {
        out.byte(0x21);
        out.double(value);
      }
      out.close(start, 1);
      return;
    }
    case 'bigint':
      writeAnyValue(out, tag, value.toString(), depth, maxChars);
      return;
    case 'object':
      writeStructure(out, tag, value, depth, maxChars);
      return;
    default: {
      const start = out.open(tag, 1);
      out.close(start, 1);
    }
  }
}

function writeStructure(out: ByteWriter, tag: number, value: object | null, depth: number, maxChars: number): void {
  const start = out.open(tag, 4);
  if (value === null) {
    // An AnyValue without a value is OTLP's null.
  } else if (depth >= maxDepth) {
    out.text(0x0a, jsonText(value).slice(0, maxChars));
  } else if (Array.isArray(value)) {
    const list = out.open(0x2a, 4);
    for (const item of value.slice(0, 1000)) writeAnyValue(out, 0x0a, item, depth + 1, maxChars);
    out.close(list, 4);
  } else if (value instanceof Uint8Array) {
    out.bytesField(0x3a, value.subarray(0, maxValueChars));
  } else {
    const map = out.open(0x32, 4);
    for (const [key, item] of Object.entries(value).slice(0, 1000)) {
      if (item === undefined || typeof item === 'function' || typeof item === 'symbol') continue;
      const entry = out.open(0x0a, 4);
      out.text(0x0a, key);
      writeAnyValue(out, 0x12, item, depth + 1, maxChars);
      out.close(entry, 4);
    }
    out.close(map, 4);
  }
  out.close(start, 4);
}

/** What is nested too deep, as text; circular structures end here. */
function jsonText(value: object): string {
  try {
    return JSON.stringify(value).slice(0, maxValueChars);
  } catch {
    return '[circular]';
  }
}

export function writeAttributes(out: ByteWriter, tag: number, attributes: Attributes): void {
  for (const key in attributes) writeKeyValue(out, tag, key, attributes[key]);
}

const scratch = new ByteWriter(1024);

/** The content of a KeyValue message, to be written as a field of any tag later. */
export function keyValueBytes(key: string, value: AttributeValue): Uint8Array {
  scratch.length = 0;
  scratch.text(0x0a, key);
  writeAnyValue(scratch, 0x12, value, 0);
  return scratch.take();
}

/** One KeyValue field per attribute, ready to be copied into a message. */
export function attributeBytes(tag: number, attributes: Attributes): Uint8Array {
  scratch.length = 0;
  writeAttributes(scratch, tag, attributes);
  return scratch.take();
}

import type { Value } from '../otlp-writer.js';
import { readJsonObject, type JsonObject } from './exact-json.js';

/** An object as the decoder reads it. */
export const sent = (object: object): JsonObject => readJsonObject(Buffer.from(JSON.stringify(object)));

/** Attributes as a plain object, to compare them. */
export function plain(attributes: Iterable<readonly [string, Value]>): Record<string, unknown> {
  return Object.fromEntries([...attributes].map(([key, value]) => [key, plainValue(value)]));
}

function plainValue(value: Value): unknown {
  if (value instanceof Map) return plain(value);
  return Array.isArray(value) ? value.map(plainValue) : value;
}

export const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** An envelope: its header, and items as `[header, payload]`. */
export function envelope(header: object, ...items: readonly (readonly [object, object | string])[]): Buffer {
  const lines = items.flatMap(([itemHeader, payload]) => [
    JSON.stringify(itemHeader),
    typeof payload === 'string' ? payload : JSON.stringify(payload),
  ]);
  return Buffer.from([JSON.stringify(header), ...lines, ''].join('\n'));
}

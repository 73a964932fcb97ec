import { BadInput } from '../../base/bad-input.js';
import { readJsonObject, textOf, type JsonObject } from './exact-json.js';

/** One item of an envelope, its payload still as it came. */
export interface EnvelopeItem {
  readonly type: string;
  readonly header: JsonObject;
  readonly payload: Uint8Array;
}

export interface SentryEnvelope {
  readonly header: JsonObject;
  readonly items: readonly EnvelopeItem[];
  /** Items that could not be told apart from what follows them, or that were too many, and why. */
  readonly broken: readonly { readonly count: number; readonly reason: string }[];
}

/** Items past it are refused; Sentry's own limits are lower. */
export const maxItems = 1000;

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Cuts an envelope (https://develop.sentry.dev/sdk/foundations/transport/envelopes/) into its items:
 *
 *     header, a JSON object in a line · { item header, a JSON object in a line · payload · newline }
 *
 * An item's payload is as long as its header's `length` says; without one it reaches to the end of its line. Lines may end in CRLF, empty lines
 * between items are passed over. After an item header that can not be read the line behind it is passed over too; with a second one the rest is given up.
 * Throws `BadInput` when the envelope's own header can not be read.
 */
export function readEnvelope(bytes: Uint8Array): SentryEnvelope {
  const end = lineEnd(bytes, 0);
  const header = envelopeHeader(bytes.subarray(0, end));
  const items: EnvelopeItem[] = [];
  const broken: { count: number; reason: string }[] = [];
  let excess = 0;
  let unreadable = 0;
  let at = end + 1;
  while (at < bytes.length) {
    if (bytes[at] === newline || bytes[at] === carriageReturn) {
      at++;
      continue;
    }
    const headerEnd = lineEnd(bytes, at);
    const item = itemHeader(bytes.subarray(at, headerEnd));
    at = headerEnd + 1;
    if (typeof item === 'string') {
      broken.push({ count: 1, reason: `an item header: ${item}` });
      if (++unreadable > 1) break;
      at = lineEnd(bytes, at) + 1;
      continue;
    }
    const length = item.get('length');
    if (length !== undefined && length !== null && !isLength(length)) {
      broken.push({ count: 1, reason: 'an item header has a length that is no number of bytes' });
      break;
    }
    const payloadEnd = isLength(length) ? at + length : lineEnd(bytes, at);
    if (payloadEnd > bytes.length) {
      broken.push({ count: 1, reason: 'an item is longer than the envelope: it was cut off' });
      break;
    }
    if (items.length >= maxItems) {
      // Counted, so that the ledger is right for any honest envelope, but not without end.
      if (++excess >= 10 * maxItems) break;
    } else items.push({ type: textOf(item, 'type') ?? '', header: item, payload: bytes.subarray(at, payloadEnd) });
    at = payloadEnd;
  }
  if (excess > 0) broken.push({ count: excess, reason: `an envelope has more than ${maxItems} items` });
  return { header, items, broken };
}

/** The header of an envelope, to find the key in it before the rest is read. */
export function envelopeHeaderOf(bytes: Uint8Array): JsonObject {
  return envelopeHeader(bytes.subarray(0, lineEnd(bytes, 0)));
}

function envelopeHeader(line: Uint8Array): JsonObject {
  try {
    return readJsonObject(line);
  } catch (error) {
    if (error instanceof BadInput)
      throw new BadInput(`the envelope's first line must be a JSON object: ${error.message}`);
    throw error;
  }
}

function itemHeader(line: Uint8Array): JsonObject | string {
  try {
    return readJsonObject(line);
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  }
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function lineEnd(bytes: Uint8Array, from: number): number {
  const at = from >= bytes.length ? -1 : bytes.indexOf(newline, from);
  return at === -1 ? bytes.length : at;
}

import { BadInput } from '../base/bad-input.js';
import type { Signal } from './batch.js';

/** What one request of another protocol brought, by signal: an OTLP request in protobuf form, or `raw-files.ts`'s own form for `files`. */
export interface Part {
  readonly signal: Signal;
  readonly body: Uint8Array;
  /** Items of the request that are not in the body because they can not be stored, and why. */
  readonly rejected?: number;
  readonly rejectedReason?: string;
  /** One of them as it came; without it, the beginning of the request stands for them. */
  readonly rejectedExample?: string;
}

const signals: readonly Signal[] = ['traces', 'logs', 'metrics', 'files'];

const headBytes = 5;

/** Several parts as one body, so that the log keeps all of a request or nothing: signal (u8) · length (u32, little-endian) · body, and again. */
export function joinParts(parts: readonly Part[]): Uint8Array {
  const joined = Buffer.allocUnsafe(parts.reduce((sum, { body }) => sum + headBytes + body.length, 0));
  let at = 0;
  for (const { signal, body } of parts) {
    joined.writeUInt8(signals.indexOf(signal), at);
    joined.writeUInt32LE(body.length, at + 1);
    joined.set(body, at + headBytes);
    at += headBytes + body.length;
  }
  return joined;
}

/** The parts of a joined body; they share its bytes. Throws `BadInput` when it is not one. */
export function splitParts(joined: Uint8Array): readonly Part[] {
  const view = Buffer.from(joined.buffer, joined.byteOffset, joined.length);
  const parts: Part[] = [];
  for (let at = 0; at < view.length;) {
    const signal = signals[view[at]!];
    const bodyAt = at + headBytes;
    const end = bodyAt <= view.length ? bodyAt + view.readUInt32LE(at + 1) : Infinity;
    if (signal === undefined || end > view.length) throw new BadInput('the parts of the record do not fit its length');
    parts.push({ signal, body: view.subarray(bodyAt, end) });
    at = end;
  }
  return parts;
}

import type { WallClock } from '../core/clock.js';
import { limits } from '../core/record-limits.js';
import type { Scope } from '../core/scope.js';
import { Shedding } from '../core/shedding.js';
import type { HeldTrace } from '../core/trace-sampling.js';
import { exceptionAttributes, type SpanDetail, type SpanEvent } from '../core/span-detail.js';
import { spanKind, type Template } from '../core/templates.js';
import { ByteWriter } from './byte-writer.js';
import { writeAttributes, writeKeyValue } from './key-value.js';

/** The KeyValue field of a span whose key is known beforehand: `field 9 { key = 1: … }` without its length. */
export interface AttributeKey {
  readonly bytes: Uint8Array;
  /** The string it had last, and the whole field with it once the same came again: addresses, user agents and URLs mostly do. */
  last: string;
  field: Uint8Array | undefined;
  /** The whole field of the numbers that it had: statuses and rows are few. */
  readonly integers: Map<number, Uint8Array>;
}

const maxIntegers = 100;

export function attributeKey(key: string): AttributeKey {
  const out = new ByteWriter(64);
  out.text(0x0a, key);
  return { bytes: out.take(), last: '', field: undefined, integers: new Map() };
}

const longestDynamicChars = 2048;
/** A span's tag and the room for its length. */
const headBytes = 5;

const noShedding = new Shedding();

/**
 * Writes ended spans as fields of an OTLP `ScopeSpans` (`spans = 2`).
 *
 * `begin`, any attributes, `end`. When something throws in between, `cancel` leaves no trace of the span.
 */
export class SpanWriter {
  readonly out: ByteWriter;
  count = 0;
  readonly #clock: WallClock;
  /** Where the span that is being written waits, when not all traces are kept, and whether it is the first of its trace in this process. */
  #held: HeldTrace | undefined = undefined;
  #isFirst = false;
  /** What is left out when the SDK takes too much; nothing unless set. */
  shedding = noShedding;
  #isShed = false;

  constructor(clock: WallClock, capacityBytes = 64 * 1024) {
    this.#clock = clock;
    this.out = new ByteWriter(capacityBytes);
  }

  /** A span of `scope`'s trace with ids `(s0, s1)` under parent `(p0, p1)`; no parent is (0, 0). Returns the mark that `end` needs. */
  begin(
    scope: Scope,
    s0: number,
    s1: number,
    p0: number,
    p1: number,
    template: Template | undefined,
    startMs: number,
    endMs: number,
  ): number {
    const { out } = this;
    const { offsetMs } = this.#clock;
    const start = out.open(0x12, 4);
    out.id16(0x0a, scope.t0, scope.t1, scope.t2, scope.t3);
    out.id8(0x12, s0, s1);
    if (p0 !== 0 || p1 !== 0) out.id8(0x22, p0, p1);
    out.byte(0x39);
    out.nanoseconds(offsetMs + startMs);
    out.byte(0x41);
    out.nanoseconds(offsetMs + endMs);
    const { level } = this.shedding;
    this.#isShed =
      level > 0 && (template?.spec.kind === spanKind.client || (level > 2 && !this.shedding.keepsTrace(scope.t3)));
    const { held } = scope.shared;
    this.#held = held;
    if (held !== undefined) this.#isFirst = (p0 === 0 && p1 === 0) || (s0 === held.first0 && s1 === held.first1);
    else if (scope.traceState !== '') out.text(0x1a, scope.traceState);
    if (template !== undefined) out.raw(template.spanBytes);
    for (const attribute of scope.shared.attributes) out.bytesField(0x4a, attribute);
    return start;
  }

  string(key: AttributeKey, value: string): void {
    const { out } = this;
    const came = value === key.last;
    if (came && key.field !== undefined) {
      out.raw(key.field);
      return;
    }
    const before = out.length;
    const most = limits.spanValueChars < longestDynamicChars ? limits.spanValueChars : longestDynamicChars;
    const text = value.length > most ? value.slice(0, most) : value;
    const width = text.length * 3 + key.bytes.length + 8 < 128 ? 1 : 3;
    const start = out.open(0x4a, width);
    out.raw(key.bytes);
    const inner = out.open(0x12, width);
    out.text(0x0a, text);
    out.close(inner, width);
    out.close(start, width);
    if (came) key.field = Uint8Array.from(out.bytes.subarray(before, out.length));
    else {
      key.last = value;
      key.field = undefined;
    }
  }

  integer(key: AttributeKey, value: number): void {
    const { out } = this;
    const known = key.integers.get(value);
    if (known !== undefined) {
      out.raw(known);
      return;
    }
    const before = out.length;
    const start = out.open(0x4a, 1);
    out.raw(key.bytes);
    const inner = out.open(0x12, 1);
    out.byte(0x18);
    out.int64(value);
    out.close(inner, 1);
    out.close(start, 1);
    if (key.integers.size < maxIntegers)
      key.integers.set(value, Uint8Array.from(out.bytes.subarray(before, out.length)));
  }

  /** An `exception` event; `reported` names the log record that says the same at more length. */
  exception(error: unknown, atMs: number, reported?: string): void {
    const attributes = exceptionAttributes(error);
    if (reported !== undefined) attributes['sentry.event_id'] = reported;
    this.#event({ name: 'exception', atMs, attributes });
  }

  /** What was added to the span on its way. Its name, when it has one, comes after the template's and so replaces it. */
  detail(detail: SpanDetail): void {
    const { out } = this;
    if (detail.name !== undefined) out.text(0x2a, detail.name);
    if (detail.attributes !== undefined) writeAttributes(out, 0x4a, detail.attributes);
    if (detail.droppedAttributes > 0) this.#number(0x50, detail.droppedAttributes);
    for (const event of detail.events ?? []) this.#event(event);
    if (detail.droppedEvents > 0) this.#number(0x60, detail.droppedEvents);
    for (const { context, attributes } of detail.links ?? []) {
      const start = out.open(0x6a, 4);
      out.bytesField(0x0a, Buffer.from(context.traceId, 'hex'));
      out.bytesField(0x12, Buffer.from(context.spanId, 'hex'));
      const state = context.traceState?.serialize() ?? '';
      if (state !== '') out.text(0x1a, state);
      writeAttributes(out, 0x22, attributes ?? {});
      out.close(start, 4);
    }
    if (detail.droppedLinks > 0) this.#number(0x70, detail.droppedLinks);
  }

  #number(tag: number, value: number): void {
    this.out.byte(tag);
    this.out.varint(value);
  }

  #event(event: SpanEvent): void {
    const { out } = this;
    const start = out.open(0x5a, 4);
    out.byte(0x09);
    out.nanoseconds(this.#clock.offsetMs + event.atMs);
    out.text(0x12, event.name);
    writeAttributes(out, 0x1a, event.attributes);
    out.close(start, 4);
  }

  /** An attribute whose value is not known beforehand to be a string or an integer. */
  attribute(key: string, value: unknown): void {
    writeKeyValue(this.out, 0x4a, key, value);
  }

  /** `Status { message = 2; code = 3 }`: 1 ok, 2 error; unset (0) is not written. */
  end(start: number, statusCode: number, statusMessage: string): void {
    const { out } = this;
    if (this.#isShed && statusCode !== 2) {
      out.length = start - headBytes;
      this.shedding.spans++;
      return;
    }
    if (statusCode !== 0) {
      const status = out.open(0x7a, 3);
      if (statusMessage !== '') out.text(0x12, statusMessage.slice(0, longestDynamicChars));
      out.byte(0x18);
      out.byte(statusCode);
      out.close(status, 3);
    }
    out.close(start, 4);
    this.count++;
    if (this.#held !== undefined) this.#hold(this.#held, start - headBytes, statusCode === 2);
  }

  /** Hands the span that was just written over to its trace, which gives it back when it is kept. */
  #hold(held: HeldTrace, at: number, hasFailed: boolean): void {
    const { out } = this;
    const bytes = Uint8Array.from(out.bytes.subarray(at, out.length));
    out.length = at;
    this.count--;
    this.#held = undefined;
    held.add(this, bytes, hasFailed, this.#isFirst);
  }

  /** A span that was held, as `end` left it, with its trace state. */
  append(bytes: Uint8Array, traceState: string): void {
    const { out } = this;
    const start = out.length + headBytes;
    out.raw(bytes);
    if (traceState !== '') out.text(0x1a, traceState);
    out.close(start, 4);
    this.count++;
  }

  /** Takes back a span that was begun at `length`. */
  cancel(length: number): void {
    this.out.length = length;
  }
}

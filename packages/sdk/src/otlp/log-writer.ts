import type { WallClock } from '../core/clock.js';
import type { Scope } from '../core/scope.js';
import { Shedding } from '../core/shedding.js';
import { ByteWriter } from './byte-writer.js';
import { writeAnyValue, writeKeyValue } from './key-value.js';

export interface LogRecord {
  readonly unixMs: number;
  /** OpenTelemetry's severity number: 1 trace, 5 debug, 9 info, 13 warn, 17 error, 21 fatal. */
  readonly severity: number;
  readonly severityText: string;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly scope: Scope | undefined;
  /** Names records of one kind, such as `app.startup`. */
  readonly eventName?: string;
}

/** A record's tag and the room for its length. */
const headBytes = 5;

const noShedding = new Shedding();

/** Writes log records as fields of an OTLP `ScopeLogs` (`log_records = 2`). */
export class LogWriter {
  readonly out = new ByteWriter(16 * 1024);
  count = 0;
  readonly #clock: WallClock;
  #isError = false;
  /** What is left out when the SDK takes too much; nothing unless set. */
  shedding = noShedding;
  #isMinor = false;

  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  /** A record now, on the anchored clock, so that it falls between its span's ends. */
  unixMs(monotonicMs: number): number {
    return this.#clock.offsetMs + monotonicMs;
  }

  write(record: LogRecord): void {
    const before = this.out.length;
    try {
      this.#write(record);
    } catch (error) {
      this.cancel(before);
      throw error;
    }
  }

  #write({ unixMs, severity, severityText, body, attributes, scope, eventName }: LogRecord): void {
    const start = this.begin(unixMs, severity, severityText);
    this.body(body);
    for (const key in attributes) this.attribute(key, attributes[key]);
    if (eventName !== undefined) {
      this.out.text(0x62, eventName);
      this.#isMinor = false;
    }
    this.end(start, scope);
  }

  /** `begin`, a body and any attributes, `end`. When something throws in between, `cancel` with the length before leaves no trace of the record. */
  begin(unixMs: number, severity: number, severityText: string): number {
    const { out } = this;
    const start = out.open(0x12, 4);
    out.byte(0x09);
    out.nanoseconds(unixMs);
    out.byte(0x10);
    out.byte(severity);
    out.text(0x1a, severityText);
    this.#isError = severity >= 17;
    this.#isMinor = severity < 13;
    return start;
  }

  body(body: unknown): void {
    writeAnyValue(this.out, 0x2a, body, 0);
  }

  attribute(key: string, value: unknown): void {
    writeKeyValue(this.out, 0x32, key, value);
  }

  end(start: number, scope: Scope | undefined): void {
    const { out } = this;
    if (this.#isMinor && this.shedding.level > 1) {
      out.length = start - headBytes;
      this.shedding.logs++;
      return;
    }
    if (scope !== undefined) {
      // A trace in which an error was told of is worth keeping.
      if (this.#isError && scope.shared.held !== undefined) scope.shared.held.isWanted = true;
      for (const attribute of scope.shared.attributes) out.bytesField(0x32, attribute);
    }
    if (scope?.hasSpan === true) {
      // flags = 8 is a fixed32; its lowest bit is W3C's sampled flag.
      out.byte(0x45);
      out.byte(scope.isHandedOnSampled ? 1 : 0);
      out.byte(0);
      out.byte(0);
      out.byte(0);
      out.id16(0x4a, scope.t0, scope.t1, scope.t2, scope.t3);
      out.id8(0x52, scope.s0, scope.s1);
    }
    out.close(start, 4);
    this.count++;
  }

  /** Takes back a record that was begun at `length`. */
  cancel(length: number): void {
    this.out.length = length;
  }
}

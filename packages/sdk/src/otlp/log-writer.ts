import type { WallClock } from '../core/clock.js';
import type { Scope } from '../core/scope.js';
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

/** Writes log records as fields of an OTLP `ScopeLogs` (`log_records = 2`). */
export class LogWriter {
  readonly out = new ByteWriter(16 * 1024);
  count = 0;
  readonly #clock: WallClock;

  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  /** A record now, on the anchored clock, so that it falls between its span's ends. */
  unixMs(monotonicMs: number): number {
    return this.#clock.offsetMs + monotonicMs;
  }

  write(record: LogRecord): void {
    const { out } = this;
    const before = out.length;
    try {
      this.#write(record);
      this.count++;
    } catch (error) {
      out.length = before;
      throw error;
    }
  }

  #write({ unixMs, severity, severityText, body, attributes, scope, eventName }: LogRecord): void {
    const { out } = this;
    const start = out.open(0x12, 4);
    out.byte(0x09);
    out.nanoseconds(unixMs);
    out.byte(0x10);
    out.byte(severity);
    out.text(0x1a, severityText);
    writeAnyValue(out, 0x2a, body, 0);
    for (const key in attributes) writeKeyValue(out, 0x32, key, attributes[key]);
    if (eventName !== undefined) out.text(0x62, eventName);
    if (scope !== undefined) {
      for (const attribute of scope.shared.attributes) out.bytesField(0x32, attribute);
    }
    if (scope?.hasSpan === true) {
      out.reserve(40);
      // flags = 8 is a fixed32; its lowest bit is W3C's sampled flag.
      out.byte(0x45);
      out.byte(scope.sampled ? 1 : 0);
      out.byte(0);
      out.byte(0);
      out.byte(0);
      out.byte(0x4a);
      out.byte(16);
      out.big32(scope.t0);
      out.big32(scope.t1);
      out.big32(scope.t2);
      out.big32(scope.t3);
      out.byte(0x52);
      out.byte(8);
      out.big32(scope.s0);
      out.big32(scope.s1);
    }
    out.close(start, 4);
  }
}

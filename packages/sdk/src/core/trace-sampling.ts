import type { SamplingSettings } from '../config/sampling-settings.js';
import type { SpanWriter } from '../otlp/span-writer.js';
import { withThreshold } from './trace-state.js';

/** What of an HTTP request a share can depend on. */
export interface Requested {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

const maxHeldBytes = 8 * 1_048_576;
const maxTraceBytes = 1_048_576;

/**
 * The spans of one trace in this process, until its first span here ends and it is known whether one failed or it was slow.
 *
 * The trace id's last 56 bits are random, as W3C says, and decide by the ratio, so that all services decide alike. What is kept for its own sake is kept always, and
 * so counts once; what the ratio kept stands for as many as the ratio says. Each span tells its share as OpenTelemetry's `th` in its trace state
 * (https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/), so that sums of weights are true.
 */
export class HeldTrace {
  /** The ratio's decision, which is handed on to the services that are called. */
  readonly isSampled: boolean;
  /** The trace state with the ratio's share in it. */
  readonly traceState: string;
  /** Set when something is a reason to keep it: a span that failed, an error that was logged, a slow request. */
  isWanted = false;
  /** The id of its first span in this process. */
  first0 = 0;
  first1 = 0;
  readonly #sampling: TraceSampling;
  #spans: { readonly writer: SpanWriter; readonly bytes: Uint8Array }[] = [];
  #bytes = 0;
  /** The trace state of what is written from now on; undefined while the spans are held, false when they are left out. */
  #decided: string | false | undefined = undefined;

  constructor(sampling: TraceSampling, isSampled: boolean, traceState: string) {
    this.#sampling = sampling;
    this.isSampled = isSampled;
    this.traceState = traceState;
  }

  /** A span that ended, as the field of a `ScopeSpans`. `isLast`: it is the first of this process, with which it is decided. */
  add(writer: SpanWriter, bytes: Uint8Array, hasFailed: boolean, isLast: boolean): void {
    const { keepErrorsAndSlow } = this.#sampling.settings;
    if (hasFailed) this.isWanted = true;
    if (this.#decided === undefined && !keepErrorsAndSlow) this.decide();
    if (this.#decided !== undefined) {
      this.#write(writer, bytes);
      return;
    }
    this.#spans.push({ writer, bytes });
    this.#bytes += bytes.length;
    this.#sampling.held(this, bytes.length);
    if (isLast || this.#bytes > maxTraceBytes) this.decide();
  }

  /** Writes the spans that are held, or leaves them out. */
  decide(): void {
    if (this.#decided !== undefined) return;
    const { keepErrorsAndSlow } = this.#sampling.settings;
    if (this.isWanted && keepErrorsAndSlow) this.#decided = withThreshold(this.traceState, '0');
    else this.#decided = this.isSampled ? this.traceState : false;
    const spans = this.#spans;
    this.#spans = [];
    this.#sampling.released(this, this.#bytes);
    this.#bytes = 0;
    for (const { writer, bytes } of spans) this.#write(writer, bytes);
  }

  #write(writer: SpanWriter, bytes: Uint8Array): void {
    if (this.#decided === undefined || this.#decided === false) this.#sampling.leaveOut();
    else writer.append(bytes, this.#decided);
  }
}

/** Which traces are kept, when not all are. */
export class TraceSampling {
  readonly settings: SamplingSettings;
  /** Counts a span that is not kept. */
  readonly leaveOut: () => void;
  readonly #open = new Set<HeldTrace>();
  #bytes = 0;

  constructor(settings: SamplingSettings, leaveOut: () => void) {
    this.settings = settings;
    this.leaveOut = leaveOut;
  }

  /**
   * A trace with these words of its id begins in this process. `parent` is the caller's decision, when there is a caller.
   */
  begin(t2: number, t3: number, traceState: string, parent: boolean | undefined, requested?: Requested): HeldTrace {
    const { isParentBased } = this.settings;
    if (parent !== undefined && isParentBased) return new HeldTrace(this, parent, traceState);
    const threshold = Math.round((1 - this.#ratio(requested)) * thresholds);
    const isSampled = randomPart(t2, t3) * thresholds >= threshold && threshold < thresholds;
    return new HeldTrace(this, isSampled, isSampled ? withThreshold(traceState, thresholdHex(threshold)) : traceState);
  }

  held(trace: HeldTrace, bytes: number): void {
    this.#open.add(trace);
    this.#bytes += bytes;
    // Too much waits: the oldest is decided by what is known of it.
    while (this.#bytes > maxHeldBytes) {
      const [oldest] = this.#open;
      if (oldest === undefined) return;
      oldest.decide();
    }
  }

  released(trace: HeldTrace, bytes: number): void {
    this.#open.delete(trace);
    this.#bytes -= bytes;
  }

  /** At the end of the process nothing more will be known. */
  decideAll(): void {
    for (const trace of this.#open) trace.decide();
  }

  #ratio(requested: Requested | undefined): number {
    const { ratio, routes } = this.settings;
    if (routes.length === 0 || requested?.url === undefined) return ratio;
    const { method, url } = requested;
    const at = url.indexOf('?');
    const path = (at < 0 ? url : url.slice(0, at)).slice(0, 2000);
    const found = routes.find(route => (route.method ?? method) === method && route.path.test(path));
    return found?.ratio ?? ratio;
  }
}

/** As fine as five hex digits. */
const thresholds = 0x10_0000;

/** The last 56 bits of a trace id as a part of one. */
function randomPart(t2: number, t3: number): number {
  return ((t2 & 0xff_ffff) * 0x1_0000_0000 + (t3 >>> 0)) / 0x100_0000_0000_0000;
}

/** Hex digits after the point; zeros at the end are left out. */
function thresholdHex(threshold: number): string {
  return threshold.toString(16).padStart(5, '0').replace(/0+$/, '') || '0';
}

let active: TraceSampling | undefined;

/** How traces that begin are sampled; undefined when all are kept, or the SDK is off. */
export function traceSampling(): TraceSampling | undefined {
  return active;
}

/** Called when the SDK starts and ends. */
export function useTraceSampling(sampling: TraceSampling | undefined): void {
  active = sampling;
}

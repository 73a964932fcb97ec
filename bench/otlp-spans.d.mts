/** A prepared ExportTraceServiceRequest whose ids and times can be changed in place, cheaply. */
export interface PreparedSpans {
  readonly body: Buffer;
  readonly spans: number;
  /** Gives every span new ids (unique for every `serial`) and start times from `startMs` on; returns `body`. */
  stamp(serial: number, startMs: number): Buffer;
  /** Trace ids of the last stamp, hex, one per trace. */
  traceIds(): readonly string[];
}

/** `count` spans with 12 attributes each, in traces of about 10 spans over 6 services with 20 operations each and 40 tenants (a few large, many small), 3% errors. Deterministic by `seed`. */
export function prepareSpans(
  count: number,
  seed: number,
  options?: { readonly spreadMs?: number; readonly servicePrefix?: string },
): PreparedSpans;

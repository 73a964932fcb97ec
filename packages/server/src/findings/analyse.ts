import { createHash } from 'node:crypto';
import { callsOf } from './calls.js';
import type { Detector, FindingKind, Found } from './detector.js';
import { detectors } from './detectors/list.js';
import type { Thresholds } from './thresholds.js';
import { factOf, type TraceSpans } from './trace-spans.js';

/** A finding as it was seen in one request of one trace. */
export interface SeenFinding {
  /** The fingerprint: the same wherever and whenever this is seen. */
  readonly finding: bigint;
  readonly kind: FindingKind;
  readonly service: string;
  /** `GET /orders/:id`: what the request or job is called. */
  readonly route: string;
  readonly subject: string;
  readonly entry: number;
  readonly spans: readonly number[];
  readonly times: number;
  readonly lostUs: number;
  readonly facts: Readonly<Record<string, string>>;
}

/** Of one trace; beyond it is a loop that makes findings. */
const maxPerTrace = 100;
const maxSubjectChars = 300;
const maxFactChars = 4000;

/** What is wrong with a trace, the costliest first. A detector that fails is reported to `failed`; the others still run. */
export function analyse(
  trace: TraceSpans,
  thresholds: Thresholds,
  failed: (detector: Detector, error: unknown) => void,
): readonly SeenFinding[] {
  const calls = callsOf(trace);
  const lengthUs = trace.endUs.reduce((last, endUs) => Math.max(last, endUs), 0);
  const seen = new Map<string, SeenFinding>();
  for (const detector of detectors) {
    let found: readonly Found[] = [];
    try {
      found = detector.find({ trace, calls, thresholds });
    } catch (error) {
      failed(detector, error);
    }
    for (const one of found.slice(0, maxPerTrace)) {
      const finding = seenFinding(trace, detector.kind, one, lengthUs);
      const key = `${finding.finding} ${finding.entry}`;
      const before = seen.get(key);
      seen.set(key, before === undefined ? finding : joined(before, finding));
    }
  }
  return [...seen.values()].toSorted((a, b) => b.lostUs - a.lostUs).slice(0, maxPerTrace);
}

function seenFinding(trace: TraceSpans, kind: FindingKind, found: Found, lengthUs: number): SeenFinding {
  const { entry, spans, times, lostUs } = found;
  const service = trace.service[entry] ?? '';
  const route = routeOf(trace, entry);
  const subject = found.subject.slice(0, maxSubjectChars);
  const facts = Object.fromEntries(
    Object.entries(found.facts)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => [key, value.slice(0, maxFactChars)]),
  );
  return {
    finding: fingerprint(kind, service, route, subject, ...databaseOf(found)),
    kind,
    service,
    route,
    subject,
    entry,
    spans,
    times,
    // What a span tells of itself may be any number; no more than all of the trace can be lost.
    lostUs: lostUs > 0 ? Math.min(lostUs, lengthUs) : 0,
    facts,
  };
}

/** The same query of another database is something else. */
function databaseOf({ facts: { database = '' } }: Found): readonly string[] {
  return database === '' ? [] : [database];
}

/** The request as it is called: its method and route when they are known, else the span's name. */
function routeOf(trace: TraceSpans, entry: number): string {
  const route = factOf(trace, entry, 'http.route');
  const method = factOf(trace, entry, 'http.request.method', 'http.method').toUpperCase();
  return (route === '' || method === '' ? (trace.name[entry] ?? '') : `${method} ${route}`).slice(0, maxSubjectChars);
}

function fingerprint(...parts: readonly string[]): bigint {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readBigUInt64BE(0);
}

function joined(a: SeenFinding, b: SeenFinding): SeenFinding {
  return {
    ...a,
    spans: [...a.spans, ...b.spans].sort((x, y) => x - y),
    times: a.times + b.times,
    lostUs: a.lostUs + b.lostUs,
  };
}

import { isPoolSpan, placeOf } from '../calls.js';
import type { Detector, Found } from '../detector.js';
import { durationUs, factOf, numberOf, type TraceSpans } from '../trace-spans.js';

/** Waiting for a connection of a pool. Innocent is what waits for a new connection to be made, and short waits. */
export const poolStarvation: Detector = {
  kind: 'pool-starvation',
  title: 'Waiting for a connection',
  needs:
    'spans of the pool (`pool.acquire` as our SDK sends them, `pg-pool.connect`), or `bellwether.db.pool.wait_ms` on queries',
  find({ trace, thresholds }) {
    const leastUs = thresholds.poolWaitMs * 1000;
    const connecting = connectingUs(trace);
    const byEntry = new Map<string, { entry: number; pool: string; system: string; spans: number[]; lostUs: number }>();
    for (let span = 0; span < trace.count; span++) {
      const waitUs = waitOf(trace, span, connecting);
      if (waitUs < leastUs) continue;
      const entry = trace.entry[span] ?? span;
      const system = factOf(trace, span, 'db.system.name', 'db.system');
      const address = factOf(trace, span, 'server.address', 'net.peer.name');
      // As the pages of databases name it.
      const pool = `${system} ${factOf(trace, span, 'db.namespace', 'db.name') || address}`.trim();
      const key = `${entry}\n${pool}\n${address}`;
      const seen = byEntry.get(key) ?? { entry, pool, system, spans: [], lostUs: 0 };
      seen.spans.push(span);
      seen.lostUs = Math.max(seen.lostUs, waitUs);
      byEntry.set(key, seen);
    }
    return [...byEntry.values()].map(({ entry, pool, system, spans, lostUs }): Found => ({
      entry,
      subject: pool,
      spans,
      times: spans.length,
      lostUs,
      facts: { pool, system, waitMs: String(Math.round(lostUs / 1000)), place: placeOf(trace, spans) },
    }));
  },
};

function waitOf(trace: TraceSpans, span: number, connecting: ReadonlyMap<number, number>): number {
  const told = numberOf(trace, span, 'bellwether.db.pool.wait_ms');
  if (told !== undefined) return told * 1000;
  if (!isPoolSpan(trace.name[span] ?? '')) return 0;
  return Math.max(durationUs(trace, span) - (connecting.get(span) ?? 0), 0);
}

/** By span: the time that connections took to be made right below it. */
function connectingUs(trace: TraceSpans): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (let span = 0; span < trace.count; span++) {
    const above = trace.parent[span] ?? -1;
    if (above >= 0 && /connect|handshake|tls|dns|login|auth/i.test((trace.name[span] ?? '').slice(0, 100)))
      found.set(above, (found.get(above) ?? 0) + durationUs(trace, span));
  }
  return found;
}

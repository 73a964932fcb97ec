import type { CheckIncident } from '@bellwether/model';

/** From when to when a check was down; undefined: it still is. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number | undefined;
}

const hourMs = 3_600_000;

/** Whether it went down or up more often within the last hour than it may. 0: as often as it likes. */
export function isFlapping(outages: readonly Outage[], changesBeforeFlapping: number, nowMs: number): boolean {
  if (changesBeforeFlapping === 0) return false;
  const changes = changesOf(outages).filter(({ atMs }) => atMs > nowMs - hourMs && atMs <= nowMs);
  return changes.length > changesBeforeFlapping;
}

/** Outages as people tell of them, the newest first: those of an hour in which it changed more often than it may are one. Takes outages oldest first. */
export function incidentsOf(outages: readonly Outage[], changesBeforeFlapping: number): readonly CheckIncident[] {
  const goesOn = new Set<number>();
  const changes = changesOf(outages);
  if (changesBeforeFlapping > 0)
    for (const [last, change] of changes.entries()) {
      // So many changes and one more: when they lie within an hour, the outages from the first to the last are one.
      const first = changes[last - changesBeforeFlapping];
      if (first === undefined || change.atMs - first.atMs >= hourMs) continue;
      for (let outage = change.outage; outage > first.outage && !goesOn.has(outage); outage--) goesOn.add(outage);
    }
  const incidents: CheckIncident[] = [];
  for (const [at, { fromMs, toMs = null }] of outages.entries()) {
    const before = goesOn.has(at) ? incidents.pop() : undefined;
    incidents.push({
      fromMs: before?.fromMs ?? fromMs,
      toMs,
      downMs: before?.downMs === null || toMs === null ? null : (before?.downMs ?? 0) + toMs - fromMs,
      outages: (before?.outages ?? 0) + 1,
    });
  }
  return incidents.toReversed();
}

function changesOf(outages: readonly Outage[]): readonly { readonly atMs: number; readonly outage: number }[] {
  return outages.flatMap(({ fromMs, toMs }, outage) => [
    { atMs: fromMs, outage },
    ...(toMs === undefined ? [] : [{ atMs: toMs, outage }]),
  ]);
}

/** A trace that was looked at in this browser. */
export type RecentTrace = { readonly traceId: string; readonly name: string };

const storageKey = 'bellwether.traces';
const keptAtMost = 8;

/** The traces looked at lately, newest first. */
export function recentTraces(): readonly RecentTrace[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isRecentTrace) : [];
  } catch {
    return [];
  }
}

/** Remembers a trace; the same one moves to the top. */
export function rememberTrace(trace: RecentTrace): void {
  try {
    const others = recentTraces().filter(each => each.traceId !== trace.traceId);
    localStorage.setItem(storageKey, JSON.stringify([trace, ...others].slice(0, keptAtMost)));
  } catch {
    // Without storage nothing is remembered.
  }
}

function isRecentTrace(stored: unknown): stored is RecentTrace {
  if (typeof stored !== 'object' || stored === null || !('traceId' in stored) || !('name' in stored)) return false;
  return typeof stored.traceId === 'string' && typeof stored.name === 'string';
}

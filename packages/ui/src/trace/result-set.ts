/** The list a person came from, so that a trace can lead to the one before and after it. */
export type ResultSet = {
  readonly traceIds: readonly string[];
  /** The list had further pages. */
  readonly hasMore: boolean;
};

const storageKey = 'bellwether.trace-results';

/** Keeps the list for this tab of the browser. The trace's own link works without it. */
export function keepResultSet(results: ResultSet): void {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(results));
  } catch {
    // Without storage a trace simply has no neighbours.
  }
}

/** The list that holds `traceId`, if one was kept. */
export function keptResultSet(traceId: string): ResultSet | undefined {
  try {
    return readResultSet(sessionStorage.getItem(storageKey), traceId);
  } catch {
    return undefined;
  }
}

/** What was stored, if it is a list that holds `traceId`. */
export function readResultSet(stored: string | null, traceId: string): ResultSet | undefined {
  if (stored === null) return undefined;
  const value: unknown = JSON.parse(stored);
  if (typeof value !== 'object' || value === null || !('traceIds' in value) || !Array.isArray(value.traceIds)) {
    return undefined;
  }
  const traceIds = value.traceIds.filter(id => typeof id === 'string');
  return traceIds.includes(traceId) ? { traceIds, hasMore: 'hasMore' in value && value.hasMore === true } : undefined;
}

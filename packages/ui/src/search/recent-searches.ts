import type { FieldSignal } from '@bellwether/model';

const keptAtMost = 8;

function storageKey(signal: FieldSignal): string {
  return `bellwether.searches.${signal}`;
}

/** What was searched for lately, newest first. */
export function recentSearches(signal: FieldSignal): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey(signal)) ?? '[]');
    return Array.isArray(stored) ? stored.filter(each => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/** Remembers a search; the same one moves to the top. */
export function rememberSearch(signal: FieldSignal, query: string): void {
  const trimmed = query.trim();
  if (trimmed === '') return;
  try {
    const others = recentSearches(signal).filter(each => each !== trimmed);
    localStorage.setItem(storageKey(signal), JSON.stringify([trimmed, ...others].slice(0, keptAtMost)));
  } catch {
    // Without storage nothing is remembered.
  }
}

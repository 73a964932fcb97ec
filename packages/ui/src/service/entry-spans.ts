/** The requests and messages among the spans that a search finds: what the charts of a service count. */
export function entrySpans(q: string): string {
  return `${q} kind:(server OR consumer)`;
}

const maxChars = 512;

/**
 * A W3C trace state that tells a sampling threshold: `ot=th:…` stands first, what else OpenTelemetry's own entry says stays, and so do the entries of others
 * as far as there is room (https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/).
 */
export function withThreshold(traceState: string, threshold: string): string {
  const others: string[] = [];
  let own = `ot=th:${threshold}`;
  for (const entry of traceState.split(',')) {
    const text = entry.trim();
    if (!text.startsWith('ot=')) {
      if (text !== '') others.push(text);
      continue;
    }
    for (const part of text.slice(3).split(';')) if (!part.startsWith('th:') && part !== '') own += `;${part}`;
  }
  let state = own;
  for (const other of others) if (state.length + other.length < maxChars) state += `,${other}`;
  return state;
}

/**
 * The severity number (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber) for a level that came as text only; 0 when it is
 * not one of the usual words.
 */
export function severityNumberOf(text: string): number {
  return numbers.get(text.toLowerCase()) ?? 0;
}

const numbers: ReadonlyMap<string, number> = new Map([
  ['trace', 1],
  ['verbose', 1],
  ['debug', 5],
  ['info', 9],
  ['information', 9],
  ['log', 9],
  ['notice', 10],
  ['warn', 13],
  ['warning', 13],
  ['error', 17],
  ['err', 17],
  ['fatal', 21],
  ['critical', 21],
  ['crit', 21],
  ['alert', 22],
  ['emerg', 24],
  ['emergency', 24],
  ['panic', 24],
]);

/** Sentry's levels (and Python's numbers of old SDKs) as OpenTelemetry's severity numbers. */
const numbers: ReadonlyMap<string, number> = new Map([
  ['trace', 1],
  ['debug', 5],
  ['10', 5],
  ['info', 9],
  ['log', 9],
  ['20', 9],
  ['warn', 13],
  ['warning', 13],
  ['30', 13],
  ['error', 17],
  ['40', 17],
  ['fatal', 21],
  ['critical', 21],
  ['50', 21],
]);

export function severityOf(level: string): { readonly severityNumber: number; readonly severityText: string } {
  return { severityNumber: numbers.get(level.toLowerCase()) ?? 0, severityText: level };
}

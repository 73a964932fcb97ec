import type { MetricKind } from '../../core/metrics.js';

/** Units of UCUM as they end a metric's name; others stay as they are. https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1 */
const units: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['1', ''],
  ['%', 'percent'],
]);

const words = (text: string): readonly string[] => text.split(/[^A-Za-z0-9:]+/).filter(word => word !== '');

/** A unit as a word of a name; one in braces (`{request}`) only annotates. */
function unitWord(unit: string): string {
  return /[{}]/.test(unit) ? '' : words(units.get(unit) ?? unit).join('_');
}

/** `http.server.request.duration` in seconds is `http_server_request_duration_seconds`. A counter's family has no `_total`: its sample has. */
export function familyName(name: string, unit: string, kind: MetricKind): string {
  const parts = words(name).filter(word => !(kind === 'counter' && word === 'total'));
  const word = unitWord(unit.split('/')[0] ?? '');
  if (word !== '' && !parts.includes(word)) parts.push(word);
  if (kind === 'gauge' && unit === '1' && !parts.includes('ratio')) parts.push('ratio');
  const joined = parts.join('_');
  return /^[A-Za-z_:]/.test(joined) ? joined : `_${joined}`;
}

/** `http.route` is `http_route`. */
export function labelName(name: string): string {
  const clean = name.replaceAll(/[^A-Za-z0-9_]/gu, '_');
  return /^\d/.test(clean) ? `key_${clean}` : clean === '' ? '_' : clean;
}

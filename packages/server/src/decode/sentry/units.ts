/** Sentry's units (https://develop.sentry.dev/sdk/telemetry/metrics/) in UCUM, as OpenTelemetry writes them. A unit of the application's own becomes `{unit}`. */
const ucum: ReadonlyMap<string, string> = new Map([
  ['none', ''],
  ['nanosecond', 'ns'],
  ['microsecond', 'us'],
  ['millisecond', 'ms'],
  ['second', 's'],
  ['minute', 'min'],
  ['hour', 'h'],
  ['day', 'd'],
  ['week', 'wk'],
  ['bit', 'bit'],
  ['byte', 'By'],
  ['kilobyte', 'kBy'],
  ['kibibyte', 'KiBy'],
  ['megabyte', 'MBy'],
  ['mebibyte', 'MiBy'],
  ['gigabyte', 'GBy'],
  ['gibibyte', 'GiBy'],
  ['terabyte', 'TBy'],
  ['tebibyte', 'TiBy'],
  ['petabyte', 'PBy'],
  ['pebibyte', 'PiBy'],
  ['exabyte', 'EBy'],
  ['exbibyte', 'EiBy'],
  ['ratio', '1'],
  ['percent', '%'],
]);

export function unitOf(unit: string | undefined): string {
  if (unit === undefined) return '';
  return ucum.get(unit) ?? `{${unit.slice(0, 60)}}`;
}

/** What OpenTelemetry's rules need to know of a metric to name it as Prometheus does. */
export interface NamedMetric {
  readonly name: string;
  readonly unit: string;
  /** As in `metric_series.type`. */
  readonly type: string;
  readonly isMonotonic: boolean;
}

/** Units of UCUM as they end a metric's name. https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1 */
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
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
]);

/** The same after a slash: `By/s` is bytes per second. */
const perUnits: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

/** The unit as words of a name; one in braces (`{request}`) only annotates and is left out. */
function unitWords(unit: string): { readonly main: string; readonly per: string } {
  const [main = '', per = ''] = unit.split(/\/(.*)/s).map(part => part.trim());
  return { main: unitWord(main, units), per: unitWord(per, perUnits) };
}

function unitWord(part: string, known: ReadonlyMap<string, string>): string {
  return /[{}]/.test(part) ? '' : words(known.get(part) ?? part).join('_');
}

const words = (text: string): string[] => text.split(/[^A-Za-z0-9:]+/).filter(part => part !== '');

/**
 * A metric's name in Prometheus' form: `http.server.request.duration` in seconds is `http_server_request_duration_seconds`, a monotonic sum ends in `_total`,
 * a gauge of unit 1 in `_ratio`.
 */
export function prometheusName({ name, unit, type, isMonotonic }: NamedMetric): string {
  let tokens = words(name);
  const { main, per } = unitWords(unit);
  if (main !== '' && !tokens.includes(main)) tokens.push(main);
  if (per !== '' && !tokens.includes(per)) tokens.push('per', per);
  const last = type === 'sum' && isMonotonic ? 'total' : type === 'gauge' && unit === '1' ? 'ratio' : undefined;
  if (last !== undefined) tokens = [...tokens.filter(token => token !== last), last];
  const joined = tokens.join('_');
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

/** An attribute's name as a label's: `http.route` is `http_route`. */
export function prometheusLabel(name: string): string {
  const clean = name.replaceAll(/[^A-Za-z0-9_]/gu, '_');
  return /^\d/.test(clean) ? `key_${clean}` : clean;
}

/** The true name of a label in a path: `U__http_2e_route` is `http.route` (Prometheus' escaping of names that are not plain). */
export function unescapedName(name: string): string {
  if (!name.startsWith('U__')) return name;
  let out = '';
  const rest = name.slice(3);
  for (let at = 0; at < rest.length;) {
    const found = /^(?:__|_([0-9a-fA-F]{1,6})_)/.exec(rest.slice(at, at + 8));
    const code = found?.[1] === undefined ? undefined : Number.parseInt(found[1], 16);
    if (found === null || (code !== undefined && (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)))) {
      // Not escaped as the rules say: then it is meant as it stands.
      if (rest[at] === '_') return name;
      out += rest[at++];
      continue;
    }
    out += code === undefined ? '_' : String.fromCodePoint(code);
    at += found[0].length;
  }
  return out;
}

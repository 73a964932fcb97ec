/** A value as text, its unit apart so that it can be drawn smaller. */
export interface ValueText {
  readonly prefix: string;
  readonly text: string;
  readonly suffix: string;
}

export type UnitFormat = (value: number, decimals: number | undefined) => ValueText;

const minus = '−';

/** Three significant digits, or as many decimals as asked for; a real minus; `1,234`. */
function digits(value: number, decimals: number | undefined): string {
  const size = Math.abs(value);
  const text =
    decimals === undefined
      ? size >= 100
        ? group(size.toFixed(0))
        : String(Number(size.toPrecision(3)))
      : group(size.toFixed(Math.min(Math.max(Math.round(decimals), 0), 15)));
  return value < 0 && Number(text.replaceAll(',', '')) !== 0 ? `${minus}${text}` : text;
}

function group(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function withSuffix(suffix: string, factor = 1): UnitFormat {
  return (value, decimals) => ({
    prefix: '',
    text: digits(value * factor, decimals),
    suffix: suffix === '' ? '' : ` ${suffix}`,
  });
}

interface Scale {
  readonly base: number;
  /** From the smallest step up. */
  readonly steps: readonly string[];
  /** Which step the value comes in. */
  readonly at: number;
  readonly gap: string;
  readonly unit: string;
}

/** `1234` → `1.23k`: the step in which the number has one to three digits. */
function scaled({ base, steps, at, gap, unit }: Scale): UnitFormat {
  return (value, decimals) => {
    let step = at;
    let size = value;
    if (Number.isFinite(size) && size !== 0) {
      while (Math.abs(size) >= base && step < steps.length - 1) {
        size /= base;
        step += 1;
      }
      while (Math.abs(size) < 1 && step > 0) {
        size *= base;
        step -= 1;
      }
    }
    const suffix = `${steps[step] ?? ''}${unit}`;
    return { prefix: '', text: digits(size, decimals), suffix: suffix === '' ? '' : `${gap}${suffix}` };
  };
}

const counts = ['', 'k', 'M', 'B', 'T'];
const metric = ['n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P'];
const above = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const short = scaled({ base: 1000, steps: counts, at: 0, gap: '', unit: '' });
const per =
  (unit: string): UnitFormat =>
  (value, decimals) => {
    const { prefix, text, suffix } = short(value, decimals);
    return { prefix, text, suffix: `${suffix} ${unit}` };
  };
const si = (unit: string, at = 3): UnitFormat => scaled({ base: 1000, steps: metric, at, gap: ' ', unit });
const decimal = (unit: string, at = 0): UnitFormat => scaled({ base: 1000, steps: above, at, gap: ' ', unit });
const iec = (unit: string, at = 0): UnitFormat => scaled({ base: 1024, steps: binary, at, gap: ' ', unit });

const longTimes = [
  ['y', 31_536_000],
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** A duration in seconds: below a minute in ns to s, then in the largest unit that fits. */
function duration(factor: number): UnitFormat {
  return (value, decimals) => {
    const seconds = value * factor;
    const size = Math.abs(seconds);
    if (size === 0) return { prefix: '', text: '0', suffix: ' s' };
    for (const [below, unit, scale] of [
      [1e-6, 'ns', 1e9],
      [1e-3, 'µs', 1e6],
      [1, 'ms', 1e3],
      [60, 's', 1],
    ] as const) {
      if (size < below) return { prefix: '', text: digits(seconds * scale, decimals), suffix: ` ${unit}` };
    }
    const [unit, inSeconds] = longTimes.find(([, least]) => size >= least) ?? ['s', 1];
    return { prefix: '', text: digits(seconds / inSeconds, decimals), suffix: ` ${unit}` };
  };
}

/** Uptimes and the like: `4 d 2 h`. */
function longDuration(factor: number): UnitFormat {
  return (value, decimals) => {
    const seconds = Math.abs(value * factor);
    const first = longTimes.findIndex(([, least]) => seconds >= least);
    const large = longTimes[first];
    const small = longTimes[first + 1];
    if (large === undefined || small === undefined) return duration(factor)(value, decimals);
    const whole = Math.round(seconds / small[1]) * small[1];
    const rest = Math.round((whole % large[1]) / small[1]);
    const text = `${Math.floor(whole / large[1])} ${large[0]}${rest === 0 ? '' : ` ${rest} ${small[0]}`}`;
    return { prefix: value < 0 ? minus : '', text, suffix: '' };
  };
}

/** `01:02:03`. */
function clock(factor: number): UnitFormat {
  return value => {
    const seconds = Math.round(Math.abs(value * factor));
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return {
      prefix: value < 0 ? minus : '',
      text: parts.map(part => String(part).padStart(2, '0')).join(':'),
      suffix: '',
    };
  };
}

function percent(factor: number): UnitFormat {
  return (value, decimals) => {
    const size = Math.abs(value * factor);
    return {
      prefix: '',
      text: digits(value * factor, decimals ?? (size >= 99.95 || size === 0 ? 0 : size < 10 ? 2 : 1)),
      suffix: '%',
    };
  };
}

function money(symbol: string): UnitFormat {
  return (value, decimals) => {
    const { text, suffix } = short(Math.abs(value), decimals ?? (Math.abs(value) < 1000 ? 2 : undefined));
    return { prefix: `${value < 0 ? minus : ''}${symbol}`, text, suffix };
  };
}

function moment(write: (date: Date) => string): UnitFormat {
  return value => ({ prefix: '', suffix: '', text: Math.abs(value) < 8.64e15 ? write(new Date(value)) : '–' });
}

const iso = (date: Date): string => `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function ago(date: Date): string {
  const seconds = (Date.now() - date.getTime()) / 1000;
  const { prefix, text, suffix } = longDuration(1)(Math.abs(seconds), 0);
  return seconds < 0 ? `in ${prefix}${text}${suffix}` : `${prefix}${text}${suffix} ago`;
}

function words(no: string, yes: string): UnitFormat {
  return value => ({ prefix: '', text: value === 0 ? no : yes, suffix: '' });
}

const symbols: { readonly [code: string]: string } = {
  USD: '$',
  EUR: '€',
  GBP: '£',
  JPY: '¥',
  CNY: '¥',
  INR: '₹',
  KRW: '₩',
  BRL: 'R$',
  RUB: '₽',
  UAH: '₴',
  PLN: 'zł ',
  CHF: 'CHF ',
  SEK: 'kr ',
  NOK: 'kr ',
  DKK: 'kr ',
  CZK: 'Kč ',
  AUD: '$',
  CAD: '$',
  BTC: '₿',
  mBTC: 'm₿',
  TRY: '₺',
  ZAR: 'R ',
  HUF: 'Ft ',
  ISK: 'kr ',
  TWD: 'NT$',
  VND: '₫',
  PHP: 'PHP ',
};

const units = new Map<string, UnitFormat>([
  ['none', withSuffix('')],
  ['', short],
  ['short', short],
  ['sishort', decimal('')],
  [
    'locale',
    (value, decimals) => ({
      prefix: '',
      text: digits(value, decimals ?? (Number.isInteger(value) ? 0 : undefined)),
      suffix: '',
    }),
  ],
  ['sci', (value, decimals) => ({ prefix: '', text: value.toExponential(decimals), suffix: '' })],
  ['hex', value => ({ prefix: '', text: Math.round(value).toString(16).toUpperCase(), suffix: '' })],
  ['hex0x', value => ({ prefix: '0x', text: Math.round(value).toString(16).toUpperCase(), suffix: '' })],
  ['string', withSuffix('')],
  ['percent', percent(1)],
  ['percentunit', percent(100)],
  ['humidity', withSuffix('%H')],
  ['dB', withSuffix('dB')],
  ['ppm', withSuffix('ppm')],
  ['bool', words('False', 'True')],
  ['bool_yes_no', words('No', 'Yes')],
  ['bool_on_off', words('Off', 'On')],
  // Durations
  ['ns', duration(1e-9)],
  ['µs', duration(1e-6)],
  ['us', duration(1e-6)],
  ['ms', duration(1e-3)],
  ['s', duration(1)],
  ['m', duration(60)],
  ['h', duration(3600)],
  ['d', duration(86_400)],
  ['dtdurations', longDuration(1)],
  ['dtdurationms', longDuration(1e-3)],
  ['dthms', clock(1)],
  ['dtdhms', clock(1)],
  ['clocks', clock(1)],
  ['clockms', clock(1e-3)],
  ['timeticks', longDuration(0.01)],
  // Data
  ['bytes', iec('B')],
  ['kbytes', iec('B', 1)],
  ['mbytes', iec('B', 2)],
  ['gbytes', iec('B', 3)],
  ['tbytes', iec('B', 4)],
  ['bits', iec('b')],
  ['decbytes', decimal('B')],
  ['deckbytes', decimal('B', 1)],
  ['decmbytes', decimal('B', 2)],
  ['decgbytes', decimal('B', 3)],
  ['dectbytes', decimal('B', 4)],
  ['decbits', decimal('b')],
  ['Bps', decimal('B/s')],
  ['KBs', decimal('B/s', 1)],
  ['MBs', decimal('B/s', 2)],
  ['GBs', decimal('B/s', 3)],
  ['TBs', decimal('B/s', 4)],
  ['binBps', iec('B/s')],
  ['KiBs', iec('B/s', 1)],
  ['MiBs', iec('B/s', 2)],
  ['GiBs', iec('B/s', 3)],
  ['bps', decimal('b/s')],
  ['Kbits', decimal('b/s', 1)],
  ['Mbits', decimal('b/s', 2)],
  ['Gbits', decimal('b/s', 3)],
  ['binbps', iec('b/s')],
  ['pps', decimal('p/s')],
  // Throughput
  ['cps', per('c/s')],
  ['ops', per('ops/s')],
  ['reqps', per('req/s')],
  ['rps', per('rd/s')],
  ['wps', per('wr/s')],
  ['iops', per('io/s')],
  ['eps', per('evt/s')],
  ['mps', per('msg/s')],
  ['recps', per('rec/s')],
  ['rowsps', per('rows/s')],
  ['cpm', per('c/min')],
  ['opm', per('ops/min')],
  ['reqpm', per('req/min')],
  ['rpm', per('rd/min')],
  ['wpm', per('wr/min')],
  ['epm', per('evt/min')],
  ['hashs', decimal('H/s')],
  // Physics
  ['celsius', withSuffix('°C')],
  ['fahrenheit', withSuffix('°F')],
  ['farenheit', withSuffix('°F')],
  ['kelvin', withSuffix('K')],
  ['hertz', si('Hz')],
  ['rothz', si('Hz')],
  ['rotrpm', withSuffix('rpm')],
  ['watt', si('W')],
  ['kwatt', si('W', 4)],
  ['megwatt', si('W', 5)],
  ['watth', si('Wh')],
  ['kwatth', si('Wh', 4)],
  ['joule', si('J')],
  ['amp', si('A')],
  ['mamp', si('A', 2)],
  ['volt', si('V')],
  ['mvolt', si('V', 2)],
  ['voltamp', si('VA')],
  ['ohm', si('Ω')],
  ['dBm', withSuffix('dBm')],
  ['degree', withSuffix('°')],
  ['pressurebar', si('bar')],
  ['pressurehpa', withSuffix('hPa')],
  ['lengthm', si('m')],
  ['lengthmm', si('m', 2)],
  ['lengthkm', si('m', 4)],
  ['massg', si('g')],
  ['masskg', si('g', 4)],
  ['litre', si('L')],
  ['mlitre', si('L', 2)],
  ['velocityms', withSuffix('m/s')],
  ['velocitykmh', withSuffix('km/h')],
  ['flops', decimal('FLOPS')],
  // Moments, in milliseconds since 1970
  ['dateTimeAsIso', moment(iso)],
  ['dateTimeAsIsoNoDateIfToday', moment(iso)],
  ['dateTimeAsUS', moment(iso)],
  ['dateTimeAsUSNoDateIfToday', moment(iso)],
  ['dateTimeAsLocal', moment(iso)],
  ['dateTimeAsLocalNoDateIfToday', moment(iso)],
  ['dateTimeAsSystem', moment(iso)],
  ['dateTimeFromNow', moment(ago)],
  ['time', moment(iso)],
]);

/** How a unit of Grafana is written here; undefined for one that is not known. */
export function unitFormat(id: string): UnitFormat | undefined {
  const known = units.get(id);
  if (known !== undefined) return known;
  const [, kind, rest = ''] = /^(prefix|suffix|si|count|currency|time|bool):(.*)$/s.exec(id) ?? [];
  switch (kind) {
    case 'suffix':
      return withSuffix(rest);
    case 'prefix':
      return (value, decimals) => ({ prefix: rest, text: digits(value, decimals), suffix: '' });
    case 'si':
      return si(rest.replace(/^[nµmkMGTP](?=[A-Za-z])/, ''), siStep(rest));
    case 'count':
      return per(rest);
    case 'currency':
      return money(symbols[rest] ?? rest);
    case 'time':
      return moment(iso);
    case 'bool': {
      const [yes = 'True', no = 'False'] = rest.split('/');
      return words(no, yes);
    }
    default:
      return /^currency\w+$/.test(id) ? money(symbols[id.slice(8)] ?? `${id.slice(8)} `) : undefined;
  }
}

function siStep(unit: string): number {
  const at = /^[nµmkMGTP](?=[A-Za-z])/.test(unit) ? metric.indexOf(unit.slice(0, 1)) : 3;
  return at < 0 ? 3 : at;
}

/** Whether a unit grows in steps of 1024: its axis should have round numbers of that kind. */
export function isBinaryUnit(id: string): boolean {
  return /^(?:[kmgt]?bytes|bits|binBps|binbps|[KMG]iBs)$/.test(id);
}

/** A number in a unit; a unit that is not known stands behind the number as it is called. */
export function formatUnit(value: number, unit: string, decimals: number | undefined): ValueText {
  if (value === Infinity || value === -Infinity) return { prefix: '', text: value > 0 ? '∞' : `${minus}∞`, suffix: '' };
  const format = unitFormat(unit) ?? withSuffix(unit);
  return format(value, decimals);
}

/** The units that the editor offers. */
export const commonUnits: readonly { readonly id: string; readonly name: string }[] = [
  { id: '', name: 'Number (1.2k)' },
  { id: 'none', name: 'Number as it is' },
  { id: 'percent', name: 'Percent (0 to 100)' },
  { id: 'percentunit', name: 'Percent (0 to 1)' },
  { id: 's', name: 'Seconds' },
  { id: 'ms', name: 'Milliseconds' },
  { id: 'dtdurations', name: 'Long time (4 d 2 h)' },
  { id: 'bytes', name: 'Bytes (KiB)' },
  { id: 'decbytes', name: 'Bytes (kB)' },
  { id: 'Bps', name: 'Bytes per second' },
  { id: 'bps', name: 'Bits per second' },
  { id: 'reqps', name: 'Requests per second' },
  { id: 'ops', name: 'Operations per second' },
  { id: 'currencyUSD', name: 'Dollars' },
  { id: 'currencyEUR', name: 'Euro' },
  { id: 'celsius', name: 'Degrees Celsius' },
  { id: 'hertz', name: 'Hertz' },
  { id: 'dateTimeAsIso', name: 'Date and time' },
];

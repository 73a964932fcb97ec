/** Every number and time that a page shows is turned into text here, and nowhere else. */

/** What stands for a value that does not exist. Its tooltip says why. */
export const missing = '–';

/** A value and its unit apart, for headlines that draw the unit smaller. */
export type ValueAndUnit = { readonly value: string; readonly unit: string };

type Maybe = number | null | undefined;

/** An IANA zone, or undefined for the zone of the browser. */
export type Zone = string | undefined;

const minus = '−';
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

function absent(value: Maybe): value is null | undefined {
  return value === null || value === undefined || !Number.isFinite(value);
}

/** At most three significant digits, without exponent: 3.104 → '3.1', 806.3 → '806'. */
function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function signed(text: string, value: number): string {
  return value < 0 ? `${minus}${text}` : text;
}

const durationSteps = [
  { unit: 'ns', ns: 1, below: 1000 },
  { unit: 'µs', ns: 1e3, below: 1000 },
  { unit: 'ms', ns: 1e6, below: 1000 },
  { unit: 's', ns: 1e9, below: 60 },
] as const;

const longSteps = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'm', seconds: 60 },
  { unit: 's', seconds: 1 },
] as const;

/** `471` and `ms`; from 60 s the two largest units are the value: `2 m 14 s`. */
export function durationParts(ms: Maybe): ValueAndUnit {
  if (absent(ms)) return { value: missing, unit: '' };
  if (ms === 0) return { value: '0', unit: 'ms' };
  const ns = Math.abs(ms) * 1e6;
  for (const step of durationSteps) {
    const inUnit = ns / step.ns;
    const text = step.unit === 'ns' ? inUnit.toFixed(0) : threeDigits(inUnit);
    if (Number(text) < step.below) return { value: signed(text, ms), unit: step.unit };
  }
  return { value: signed(twoUnits(Math.round(ns / 1e9)), ms), unit: '' };
}

function twoUnits(wholeSeconds: number): string {
  const first = longSteps.findIndex(step => wholeSeconds >= step.seconds);
  const large = longSteps[first];
  const small = longSteps[first + 1];
  if (large === undefined || small === undefined) return `${wholeSeconds} s`;
  // Round to the smaller unit first, so that 3599.6 s is 1 h and not 59 m 60 s.
  const rounded = Math.round(wholeSeconds / small.seconds) * small.seconds;
  if (first > 0 && rounded >= (longSteps[first - 1]?.seconds ?? Infinity)) return twoUnits(rounded);
  const rest = (rounded % large.seconds) / small.seconds;
  const head = `${grouped.format(Math.floor(rounded / large.seconds))} ${large.unit}`;
  return rest === 0 ? head : `${head} ${rest} ${small.unit}`;
}

/** `84 µs` `3.1 ms` `806 ms` `1.28 s` `2 m 14 s` `4 d 2 h`. */
export function formatDuration(ms: Maybe): string {
  return joined(durationParts(ms));
}

/** As `formatDuration`, for microseconds. */
export function formatDurationUs(us: Maybe): string {
  return formatDuration(absent(us) ? us : us / 1000);
}

function joined({ value, unit }: ValueAndUnit): string {
  return unit === '' ? value : `${value} ${unit}`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `512 B` `18.4 KiB` `2.10 GiB`. */
export function formatBytes(bytes: Maybe): string {
  if (absent(bytes)) return missing;
  let size = Math.abs(bytes);
  for (const unit of byteUnits) {
    const text = unit === 'B' ? size.toFixed(0) : size >= 100 ? size.toFixed(0) : size.toPrecision(3);
    if (Number(text) < 1024 || unit === 'PiB') return signed(`${text} ${unit}`, bytes);
    size /= 1024;
  }
  return missing;
}

/** As `formatBytes`, without the zeros behind the point: `64 MiB` `1.5 GiB`, for axes. */
export function formatBytesShort(bytes: Maybe): string {
  return formatBytes(bytes).replace(/(\.\d*?)0+ /, (_, kept: string) => (kept === '.' ? ' ' : `${kept} `));
}

const countSteps = [
  { unit: 'k', size: 1e3 },
  { unit: 'M', size: 1e6 },
  { unit: 'B', size: 1e9 },
  { unit: 'T', size: 1e12 },
] as const;

/** Full to 9,999, then compact: `8,904` `12.8k` `1.46M`. The exact value goes into the tooltip (`formatExact`). */
export function formatCount(count: Maybe): string {
  if (absent(count)) return missing;
  const size = Math.abs(count);
  if (size < 9_999.5) return signed(grouped.format(Math.round(size)), count);
  for (const step of countSteps) {
    const text = threeDigits(size / step.size);
    if (Number(text) < 1000 || step.unit === 'T') return signed(`${text}${step.unit}`, count);
  }
  return missing;
}

/** On the axis of what is counted one by one: lines between whole numbers have no name. */
export const formatWhole = (count: number): string => (Number.isInteger(count) ? formatCount(count) : '');

/** A value of any size without a unit, three digits: `0.371` `41.8` `9,210` `12.8k`; below a thousandth with an exponent: `4.2e-5`. */
export function formatNumber(value: Maybe): string {
  if (absent(value)) return missing;
  const size = Math.abs(value);
  if (size >= 999.5) return formatCount(value);
  if (size !== 0 && size < 0.001) return signed(String(Number(size.toPrecision(3)).toExponential()), value);
  return signed(threeDigits(size), value);
}

/** CPUs in use: `1.25` `0.045` `<0.001`. */
export function formatCores(cores: Maybe): string {
  if (absent(cores) || cores === 0 || cores >= 1) return formatNumber(cores);
  return cores < 0.001 ? '<0.001' : cores.toFixed(3);
}

/** `1 span`, `12.8k spans`. */
export function formatCounted(count: Maybe, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `12,804`: every digit. */
export function formatExact(count: Maybe): string {
  return absent(count) ? missing : signed(grouped.format(Math.abs(count)), count);
}

/** `41.8` and `/s`; below 0.1/s per minute. */
export function rateParts(perSecond: Maybe): ValueAndUnit {
  if (absent(perSecond)) return { value: missing, unit: '' };
  if (perSecond === 0) return { value: '0', unit: '/s' };
  const size = Math.abs(perSecond);
  if (size < 0.1) {
    const perMinute = size * 60;
    const text = perMinute < 0.01 ? '<0.01' : perMinute < 0.1 ? perMinute.toFixed(2) : String(round1(perMinute));
    return { value: signed(text, perSecond), unit: '/min' };
  }
  return { value: signed(size < 99.95 ? size.toFixed(1) : formatCount(size), perSecond), unit: '/s' };
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

/** `41.8/s` `3.2/min`. */
export function formatRate(perSecond: Maybe): string {
  const { value, unit } = rateParts(perSecond);
  return `${value}${unit}`;
}

/** A share of 0 to 1 as `2.41%` `38.2%` `<0.01%`. */
export function formatPercent(ratio: Maybe): string {
  if (absent(ratio)) return missing;
  const percent = Math.abs(ratio) * 100;
  if (percent > 0 && percent < 0.01) return `${ratio < 0 ? minus : ''}<0.01%`;
  if (percent < 9.995) return signed(`${percent.toFixed(2)}%`, ratio);
  if (percent < 100 && percent > 99.9) return '>99.9%';
  return signed(`${String(Number(percent.toFixed(1)) === 100 ? 100 : percent.toFixed(1))}%`, ratio);
}

/** Whole percent, for a share of something shown as a bar: `62%`, `<1%`. */
export function formatShare(ratio: Maybe): string {
  if (absent(ratio)) return missing;
  return ratio > 0 && ratio < 0.005 ? '<1%' : `${Math.round(ratio * 100)}%`;
}

/** The difference of two shares in percentage points: `+2.19 pp`. */
export function formatPoints(ratioDifference: Maybe): string {
  if (absent(ratioDifference)) return missing;
  const points = Math.abs(ratioDifference) * 100;
  const text = points < 9.995 ? points.toFixed(2) : points.toFixed(1);
  return withSign(text, ratioDifference, Number(text) === 0, ' pp');
}

/** A relative change, 1.59 → `+159%`. */
export function formatChange(ratio: Maybe): string {
  if (absent(ratio)) return missing;
  const percent = Math.round(Math.abs(ratio) * 100);
  if (percent > 9_999) return `${ratio < 0 ? minus : '+'}>9,999%`;
  return withSign(grouped.format(percent), ratio, percent === 0, '%');
}

/** A signed difference of a score with two decimals: `−0.17`. */
export function formatDifference(difference: Maybe): string {
  if (absent(difference)) return missing;
  const text = Math.abs(difference).toFixed(2);
  return withSign(text, difference, Number(text) === 0, '');
}

function withSign(text: string, value: number, isZero: boolean, unit: string): string {
  if (isZero) return `0${unit}`;
  return `${value < 0 ? minus : '+'}${text}${unit}`;
}

/** A score of 0 to 1 with two decimals, as Apdex; a mean of what is counted one by one. */
export function formatScore(score: Maybe): string {
  return absent(score) ? missing : score.toFixed(2);
}

/** Integer minor units and an ISO 4217 code: (1840000, 'EUR') → `€18,400`, (191240, 'EUR') → `€1,912.40`. */
export function formatMoney(minorUnits: Maybe, currency: string): string {
  if (absent(minorUnits)) return missing;
  const digits = new Intl.NumberFormat('en-US', { style: 'currency', currency }).resolvedOptions();
  const fraction = digits.maximumFractionDigits ?? 2;
  const whole = minorUnits % 10 ** fraction === 0;
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: whole ? 0 : fraction,
    maximumFractionDigits: fraction,
  });
  return signed(format.format(Math.abs(minorUnits) / 10 ** fraction), minorUnits);
}

const dateFormats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(zone: Zone, options: Intl.DateTimeFormatOptions, locale = 'en-US'): Intl.DateTimeFormat {
  const key = `${locale} ${zone ?? ''} ${JSON.stringify(options)}`;
  let format = dateFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, {
      hourCycle: 'h23',
      ...options,
      ...(zone !== undefined && { timeZone: zone }),
    });
    dateFormats.set(key, format);
  }
  return format;
}

const hourMinute = { hour: '2-digit', minute: '2-digit' } as const;
const hourMinuteSecond = { ...hourMinute, second: '2-digit' } as const;
const monthDay = { month: 'short', day: 'numeric' } as const;

/** `14:20`. */
export function formatClock(epochMs: Maybe, zone?: Zone): string {
  return absent(epochMs) ? missing : dateFormat(zone, hourMinute).format(epochMs);
}

/** `14:20:07`. */
export function formatClockSeconds(epochMs: Maybe, zone?: Zone): string {
  return absent(epochMs) ? missing : dateFormat(zone, hourMinuteSecond).format(epochMs);
}

/** `14:14:07.218`; logs and traces only. */
export function formatClockMs(epochMs: Maybe, zone?: Zone): string {
  return absent(epochMs)
    ? missing
    : dateFormat(zone, { ...hourMinuteSecond, fractionalSecondDigits: 3 }).format(epochMs);
}

/** `Nov 21`. */
export function formatDay(epochMs: Maybe, zone?: Zone): string {
  return absent(epochMs) ? missing : dateFormat(zone, monthDay).format(epochMs);
}

/** `Nov 21, 14:07`, with the year when it is another one than now. */
export function formatDateTime(epochMs: Maybe, zone?: Zone, nowMs: number = Date.now()): string {
  if (absent(epochMs)) return missing;
  const year = dateFormat(zone, { year: 'numeric' });
  const sameYear = year.format(epochMs) === year.format(nowMs);
  const day = dateFormat(zone, sameYear ? monthDay : { ...monthDay, year: 'numeric' }).format(epochMs);
  return `${day}, ${formatClock(epochMs, zone)}`;
}

/** `Nov 21, 2026, 14:14:07.218 CET`: everything, for tooltips. */
export function formatFull(epochMs: Maybe, zone?: Zone): string {
  if (absent(epochMs)) return missing;
  const day = dateFormat(zone, { ...monthDay, year: 'numeric' }).format(epochMs);
  return `${day}, ${formatClockMs(epochMs, zone)} ${zoneName(epochMs, zone)}`;
}

/** `CET`, `UTC`, `GMT+5:30`. */
export function zoneName(epochMs: number, zone?: Zone): string {
  // American English knows the American abbreviations, British English the European ones.
  const names = ['en-US', 'en-GB'].map(locale => {
    const format = dateFormat(zone, { timeZoneName: 'short' }, locale);
    return format.formatToParts(epochMs).find(part => part.type === 'timeZoneName')?.value ?? '';
  });
  return names.find(name => !name.startsWith('GMT+') && !name.startsWith('GMT-')) ?? names[0] ?? '';
}

/** `11 min ago` under 24 h, else `Nov 20, 14:07`. */
export function formatAgo(epochMs: Maybe, nowMs: number, zone?: Zone): string {
  if (absent(epochMs)) return missing;
  const seconds = Math.round((nowMs - epochMs) / 1000);
  if (Math.abs(seconds) >= 86_400) return formatDateTime(epochMs, zone, nowMs);
  const text = shortSpan(Math.abs(seconds));
  if (text === undefined) return 'just now';
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

function shortSpan(seconds: number): string | undefined {
  if (seconds < 5) return undefined;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_570) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

/** `13:20 to 14:20`; with days when they differ from today or each other: `Nov 20, 13:20 to Nov 21, 14:20`. */
export function formatRange(fromMs: number, toMs: number, nowMs: number, zone?: Zone): string {
  const day = dateFormat(zone, { ...monthDay, year: 'numeric' });
  const oneDay = day.format(fromMs) === day.format(toMs);
  if (oneDay && day.format(fromMs) === day.format(nowMs))
    return `${formatClock(fromMs, zone)} to ${formatClock(toMs, zone)}`;
  const from = formatDateTime(fromMs, zone, nowMs);
  return `${from} to ${oneDay ? formatClock(toMs, zone) : formatDateTime(toMs, zone, nowMs)}`;
}

/** A bucket of a chart: `14:14:00 to 14:14:30`, in whole minutes when it is; with the day for steps of hours. */
export function formatStep(fromMs: number, stepMs: number, zone?: Zone): string {
  const clock = stepMs % 60_000 === 0 && fromMs % 60_000 === 0 ? formatClock : formatClockSeconds;
  const text = `${clock(fromMs, zone)} to ${clock(fromMs + stepMs, zone)}`;
  return stepMs >= 1_800_000 ? `${formatDay(fromMs, zone)}, ${text}` : text;
}

/** Nanoseconds as decimal text to whole milliseconds. */
export function nsToMs(ns: string): number {
  return ns.length > 6 ? Number(ns.slice(0, -6)) : 0;
}

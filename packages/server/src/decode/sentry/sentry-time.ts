import type { Json } from './exact-json.js';

const latestNs = 2n ** 63n - 1n;

/**
 * A time as Sentry's SDKs write it, in nanoseconds since 1970: seconds with a fraction (1795234935.6889026), as a number's text or a text, or ISO 8601
 * (without a zone: UTC). Digits are read as they stand, so nothing is rounded. Undefined when it is no time, or none that fits.
 */
export function timeNs(value: Json | undefined): bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return timeNs(String(value));
  if (typeof value !== 'string' || value.length > 60) return undefined;
  const ns = secondsNs(value) ?? isoNs(value);
  return ns !== undefined && ns > 0n && ns <= latestNs ? ns : undefined;
}

function secondsNs(text: string): bigint | undefined {
  const match = /^(\d{1,12})(?:\.(\d{1,40}))?$/.exec(text);
  if (match !== null) return BigInt(match[1] ?? '') * 1_000_000_000n + fractionNs(match[2]);
  if (!/^\d+(\.\d+)?[eE][+-]?\d{1,2}$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds < 1e12 ? BigInt(Math.round(seconds * 1e6)) * 1000n : undefined;
}

function isoNs(text: string): bigint | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,40}))?\s?(Z|UTC|[+-]\d\d:?\d\d)?$/i.exec(text.trim()) ?? [];
  const [, date, time, fraction, zone = 'Z'] = match;
  if (date === undefined || time === undefined) return undefined;
  const offset = /^[+-]/.test(zone) ? zone.replace(/^(...)(\d\d)$/, '$1:$2') : 'Z';
  const ms = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + fractionNs(fraction);
}

/** The digits behind the point; what is finer than a nanosecond is cut off. */
function fractionNs(digits = ''): bigint {
  return BigInt(digits.slice(0, 9).padEnd(9, '0'));
}

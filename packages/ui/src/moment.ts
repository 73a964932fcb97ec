import type { Zone } from './format.js';

const minute = 60_000;
const hour = 60 * minute;

/** Seconds (9 or 10 digits, perhaps with decimals), milliseconds (12 or 13), microseconds or nanoseconds since 1970. */
export function parseEpoch(text: string): number | undefined {
  if (!/^\d{9,19}(\.\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  const digits = text.split('.')[0]?.length ?? 0;
  if (digits <= 10) return Math.round(value * 1000);
  if (digits <= 13) return Math.round(value);
  return Math.round(value / (digits <= 16 ? 1e3 : 1e6));
}

const iso =
  /^\[?(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?\]?$/i;

/** ISO 8601 with or without a time and an offset, also as logs write it: `[2026-11-21 13:04:05,123]`. Without an offset it is meant in the zone. */
export function parseIso(text: string, zone: Zone): number | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const [, year, month, date, hours = '0', minutes = '0', seconds = '0', fraction = '0', offset] = match;
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hours), Number(minutes), Number(seconds));
  if (Number(month) > 12 || Number(date) > 31 || Number(hours) > 24 || Number(minutes) > 59) return undefined;
  const ms = Math.floor(Number(`0.${fraction}`) * 1000);
  return (offset === undefined ? wallToEpoch(wall, zone) : wall - offsetMs(offset)) + ms;
}

/** `+01:00`, `-0530` in milliseconds; anything else is 0. */
export function offsetMs(offset: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(offset);
  if (match === null) return 0;
  const size = Number(match[2]) * hour + Number(match[3]) * minute;
  return match[1] === '-' ? -size : size;
}

const wallFormats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in the zone shows at `epochMs`, written as if it were UTC. */
export function epochToWall(epochMs: number, zone: Zone): number {
  const key = zone ?? '';
  let format = wallFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      ...(zone !== undefined && { timeZone: zone }),
    });
    wallFormats.set(key, format);
  }
  const part: { [type: string]: number } = {};
  for (const { type, value } of format.formatToParts(epochMs)) part[type] = Number(value);
  const { year = 1970, month = 1, day: date = 1, hour: hours = 0, minute: minutes = 0, second: seconds = 0 } = part;
  return Date.UTC(year, month - 1, date, hours, minutes, seconds) + (((epochMs % 1000) + 1000) % 1000);
}

/** The reverse. A wall time that a clock change skips moves on by the change. */
export function wallToEpoch(wallMs: number, zone: Zone): number {
  const guess = wallMs - (epochToWall(wallMs, zone) - wallMs);
  return guess + (wallMs - epochToWall(guess, zone));
}

import { formatDuration, formatRange, type Zone } from './format.js';
import { epochToWall, offsetMs, parseEpoch, parseIso, wallToEpoch } from './moment.js';
import { bounded, fixed, parseLength, type Range } from './time-range.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `Last 1 hour`, `Since 14:00`, `Nov 21, 13:00 to 14:20`. */
export function describeRange(range: Range, nowMs: number, zone?: Zone): string {
  switch (range.kind) {
    case 'sliding':
      return `Last ${lengthInWords(range.lengthMs)}`;
    case 'growing':
      return `Since ${formatRange(range.fromMs, nowMs, nowMs, zone).split(' to ')[0] ?? ''}`;
    case 'fixed':
      return formatRange(range.fromMs, range.toMs, nowMs, zone);
  }
}

/** `1 hour`, `7 days`; lengths that are no whole number of a unit as `1 h 30 m`. */
export function lengthInWords(lengthMs: number): string {
  const units = [
    [day, 'day'],
    [hour, 'hour'],
    [minute, 'minute'],
    [second, 'second'],
  ] as const;
  for (const [sizeMs, name] of units) {
    if (lengthMs >= sizeMs && lengthMs % sizeMs === 0) {
      const count = lengthMs / sizeMs;
      if (name === 'day' || count < 100) return `${count} ${name}${count === 1 ? '' : 's'}`;
    }
  }
  return formatDuration(lengthMs);
}

const separators = [/\s+-\s+/, /\s+to\s+/i, /\s+until\s+/i, /\s*\.\.\s*/, /\//, /\s*–\s*/];
const around = 5 * minute;

/**
 * What a person types or pastes: `15m`, `last 3 days`, `yesterday`, `since 14:00`, `13:00 - 14:20`, `Nov 21 13:00 - 14:20`,
 * epoch seconds or milliseconds, an ISO pair, or one log timestamp, which gives five minutes to either side.
 * Undefined when it is none of these.
 */
export function parseRange(text: string, nowMs: number, zone?: Zone): Range | undefined {
  const typed = text.trim().replaceAll(/\s+/g, ' ');
  const lower = typed.toLowerCase();
  const lengthMs = parseLength(lower.replace(/^(last|past|now ?-) ?/, ''));
  if (lengthMs !== undefined) return bounded({ kind: 'sliding', lengthMs });

  const today = midnight(nowMs, zone);
  if (lower === 'today') return { kind: 'growing', fromMs: today };
  if (lower === 'yesterday') return fixed(midnight(today - hour, zone), today);

  const since = /^since (.+)$/i.exec(typed)?.[1];
  if (since !== undefined) {
    const fromMs = since.toLowerCase() === 'yesterday' ? midnight(today - hour, zone) : parseMoment(since, nowMs, zone);
    if (fromMs === undefined) return undefined;
    // `since 14:00` at 09:00 means yesterday's 14:00.
    const past = fromMs > nowMs && fromMs - nowMs < day ? fromMs - day : fromMs;
    return past < nowMs ? { kind: 'growing', fromMs: past } : undefined;
  }
  return parsePair(typed, nowMs, zone) ?? parseAround(typed, nowMs, zone);
}

function parsePair(typed: string, nowMs: number, zone: Zone): Range | undefined {
  for (const separator of separators) {
    const parts = typed.split(separator);
    const [first, last] = parts;
    if (parts.length !== 2 || first === undefined || last === undefined) continue;
    const fromMs = parseMoment(first, nowMs, zone);
    if (fromMs === undefined) continue;
    if (last.toLowerCase() === 'now') return fromMs < nowMs ? { kind: 'growing', fromMs } : undefined;
    // The end takes its day from the start: `Nov 21 13:00 - 14:20`; and may pass midnight: `23:30 - 00:30`.
    const toMs = parseMoment(last, fromMs, zone);
    if (toMs === undefined) continue;
    return fixed(fromMs, toMs < fromMs && clockOnly.test(last) ? toMs + day : toMs);
  }
  return undefined;
}

function parseAround(typed: string, nowMs: number, zone: Zone): Range | undefined {
  const moment = parseMoment(typed, nowMs, zone);
  return moment === undefined ? undefined : fixed(moment - around, moment + around);
}

function parseMoment(text: string, nowMs: number, zone: Zone): number | undefined {
  const trimmed = text.trim();
  return parseEpoch(trimmed) ?? parseIso(trimmed, zone) ?? parseWritten(trimmed, nowMs, zone);
}

const clockOnly = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?$/;
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
// `Nov 21`, `November 21, 2026`, `21 Nov`, `21/Nov/2026:13:04:05 +0100` (web server logs).
const monthFirst = /^([a-z]{3,9})\.? (\d{1,2})(?:,? (\d{4}))?(?:,? (.+))?$/i;
const dayFirst = /^(\d{1,2})[ /]([a-z]{3,9})\.?(?:[ /](\d{4}))?(?:[, :]+(\d{1,2}:.+?))?(?: ([+-]\d{4}))?$/i;

function parseWritten(text: string, nowMs: number, zone: Zone): number | undefined {
  const wallNow = new Date(epochToWall(nowMs, zone));
  const todayWall = Date.UTC(wallNow.getUTCFullYear(), wallNow.getUTCMonth(), wallNow.getUTCDate());
  const clock = clockMs(text);
  if (clock !== undefined) return wallToEpoch(todayWall + clock, zone);

  const named = /^(today|yesterday)(?: (.+))?$/i.exec(text);
  if (named !== null) {
    const time = named[2] === undefined ? 0 : clockMs(named[2]);
    const dayWall = named[1]?.toLowerCase() === 'today' ? todayWall : todayWall - day;
    return time === undefined ? undefined : wallToEpoch(dayWall + time, zone);
  }

  const first = monthFirst.exec(text);
  if (first !== null) return written(first[1], first[2], first[3], first[4], undefined, nowMs, zone);
  const last = dayFirst.exec(text);
  return last === null ? undefined : written(last[2], last[1], last[3], last[4], last[5], nowMs, zone);
}

function written(
  monthName: string | undefined,
  date: string | undefined,
  year: string | undefined,
  time: string | undefined,
  offset: string | undefined,
  nowMs: number,
  zone: Zone,
): number | undefined {
  const month = monthNames.indexOf((monthName ?? '').slice(0, 3).toLowerCase());
  const clock = time === undefined ? 0 : clockMs(time);
  if (month < 0 || clock === undefined || Number(date) < 1 || Number(date) > 31) return undefined;
  const at = (inYear: number): number => {
    const wall = Date.UTC(inYear, month, Number(date)) + clock;
    return offset === undefined ? wallToEpoch(wall, zone) : wall - offsetMs(offset);
  };
  if (year !== undefined) return at(Number(year));
  // Without a year the latest such day that is not in the future.
  const thisYear = new Date(epochToWall(nowMs, zone)).getUTCFullYear();
  return at(thisYear) > nowMs + day ? at(thisYear - 1) : at(thisYear);
}

function clockMs(text: string): number | undefined {
  const match = clockOnly.exec(text.trim());
  if (match === null) return undefined;
  const [, hours, minutes, seconds = '0', fraction = '0'] = match;
  if (Number(hours) > 24 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const whole = Number(hours) * hour + Number(minutes) * minute + Number(seconds) * second;
  return whole + Math.floor(Number(`0.${fraction}`) * 1000);
}

/** The start of the day that holds `epochMs`. */
function midnight(epochMs: number, zone: Zone): number {
  const wall = epochToWall(epochMs, zone);
  return wallToEpoch(wall - (((wall % day) + day) % day), zone);
}

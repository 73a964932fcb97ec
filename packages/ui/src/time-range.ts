import { formatDuration, formatRange, type Zone } from './format.js';

/**
 * What a page looks at. `sliding` ends now and keeps its length, `growing` starts at a moment and ends now,
 * `fixed` never moves.
 */
export type Range =
  | { readonly kind: 'sliding'; readonly lengthMs: number }
  | { readonly kind: 'growing'; readonly fromMs: number }
  | { readonly kind: 'fixed'; readonly fromMs: number; readonly toMs: number };

/** `fromMs` included, `toMs` excluded. */
export type Interval = { readonly fromMs: number; readonly toMs: number };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const shortestMs = second;
const longestMs = 400 * day;

/** What is shown when the URL names no range. */
export const defaultRange: Range = { kind: 'sliding', lengthMs: 15 * minute };

/** The ranges offered in the menu of the range field. */
export const presetLengthsMs: readonly number[] = [15 * minute, hour, 6 * hour, day, 7 * day, 30 * day];

/** The moments that a range means at `nowMs`. */
export function resolveRange(range: Range, nowMs: number): Interval {
  switch (range.kind) {
    case 'sliding':
      return { fromMs: nowMs - range.lengthMs, toMs: nowMs };
    case 'growing':
      return { fromMs: Math.min(range.fromMs, nowMs - shortestMs), toMs: nowMs };
    case 'fixed':
      return { fromMs: range.fromMs, toMs: range.toMs };
  }
}

/** `from` and `to` as they stand in the URL; absent for the default range. */
export function writeRange(range: Range): { readonly from: string | undefined; readonly to: string | undefined } {
  switch (range.kind) {
    case 'sliding': {
      const isDefault = defaultRange.kind === 'sliding' && range.lengthMs === defaultRange.lengthMs;
      return { from: isDefault ? undefined : `now-${writeLength(range.lengthMs)}`, to: undefined };
    }
    case 'growing':
      return { from: String(range.fromMs), to: undefined };
    case 'fixed':
      return { from: String(range.fromMs), to: String(range.toMs) };
  }
}

/** Reads what `writeRange` wrote, and ISO times that a person put into a link. Nonsense gives the default. */
export function readRange(from: string | undefined, to: string | undefined): Range {
  if (from === undefined) return defaultRange;
  const sliding = /^now-(.+)$/.exec(from)?.[1];
  if (sliding !== undefined) {
    const lengthMs = parseLength(sliding);
    return lengthMs === undefined ? defaultRange : bounded({ kind: 'sliding', lengthMs });
  }
  const fromMs = absolute(from);
  if (fromMs === undefined) return defaultRange;
  if (to === undefined || to === 'now') return { kind: 'growing', fromMs };
  const toMs = absolute(to);
  return toMs === undefined ? defaultRange : fixed(fromMs, toMs);
}

function absolute(text: string): number | undefined {
  return parseEpoch(text) ?? parseIso(text, 'UTC');
}

function bounded(range: Range & { readonly kind: 'sliding' }): Range {
  return { kind: 'sliding', lengthMs: Math.min(Math.max(range.lengthMs, shortestMs), longestMs) };
}

function fixed(oneMs: number, otherMs: number): Range {
  const fromMs = Math.min(oneMs, otherMs);
  return { kind: 'fixed', fromMs, toMs: Math.max(oneMs, otherMs, fromMs + shortestMs) };
}

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

/** Half a range earlier (-1) or later (+1); never beyond now. A range that moved is fixed. */
export function shiftRange(range: Range, direction: -1 | 1, nowMs: number): Range {
  const { fromMs, toMs } = resolveRange(range, nowMs);
  const lengthMs = toMs - fromMs;
  const end = Math.min(toMs + (direction * lengthMs) / 2, nowMs);
  return fixed(Math.round(end - lengthMs), Math.round(end));
}

/** Twice as long: a live range reaches further back, a fixed one grows at both ends as far as now. */
export function zoomOut(range: Range, nowMs: number): Range {
  if (range.kind === 'sliding') return bounded({ kind: 'sliding', lengthMs: range.lengthMs * 2 });
  const { fromMs, toMs } = resolveRange(range, nowMs);
  const lengthMs = Math.min((toMs - fromMs) * 2, longestMs);
  if (range.kind === 'growing') return { kind: 'growing', fromMs: toMs - lengthMs };
  const end = Math.min(Math.round((fromMs + toMs) / 2 + lengthMs / 2), Math.max(nowMs, toMs));
  return fixed(end - lengthMs, end);
}

/** The same moments without `now`: what a copied link means forever. */
export function freezeRange(range: Range, nowMs: number): Range {
  const { fromMs, toMs } = resolveRange(range, nowMs);
  return fixed(Math.round(fromMs), Math.round(toMs));
}

/** What the earlier period of `cmp` is: the one before, the same hours yesterday, or last week, or as long before a deploy. */
export function comparedInterval(cmp: string | undefined, { fromMs, toMs }: Interval): Interval | undefined {
  const back = cmp === 'prev' ? toMs - fromMs : cmp === 'day' ? day : cmp === 'week' ? 7 * day : undefined;
  if (back !== undefined) return { fromMs: fromMs - back, toMs: toMs - back };
  const deploy = readBeforeDeploy(cmp);
  if (deploy !== undefined) return { fromMs: deploy.atMs - (toMs - fromMs), toMs: deploy.atMs };
  const pair = cmp?.split('..') ?? [];
  const from = pair[0] === undefined ? undefined : absolute(pair[0]);
  return from === undefined || pair.length !== 2 ? undefined : { fromMs: from, toMs: from + (toMs - fromMs) };
}

/** `cmp` for the time before a deploy. */
export function writeBeforeDeploy({ atMs, version }: { readonly atMs: number; readonly version: string }): string {
  return `before:${Math.round(atMs)}:${version}`;
}

/** Reads what `writeBeforeDeploy` wrote; undefined for what is something else. */
export function readBeforeDeploy(
  cmp: string | undefined,
): { readonly atMs: number; readonly version: string } | undefined {
  const [, at, version] = /^before:(\d{1,15}):(.+)$/s.exec(cmp ?? '') ?? [];
  return at === undefined || version === undefined ? undefined : { atMs: Number(at), version };
}

const lengthUnits: { readonly [unit: string]: number } = { s: second, m: minute, h: hour, d: day, w: 7 * day };
const lengthPart = /(\d+(?:\.\d+)?)\s*(s|m|h|d|w)[a-z]*/g;

/** `15m`, `1h 30m`, `3 days` in milliseconds. */
export function parseLength(text: string): number | undefined {
  const lower = text.trim().toLowerCase();
  let sumMs = 0;
  for (const [, count, unit] of lower.matchAll(lengthPart)) sumMs += Number(count) * (lengthUnits[unit ?? ''] ?? 0);
  const nothingLeft = lower.replaceAll(lengthPart, '').trim() === '';
  return nothingLeft && sumMs > 0 ? sumMs : undefined;
}

function writeLength(lengthMs: number): string {
  const units = [
    [day, 'd'],
    [hour, 'h'],
    [minute, 'm'],
  ] as const;
  for (const [sizeMs, unit] of units)
    if (lengthMs >= sizeMs && lengthMs % sizeMs === 0) return `${lengthMs / sizeMs}${unit}`;
  return `${lengthMs / second}s`;
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

/** Seconds (9 or 10 digits, perhaps with decimals), milliseconds (12 or 13), microseconds or nanoseconds since 1970. */
function parseEpoch(text: string): number | undefined {
  if (!/^\d{9,19}(\.\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  const digits = text.split('.')[0]?.length ?? 0;
  if (digits <= 10) return Math.round(value * 1000);
  if (digits <= 13) return Math.round(value);
  return Math.round(value / (digits <= 16 ? 1e3 : 1e6));
}

const iso =
  /^\[?(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?\]?$/i;

function parseIso(text: string, zone: Zone): number | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const [, year, month, date, hours = '0', minutes = '0', seconds = '0', fraction = '0', offset] = match;
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hours), Number(minutes), Number(seconds));
  if (Number(month) > 12 || Number(date) > 31 || Number(hours) > 24 || Number(minutes) > 59) return undefined;
  const ms = Math.floor(Number(`0.${fraction}`) * 1000);
  return (offset === undefined ? wallToEpoch(wall, zone) : wall - offsetMs(offset)) + ms;
}

function offsetMs(offset: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(offset);
  if (match === null) return 0;
  const size = Number(match[2]) * hour + Number(match[3]) * minute;
  return match[1] === '-' ? -size : size;
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

const wallFormats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in the zone shows at `epochMs`, written as if it were UTC. */
function epochToWall(epochMs: number, zone: Zone): number {
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
function wallToEpoch(wallMs: number, zone: Zone): number {
  const guess = wallMs - (epochToWall(wallMs, zone) - wallMs);
  return guess + (wallMs - epochToWall(guess, zone));
}

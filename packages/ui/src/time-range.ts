import { parseEpoch, parseIso } from './moment.js';

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

/** Not shorter than a second and not longer than 400 days. */
export function bounded(range: Range & { readonly kind: 'sliding' }): Range {
  return { kind: 'sliding', lengthMs: Math.min(Math.max(range.lengthMs, shortestMs), longestMs) };
}

/** Between two moments, whichever comes first; at least a second long. */
export function fixed(oneMs: number, otherMs: number): Range {
  const fromMs = Math.min(oneMs, otherMs);
  return { kind: 'fixed', fromMs, toMs: Math.max(oneMs, otherMs, fromMs + shortestMs) };
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

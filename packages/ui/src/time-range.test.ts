import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeRange, parseRange } from './range-words.js';
import {
  comparedInterval,
  defaultRange,
  freezeRange,
  parseLength,
  readBeforeDeploy,
  readRange,
  resolveRange,
  shiftRange,
  writeBeforeDeploy,
  writeRange,
  zoomOut,
  type Range,
} from './time-range.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.parse('2026-11-21T13:20:00Z'); // 14:20 in Berlin
const at = (iso: string): number => Date.parse(iso);
const fixed = (from: string, to: string): Range => ({ kind: 'fixed', fromMs: at(from), toMs: at(to) });

test.each([
  ['15m', 15 * minute],
  ['3d', 3 * day],
  ['1h 30m', 90 * minute],
  ['last 2 hours', 2 * hour],
  ['past 45 min', 45 * minute],
  ['now-6h', 6 * hour],
  ['1.5h', 90 * minute],
  ['2 weeks', 14 * day],
])('%s slides', (text, lengthMs) => {
  expect(parseRange(text, now, 'UTC')).toEqual({ kind: 'sliding', lengthMs });
});

test('a range that starts at a moment grows', () => {
  expect(parseRange('since 14:00', now, 'Europe/Berlin')).toEqual({
    kind: 'growing',
    fromMs: at('2026-11-21T13:00:00Z'),
  });
  expect(parseRange('since 18:00', now, 'UTC')).toEqual({ kind: 'growing', fromMs: at('2026-11-20T18:00:00Z') });
  expect(parseRange('Since Nov 20 08:00', now, 'UTC')).toEqual({ kind: 'growing', fromMs: at('2026-11-20T08:00:00Z') });
  expect(parseRange('today', now, 'Europe/Berlin')).toEqual({ kind: 'growing', fromMs: at('2026-11-20T23:00:00Z') });
  expect(parseRange('13:00 - now', now, 'UTC')).toEqual({ kind: 'growing', fromMs: at('2026-11-21T13:00:00Z') });
});

test.each([
  ['yesterday', fixed('2026-11-19T23:00:00Z', '2026-11-20T23:00:00Z')],
  ['13:00 - 14:20', fixed('2026-11-21T12:00:00Z', '2026-11-21T13:20:00Z')],
  ['Nov 21 13:00 - 14:20', fixed('2026-11-21T12:00:00Z', '2026-11-21T13:20:00Z')],
  ['21 Nov 13:00 to 21 Nov 14:20', fixed('2026-11-21T12:00:00Z', '2026-11-21T13:20:00Z')],
  ['Dec 24 - Dec 25', fixed('2025-12-23T23:00:00Z', '2025-12-24T23:00:00Z')],
  ['yesterday 23:30 - 00:30', fixed('2026-11-20T22:30:00Z', '2026-11-20T23:30:00Z')],
  ['2026-11-20 - 2026-11-21', fixed('2026-11-19T23:00:00Z', '2026-11-20T23:00:00Z')],
  ['2026-11-21T12:00:00Z/2026-11-21T13:00:00Z', fixed('2026-11-21T12:00:00Z', '2026-11-21T13:00:00Z')],
  ['2026-11-21T12:00:00+01:00 to 2026-11-21T13:00+01:00', fixed('2026-11-21T11:00:00Z', '2026-11-21T12:00:00Z')],
  ['1795266000 - 1795269600', fixed('2026-11-21T13:00:00Z', '2026-11-21T14:00:00Z')],
  ['1795266000000..1795269600000', fixed('2026-11-21T13:00:00Z', '2026-11-21T14:00:00Z')],
])('%s is fixed (Berlin)', (text, range) => {
  expect(parseRange(text, now, 'Europe/Berlin')).toEqual(range);
});

test.each([
  '2026-11-21T12:04:05Z',
  '2026-11-21 12:04:05,000',
  '[2026-11-21T12:04:05.000000Z]',
  'Nov 21 12:04:05',
  '21/Nov/2026:13:04:05 +0100',
  '1795262645',
  '1795262645000',
  '1795262645000000000',
  '12:04:05',
])('the pasted timestamp %s gives five minutes to either side', text => {
  expect(parseRange(text, now, 'UTC')).toEqual(fixed('2026-11-21T11:59:05Z', '2026-11-21T12:09:05Z'));
});

test.each(['', 'soon', '15', 'since tomorrow', '25:99', 'Foo 21 13:00', '13:00 - ', '0m'])('%j is refused', text => {
  expect(parseRange(text, now, 'UTC')).toBeUndefined();
});

test('a day in Berlin that springs forward has 23 hours', () => {
  const afterChange = at('2026-03-30T10:00:00Z');
  expect(parseRange('yesterday', afterChange, 'Europe/Berlin')).toEqual(
    fixed('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'),
  );
});

test('the URL holds the kind of the range, and leaves the default out', () => {
  expect(writeRange(defaultRange)).toEqual({ from: undefined, to: undefined });
  expect(writeRange({ kind: 'sliding', lengthMs: 6 * hour })).toEqual({ from: 'now-6h', to: undefined });
  expect(writeRange({ kind: 'growing', fromMs: now })).toEqual({ from: '1795267200000', to: undefined });
  expect(readRange('2026-11-21T12:00:00Z', '2026-11-21T13:00:00Z')).toEqual(
    fixed('2026-11-21T12:00:00Z', '2026-11-21T13:00:00Z'),
  );
  expect(readRange('now-nonsense', undefined)).toEqual(defaultRange);
  expect(readRange('garbage', '5')).toEqual(defaultRange);
});

test('what is written to the URL is read back', () => {
  const moment = fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 });
  const range = fc.oneof(
    fc.integer({ min: 1, max: 30 * 86_400 }).map((seconds): Range => ({ kind: 'sliding', lengthMs: seconds * 1000 })),
    moment.map((fromMs): Range => ({ kind: 'growing', fromMs })),
    fc.tuple(moment, fc.integer({ min: 1000, max: 10 * day })).map(([fromMs, lengthMs]): Range => {
      return { kind: 'fixed', fromMs, toMs: fromMs + lengthMs };
    }),
  );
  fc.assert(
    fc.property(range, given => {
      const { from, to } = writeRange(given);
      expect(readRange(from, to)).toEqual(given);
    }),
  );
});

test('shifting moves by half and never beyond now', () => {
  const earlier = shiftRange({ kind: 'sliding', lengthMs: hour }, -1, now);
  expect(earlier).toEqual({ kind: 'fixed', fromMs: now - 1.5 * hour, toMs: now - 0.5 * hour });
  expect(shiftRange(earlier, 1, now)).toEqual({ kind: 'fixed', fromMs: now - hour, toMs: now });
  expect(shiftRange({ kind: 'sliding', lengthMs: hour }, 1, now)).toEqual({
    kind: 'fixed',
    fromMs: now - hour,
    toMs: now,
  });
});

test('zooming out doubles', () => {
  expect(zoomOut({ kind: 'sliding', lengthMs: hour }, now)).toEqual({ kind: 'sliding', lengthMs: 2 * hour });
  const past: Range = { kind: 'fixed', fromMs: now - 5 * hour, toMs: now - 4 * hour };
  expect(zoomOut(past, now)).toEqual({ kind: 'fixed', fromMs: now - 5.5 * hour, toMs: now - 3.5 * hour });
  expect(zoomOut({ kind: 'fixed', fromMs: now - hour, toMs: now }, now)).toEqual({
    kind: 'fixed',
    fromMs: now - 2 * hour,
    toMs: now,
  });
});

test('a copied link means the same moments forever', () => {
  expect(freezeRange({ kind: 'sliding', lengthMs: hour }, now)).toEqual({
    kind: 'fixed',
    fromMs: now - hour,
    toMs: now,
  });
});

test('[C4] the compared period is the one before, yesterday, last week, as long before a deploy, or a named one', () => {
  const range = resolveRange({ kind: 'sliding', lengthMs: hour }, now);
  expect(comparedInterval('prev', range)).toEqual({ fromMs: now - 2 * hour, toMs: now - hour });
  expect(comparedInterval('day', range)).toEqual({ fromMs: now - hour - day, toMs: now - day });
  expect(comparedInterval('week', range)).toEqual({ fromMs: now - hour - 7 * day, toMs: now - 7 * day });
  expect(comparedInterval('2026-11-21T00:00:00Z..2026-11-21T01:00:00Z', range)).toEqual({
    fromMs: at('2026-11-21T00:00:00Z'),
    toMs: at('2026-11-21T01:00:00Z'),
  });
  const deploy = { atMs: now - 20 * minute, version: 'v4:12' };
  expect(readBeforeDeploy(writeBeforeDeploy(deploy))).toEqual(deploy);
  expect(comparedInterval(writeBeforeDeploy(deploy), range)).toEqual({
    fromMs: now - 80 * minute,
    toMs: now - 20 * minute,
  });
  expect(comparedInterval('before:x:v1', range)).toBeUndefined();
  expect(comparedInterval(undefined, range)).toBeUndefined();
  expect(comparedInterval('rubbish', range)).toBeUndefined();
});

test('a range is named as a person would', () => {
  expect(describeRange({ kind: 'sliding', lengthMs: hour }, now, 'UTC')).toBe('Last 1 hour');
  expect(describeRange({ kind: 'sliding', lengthMs: 90 * minute }, now, 'UTC')).toBe('Last 90 minutes');
  expect(describeRange({ kind: 'sliding', lengthMs: 7 * day }, now, 'UTC')).toBe('Last 7 days');
  expect(describeRange({ kind: 'growing', fromMs: now - hour }, now, 'UTC')).toBe('Since 12:20');
  expect(describeRange({ kind: 'fixed', fromMs: now - hour, toMs: now }, now, 'UTC')).toBe('12:20 to 13:20');
  expect(parseLength('1h30m')).toBe(90 * minute);
});

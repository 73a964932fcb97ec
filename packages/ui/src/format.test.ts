import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  durationParts,
  formatAgo,
  formatBytes,
  formatChange,
  formatClock,
  formatClockMs,
  formatCount,
  formatCounted,
  formatWhole,
  formatDateTime,
  formatDifference,
  formatDuration,
  formatDurationUs,
  formatExact,
  formatFull,
  formatMoney,
  formatNumber,
  formatPercent,
  formatPoints,
  formatRange,
  formatRate,
  formatScore,
  formatShare,
  formatStep,
  nsToMs,
  zoneName,
} from './format.js';

const at = (iso: string): number => Date.parse(iso);

test.each([
  [0, '0 ms'],
  [0.000_001, '1 ns'],
  [0.000_84, '840 ns'],
  [0.000_999_6, '1 µs'],
  [0.084, '84 µs'],
  [0.999_7, '1 ms'],
  [3.1, '3.1 ms'],
  [3.104, '3.1 ms'],
  [12.34, '12.3 ms'],
  [806.3, '806 ms'],
  [999.4, '999 ms'],
  [999.5, '1 s'],
  [1280, '1.28 s'],
  [59_940, '59.9 s'],
  [59_970, '1 m'],
  [134_000, '2 m 14 s'],
  [3_599_600, '1 h'],
  [11_100_000, '3 h 5 m'],
  [352_800_000, '4 d 2 h'],
  [86_399_000, '1 d'],
  [-1280, '−1.28 s'],
])('%d ms is shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('a headline gets value and unit apart', () => {
  expect(durationParts(471.4)).toEqual({ value: '471', unit: 'ms' });
  expect(durationParts(134_000)).toEqual({ value: '2 m 14 s', unit: '' });
});

test('microseconds keep their nanoseconds', () => {
  expect(formatDurationUs(0.25)).toBe('250 ns');
  expect(formatDurationUs(1_280_000)).toBe('1.28 s');
});

test.each([
  [512, '512 B'],
  [1023, '1023 B'],
  [18_842, '18.4 KiB'],
  [2.1 * 2 ** 30, '2.10 GiB'],
  [1024 * 1024 - 1, '1.00 MiB'],
  [550 * 2 ** 20, '550 MiB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0'],
  [8904, '8,904'],
  [9999, '9,999'],
  [10_000, '10k'],
  [12_804, '12.8k'],
  [999_600, '1M'],
  [1_460_000, '1.46M'],
  [2_500_000_000, '2.5B'],
  [-12_804, '−12.8k'],
])('a count of %d is shown as %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test('one is one, and anything else is many', () => {
  expect(formatCounted(1, 'span', 'spans')).toBe('1 span');
  expect(formatCounted(0, 'span', 'spans')).toBe('0 spans');
  expect(formatCounted(12_804, 'span', 'spans')).toBe('12.8k spans');
});

test('the tooltip of a compact count has every digit', () => {
  expect(formatExact(1_460_233)).toBe('1,460,233');
});

test.each([
  [0, '0/s'],
  [41.84, '41.8/s'],
  [0.3, '0.3/s'],
  [0.053, '3.2/min'],
  [0.0005, '0.03/min'],
  [0.000_01, '<0.01/min'],
  [184.2, '184/s'],
  [14_100, '14.1k/s'],
])('%d per second is shown as %s', (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});

test.each([
  [0, '0.00%'],
  [0.0241, '2.41%'],
  [0.000_01, '<0.01%'],
  [0.0999, '9.99%'],
  [0.1, '10.0%'],
  [0.382, '38.2%'],
  [0.9999, '>99.9%'],
  [1, '100%'],
])('a share of %d is shown as %s', (ratio, text) => {
  expect(formatPercent(ratio)).toBe(text);
});

test('changes are signed, with the real minus sign', () => {
  expect(formatChange(1.59)).toBe('+159%');
  expect(formatChange(-0.08)).toBe('−8%');
  expect(formatChange(0.001)).toBe('0%');
  expect(formatChange(500)).toBe('+>9,999%');
  expect(formatPoints(0.0219)).toBe('+2.19 pp');
  expect(formatPoints(-0.5)).toBe('−50.0 pp');
  expect(formatDifference(-0.17)).toBe('−0.17');
  expect(formatShare(0.624)).toBe('62%');
  expect(formatShare(0.001)).toBe('<1%');
  expect(formatScore(0.794)).toBe('0.79');
});

test('money comes from whole minor units in its own currency', () => {
  expect(formatMoney(1_840_000, 'EUR')).toBe('€18,400');
  expect(formatMoney(191_240, 'EUR')).toBe('€1,912.40');
  expect(formatMoney(18_400, 'JPY')).toBe('¥18,400');
  expect(formatMoney(-550, 'USD')).toBe('−$5.50');
});

test('times are 24 h in the zone asked for', () => {
  const moment = at('2026-11-21T13:14:07.218Z');
  expect(formatClock(moment, 'Europe/Berlin')).toBe('14:14');
  expect(formatClock(at('2026-11-21T00:05:00Z'), 'UTC')).toBe('00:05');
  expect(formatClockMs(moment, 'UTC')).toBe('13:14:07.218');
  expect(formatFull(moment, 'UTC')).toBe('Nov 21, 2026, 13:14:07.218 UTC');
  expect(formatDateTime(moment, 'UTC', at('2026-12-01T00:00:00Z'))).toBe('Nov 21, 13:14');
  expect(formatDateTime(moment, 'UTC', at('2027-12-01T00:00:00Z'))).toBe('Nov 21, 2026, 13:14');
  expect(zoneName(moment, 'UTC')).toBe('UTC');
  expect(zoneName(moment, 'Europe/Berlin')).toBe('CET');
  expect(zoneName(moment, 'America/New_York')).toBe('EST');
  expect(zoneName(moment, 'Asia/Kolkata')).toBe('GMT+5:30');
});

test('moments within a day are relative, older ones absolute', () => {
  const now = at('2026-11-21T14:20:00Z');
  expect(formatAgo(now - 2_000, now)).toBe('just now');
  expect(formatAgo(now - 40_000, now)).toBe('40 s ago');
  expect(formatAgo(now - 11 * 60_000, now)).toBe('11 min ago');
  expect(formatAgo(now - 3 * 3_600_000, now)).toBe('3 h ago');
  expect(formatAgo(now - 30 * 3_600_000, now, 'UTC')).toBe('Nov 20, 08:20');
  expect(formatAgo(now + 90_000, now)).toBe('in 2 min');
});

test('a range names its day only when it has to', () => {
  const now = at('2026-11-21T14:20:00Z');
  expect(formatRange(now - 3_600_000, now, now, 'UTC')).toBe('13:20 to 14:20');
  expect(formatRange(at('2026-11-20T13:00:00Z'), at('2026-11-20T14:00:00Z'), now, 'UTC')).toBe(
    'Nov 20, 13:00 to 14:00',
  );
  expect(formatRange(at('2026-11-20T13:00:00Z'), now, now, 'UTC')).toBe('Nov 20, 13:00 to Nov 21, 14:20');
});

test('a step names its bounds', () => {
  expect(formatStep(at('2026-11-21T14:14:00Z'), 30_000, 'UTC')).toBe('14:14:00 to 14:14:30');
  expect(formatStep(at('2026-11-21T14:14:00Z'), 60_000, 'UTC')).toBe('14:14 to 14:15');
  expect(formatStep(at('2026-11-21T14:00:00Z'), 3_600_000, 'UTC')).toBe('Nov 21, 14:00 to 15:00');
});

test('what is missing is an en dash, never 0 or NaN', () => {
  for (const format of [
    formatDuration,
    formatBytes,
    formatCount,
    formatRate,
    formatPercent,
    formatChange,
    formatClock,
  ]) {
    for (const nothing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) expect(format(nothing)).toBe('–');
  }
});

test('nanosecond text loses nothing above the millisecond', () => {
  expect(nsToMs('1795271647218999999')).toBe(1_795_271_647_218);
  expect(nsToMs('999')).toBe(0);
});

test('no duration is ever shown with more than three significant digits or an exponent below a minute', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.000_001, max: 59_000, noNaN: true }), ms => {
      const { value, unit } = durationParts(ms);
      expect(value).toMatch(/^\d{1,3}(\.\d{1,2})?$/);
      expect(value.replace('.', '').replace(/^0+/, '').length).toBeLessThanOrEqual(3);
      const scale = { ns: 1e-6, µs: 1e-3, ms: 1, s: 1e3 }[unit] ?? 0;
      expect(Math.abs(Number(value) * scale - ms)).toBeLessThanOrEqual(Math.max(ms * 0.0051, 0.000_000_5));
    }),
  );
});

test.each([
  [0, '0'],
  [0.000_042, '4.2e-5'],
  [0.371_2, '0.371'],
  [-41.83, '−41.8'],
  [999.9, '1,000'],
  [12_804, '12.8k'],
  [Number.NaN, '–'],
])('the number %d without a unit is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('an axis of what is counted names whole numbers alone', () => {
  expect([0, 0.5, 1, 1.5, 2, 12_800].map(formatWhole)).toEqual(['0', '', '1', '', '2', '12.8k']);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayOfMonth, dayOfTheYear, dayOfWeek, daysInMonth, hour, minute, month, year } from './calendar.js';
import { called, series, shown, vectorOf } from './vector-call.test-support.js';

const read = (func: typeof hour, seconds: number) => shown(called(func, [vectorOf(series({}, seconds))]))[0]?.[1];

test('the calendar is that of Date, before and after 1970', () => {
  fc.assert(
    fc.property(fc.integer({ min: -60_000_000_000, max: 200_000_000_000 }), seconds => {
      const date = new Date(seconds * 1000);
      expect(read(minute, seconds)).toBe(date.getUTCMinutes());
      expect(read(hour, seconds)).toBe(date.getUTCHours());
      expect(read(dayOfWeek, seconds)).toBe(date.getUTCDay());
      expect(read(dayOfMonth, seconds)).toBe(date.getUTCDate());
      expect(read(month, seconds)).toBe(date.getUTCMonth() + 1);
      expect(read(year, seconds)).toBe(date.getUTCFullYear());
      const firstOfYear = Date.UTC(2000, 0, 1);
      const start = new Date(firstOfYear).setUTCFullYear(date.getUTCFullYear());
      expect(read(dayOfTheYear, seconds)).toBe(Math.floor((date.getTime() - start) / 86_400_000) + 1);
      const nextMonth = new Date(Date.UTC(2000, 0, 1)).setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + 1, 0);
      expect(read(daysInMonth, seconds)).toBe(new Date(nextMonth).getUTCDate());
    }),
  );
});

test('without an argument it is the time of each step', () => {
  const result = called(minute, [], { startMs: 3_600_000, count: 3 });
  expect(shown(result)).toEqual([[{}, 0, 1, 2]]);
});

test('fractions of a second are cut off toward 1970, and what is no time is the far future', () => {
  expect(read(minute, -0.5)).toBe(0);
  expect(read(minute, 59.999)).toBe(0);
  expect([NaN, Infinity, -Infinity, 1e300].map(value => read(year, value))).toEqual(Array(4).fill(292277026596));
  expect([read(month, NaN), read(dayOfMonth, NaN), read(hour, NaN), read(minute, NaN)]).toEqual([12, 4, 15, 30]);
});

test('a leap year has its day', () => {
  expect(read(daysInMonth, Date.UTC(2024, 1, 10) / 1000)).toBe(29);
  expect(read(daysInMonth, Date.UTC(1900, 1, 10) / 1000)).toBe(28);
  expect(read(dayOfTheYear, Date.UTC(2024, 11, 31) / 1000)).toBe(366);
});

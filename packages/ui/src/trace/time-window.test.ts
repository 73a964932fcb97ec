import { expect, test } from 'vitest';
import { around, axisTicks, parseWindow, placed, wholeTrace, windowText, within } from './time-window.js';

const whole = wholeTrace(1_280_000);

test('ticks are round moments', () => {
  expect(axisTicks(whole, 6)).toEqual([0, 500_000, 1_000_000]);
  expect(axisTicks({ fromUs: 0, toUs: 1_280_000 }, 7)).toEqual([
    0, 200_000, 400_000, 600_000, 800_000, 1_000_000, 1_200_000,
  ]);
  expect(axisTicks({ fromUs: 0.3, toUs: 1.3 }, 5)).toHaveLength(5);
});

test('a window never leaves the trace', () => {
  expect(within(whole, { fromUs: -500, toUs: 500 })).toEqual({ fromUs: 0, toUs: 1000 });
  expect(within(whole, { fromUs: 1_279_900, toUs: 1_281_000 })).toEqual({ fromUs: 1_278_900, toUs: 1_280_000 });
});

test('zooming to a span leaves a tenth to each side', () => {
  expect(around(100_000, 10_000, whole)).toEqual({ fromUs: 99_000, toUs: 111_000 });
});

test('what lies outside is not placed, what reaches out is cut', () => {
  const window = { fromUs: 100, toUs: 200 };
  expect(placed(window, 0, 50)).toBeUndefined();
  expect(placed(window, 150, 175)).toEqual({ leftPercent: 50, widthPercent: 25 });
  expect(placed(window, 0, 1000)).toEqual({ leftPercent: -1, widthPercent: 102 });
});

test('a window survives the URL, the whole trace and nonsense are left out', () => {
  const window = { fromUs: 10.25, toUs: 2000 };
  expect(parseWindow(windowText(window, whole), whole)).toEqual(window);
  expect(windowText(whole, whole)).toBeUndefined();
  for (const text of ['', 'a-b', '5-5', '9-1', undefined]) expect(parseWindow(text, whole)).toBeUndefined();
});

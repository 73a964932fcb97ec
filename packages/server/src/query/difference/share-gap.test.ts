import { expect, test } from 'vitest';
import { standardErrors, surelyApart } from './share-gap.js';

test('standard errors are those of the tables', () => {
  expect(standardErrors(0.05)).toBeCloseTo(1.96, 2);
  expect(standardErrors(0.01)).toBeCloseTo(2.576, 2);
  expect(standardErrors(0.000_01)).toBeCloseTo(4.417, 2);
});

test("the distance of shares is the nearer end of Newcombe's interval", () => {
  // 56 of 70 against 48 of 80: his own example has 0.0524 to 0.3339.
  expect(surelyApart({ share: 56 / 70, of: 70 }, { share: 48 / 80, of: 80 }, 1.959964)).toBeCloseTo(0.0524, 4);
  // Whichever stands first.
  expect(surelyApart({ share: 48 / 80, of: 80 }, { share: 56 / 70, of: 70 }, 1.959964)).toBeCloseTo(0.0524, 4);
});

test('few observations prove little, and none prove nothing', () => {
  expect(surelyApart({ share: 1, of: 2 }, { share: 0, of: 1000 }, 3)).toBeLessThan(0.2);
  expect(surelyApart({ share: 1, of: 200 }, { share: 0, of: 1000 }, 3)).toBeGreaterThan(0.9);
  expect(surelyApart({ share: 1, of: 0 }, { share: 0, of: 1000 }, 3)).toBe(0);
});

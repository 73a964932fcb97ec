import { expect, test } from 'vitest';
import { axesOf } from './axes.js';

const seconds = { base: 's', perSecond: false } as const;
const bytes = { base: 'By', perSecond: false } as const;
const rate = { base: '1', perSecond: true } as const;

test('queries of one unit share the left axis', () => {
  const axes = axesOf([
    { letter: 'A', measure: seconds },
    { letter: 'B', measure: seconds },
  ]);
  expect([axes.left, axes.right, axes.isMixed]).toEqual([seconds, undefined, false]);
});

test('a second unit is measured at the right', () => {
  const axes = axesOf([
    { letter: 'A', measure: seconds },
    { letter: 'B', measure: bytes },
    { letter: 'C', measure: seconds },
  ]);
  expect([axes.left, axes.right, [...axes.rightLetters]]).toEqual([seconds, bytes, ['B']]);
});

test('of three units none fits', () => {
  const axes = axesOf([
    { letter: 'A', measure: seconds },
    { letter: 'B', measure: bytes },
    { letter: 'C', measure: rate },
  ]);
  expect([axes.left.base, axes.right, axes.isMixed]).toEqual(['1', undefined, true]);
});

import { expect, test } from 'vitest';
import { Annotations } from '../value/annotations.js';
import { clamp, clampMax, clampMin } from './clamp.js';
import type { MapFunction } from './define.js';
import { log10, log2, round, sgn } from './math.js';
import { deg, rad } from './trigonometry.js';

const context = { annotations: new Annotations(), start: 0, argStarts: [] };
const of = (func: MapFunction, value: number, ...scalars: readonly number[]) => func.map(value, scalars, context);

test('what lies in the middle is rounded up, also below zero', () => {
  expect([2.5, -2.5, 2.4, -2.6].map(value => of(round, value))).toEqual([3, -2, 2, -3]);
  expect(of(round, 7, 5)).toBe(5);
  expect(of(round, 2.34, 0.1)).toBeCloseTo(2.3, 12);
});

test('clamped values lie between the bounds; bounds the wrong way round leave nothing', () => {
  expect([-5, 0.5, 5].map(value => of(clamp, value, 0, 1))).toEqual([0, 0.5, 1]);
  expect(of(clamp, 5, 1, 0)).toBeUndefined();
  expect(of(clampMin, -5, 0)).toBe(0);
  expect(of(clampMax, 5, 0)).toBe(0);
});

test('NaN is clamped by infinite bounds alone', () => {
  expect(of(clamp, NaN, 0, 1)).toBeNaN();
  expect(of(clampMin, NaN, Infinity)).toBe(Infinity);
  expect(of(clampMax, NaN, -Infinity)).toBe(-Infinity);
  expect(of(clamp, 5, NaN, 1)).toBeNaN();
});

test('signs, logarithms and degrees', () => {
  expect([-3, 0, 4, NaN].map(value => of(sgn, value))).toEqual([-1, 0, 1, NaN]);
  expect(of(log2, 8)).toBe(3);
  expect(of(log10, 1000)).toBeCloseTo(3, 12);
  expect(of(deg, Math.PI)).toBe(180);
  expect(of(rad, 180)).toBe(Math.PI);
});

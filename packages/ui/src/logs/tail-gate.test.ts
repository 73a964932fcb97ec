import { expect, test } from 'vitest';
import { tailGate } from './tail-gate.js';

test('lines pass up to the limit of the second; the rest is left out', () => {
  const gate = tailGate(2000);
  expect([gate.admit(1500, 0), gate.admit(1500, 400), gate.admit(10, 999)]).toEqual([1500, 500, 0]);
});

test('the next second begins anew', () => {
  const gate = tailGate(100);
  gate.admit(100, 0);
  expect(gate.admit(70, 1000)).toBe(70);
});

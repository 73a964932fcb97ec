import fc from 'fast-check';
import { expect, test } from 'vitest';
import { worstOf } from './worst-of.js';

test('[K1][W10] the order of the parts does not matter, and only a critical one makes the whole unhealthy', () => {
  const part = fc.record({ status: fc.constantFrom('healthy', 'degraded', 'unhealthy'), critical: fc.boolean() });
  fc.assert(
    fc.property(fc.array(part), parts => {
      const status = worstOf(parts);
      expect(worstOf(parts.toReversed())).toBe(status);
      expect(status === 'unhealthy').toBe(parts.some(each => each.critical && each.status === 'unhealthy'));
      expect(status === 'healthy').toBe(parts.every(each => each.status === 'healthy'));
    }),
  );
});

test('[W10] an optional failure after a critical one leaves the whole unhealthy', () => {
  const database = { status: 'unhealthy', critical: true } as const;
  const cache = { status: 'unhealthy', critical: false } as const;
  expect([worstOf([database, cache]), worstOf([cache]), worstOf([])]).toEqual(['unhealthy', 'degraded', 'healthy']);
});

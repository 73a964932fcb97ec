import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { traceKey, traceShare } from './trace-hash.js';

const id = (hex: string): Buffer => Buffer.from(hex.padStart(32, '0'), 'hex');

test('a trace falls at one place for ever: other receivers and later versions decide the same', () => {
  expect([id('1'), id('2'), id('ffffffffffffffffffffffffffffffff')].map(bytes => traceShare(bytes, 0))).toEqual([
    0.9338540746830404, 0.3868760035838932, 0.0746344334911555,
  ]);
  const body = Buffer.concat([Buffer.alloc(5), id('1')]);
  expect([traceShare(body, 5), traceKey(body, 5)]).toEqual([traceShare(id('1'), 0), traceKey(id('1'), 0)]);
});

test('of random ids, and of ids that only count up, a tenth falls below a tenth', () => {
  const random = Array.from({ length: 20_000 }, () => randomBytes(16));
  const counted = Array.from({ length: 20_000 }, (_, number) => id(number.toString(16)));
  for (const ids of [random, counted]) {
    const below = ids.filter(bytes => traceShare(bytes, 0) < 0.1).length;
    // Five standard deviations.
    expect(Math.abs(below - 2000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.1 * 0.9));
    expect(new Set(ids.map(bytes => traceKey(bytes, 0))).size).toBe(20_000);
  }
});

test('of what an SDK sampled by the last bits of the id (OpenTelemetry, th), a tenth is still a tenth', () => {
  const sampled = Array.from({ length: 200_000 }, () => randomBytes(16)).filter(bytes => (bytes[9] ?? 0) >= 0xe6);
  const below = sampled.filter(bytes => traceShare(bytes, 0) < 0.1).length;
  expect(Math.abs(below / sampled.length - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / sampled.length));
});

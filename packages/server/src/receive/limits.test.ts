import { expect, test } from 'vitest';
import { Refusal } from '../base/refusal.js';
import { Limiter, type SendLimits } from './limits.js';

let nowMs = 0;

function limiter(workspace: SendLimits, keys: Readonly<Record<string, SendLimits>> = {}): Limiter {
  nowMs = 1000;
  return new Limiter({ workspace, keys: new Map(Object.entries(keys)), now: () => nowMs });
}

const sender = (workspace: string, key = ''): { workspace: string; key: string } => ({ workspace, key });

/** The seconds after which to come again; 0 when it may send now. */
function pause(limiter: Limiter, workspace: string, key = ''): number {
  try {
    limiter.check(sender(workspace, key));
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal) || error.facts.status !== 429 || error.facts.reason !== 'rate-limit') throw error;
    return error.facts.retryAfterSeconds ?? -1;
  }
}

test('without limits everybody sends what he likes', () => {
  const all = limiter({ burstSeconds: 10 });
  all.charge(sender('a'), 1e9, 1e12);
  expect(pause(all, 'a')).toBe(0);
});

test('what was not used adds up to the burst; the debt of one request is paid before the next comes in', () => {
  const all = limiter({ itemsPerSecond: 100, burstSeconds: 2 });
  all.charge(sender('a'), 150, 0);
  expect(pause(all, 'a')).toBe(0);
  all.charge(sender('a'), 350, 0);
  expect(pause(all, 'a')).toBe(4);
  expect(pause(all, 'b')).toBe(0);
  nowMs += 2900;
  expect(pause(all, 'a')).toBe(2);
  nowMs += 200;
  expect(pause(all, 'a')).toBe(0);
  nowMs += 3_600_000;
  all.charge(sender('a'), 200, 0);
  expect(pause(all, 'a')).toBeGreaterThan(0);
});

test('bytes are limited like items, and a key besides its workspace', () => {
  const all = limiter({ bytesPerSecond: 1000, burstSeconds: 1 }, { small: { itemsPerSecond: 1, burstSeconds: 1 } });
  all.charge(sender('a', 'small'), 2, 10);
  expect([pause(all, 'a', 'small'), pause(all, 'a', 'large')]).toEqual([2, 0]);
  all.charge(sender('a', 'large'), 2, 5000);
  expect([pause(all, 'a', 'large') > 0, pause(all, 'b', 'large')]).toEqual([true, 0]);
});

test('nobody is told to come again later than in a minute', () => {
  const all = limiter({ itemsPerSecond: 1, burstSeconds: 1 });
  all.charge(sender('a'), 1e6, 0);
  expect(pause(all, 'a')).toBe(60);
});

test('one request may have so many items and bytes, the smaller limit holds', () => {
  const all = limiter(
    { maxItemsPerRequest: 100, maxRequestBytes: 5000, burstSeconds: 1 },
    { k: { maxItemsPerRequest: 10, maxRequestBytes: 9000, burstSeconds: 1 } },
  );
  expect(() => all.checkItems(sender('a'), 100)).not.toThrow();
  expect(() => all.checkItems(sender('a'), 101)).toThrow('may have 100');
  expect(() => all.checkItems(sender('a', 'k'), 11)).toThrow('one of the key k may have 10');
  expect(all.maxRequestBytes(sender('a', 'k'), 7000)).toBe(5000);
  expect(all.maxRequestBytes(sender('a'), 700)).toBe(700);
});

test('invented workspaces do not grow the memory for ever', () => {
  const all = limiter({ itemsPerSecond: 1, burstSeconds: 1 });
  for (let index = 0; index < 20_000; index++) all.charge(sender(`w${index}`), 5, 0);
  expect([pause(all, 'w0'), pause(all, 'w19999') > 0]).toEqual([0, true]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextDueMs, offsetOf, scrapeLoop } from './scrape-loop.js';

test('the next scrape lies in the future, within an interval, at the same place of each', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: 1, max: 1e9 }),
      fc.string(),
      (nowMs, intervalMs, key) => {
        const offsetMs = offsetOf(key, intervalMs);
        const dueMs = nextDueMs(nowMs, intervalMs, offsetMs);
        expect(dueMs).toBeGreaterThan(nowMs);
        expect(dueMs - nowMs).toBeLessThanOrEqual(intervalMs);
        expect((dueMs - offsetMs) % intervalMs).toBe(0);
        expect(nextDueMs(dueMs, intervalMs, offsetMs)).toBe(dueMs + intervalMs);
      },
    ),
  );
});

test('many targets spread over the interval', () => {
  const places = Array.from({ length: 1000 }, (_, index) => Math.floor(offsetOf(`target ${index}`, 1000) / 100));
  for (let place = 0; place < 10; place++) expect(places.filter(one => one === place).length).toBeGreaterThan(60);
});

test('scrapes go on when the clock jumps back and forth, and their times are those of the clock', async () => {
  let jumpMs = 0;
  const times: number[] = [];
  const loop = scrapeLoop({ key: 'a', intervalMs: 20, now: () => Date.now() + jumpMs }, async atMs => {
    times.push(atMs - jumpMs);
    jumpMs = times.length % 2 === 0 ? -3_600_000 : 86_400_000;
  });
  await expect.poll(() => times.length).toBeGreaterThan(8);
  await loop.stop();
  for (const time of times) expect(Math.abs(time - Date.now())).toBeLessThan(600_000);
});

test('an interval of years is no endless loop', async () => {
  let scrapes = 0;
  const loop = scrapeLoop({ key: 'a', intervalMs: 31_536_000_000, now: Date.now }, async () => {
    scrapes++;
  });
  await new Promise(resolve => setTimeout(resolve, 50));
  await loop.stop();
  expect(scrapes).toBe(0);
});

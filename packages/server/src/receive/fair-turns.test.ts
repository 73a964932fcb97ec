import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FairTurns } from './fair-turns.js';

const limits = { maxBytes: 100, maxBytesBeside: 60, maxRequests: 4, maxWaiting: 50 };

test('one request of a quiet workspace starts at once', () => {
  const turns = new FairTurns(limits);
  let isStarted = false;
  void turns.run('a', 10, async () => void (isStarted = true));
  expect(isStarted).toBe(true);
});

test('of one workspace only so much is under way at one time, and a large request is let in alone', async () => {
  const turns = new FairTurns(limits);
  let bytes = 0;
  let most = 0;
  let count = 0;
  const run = (size: number): Promise<void> =>
    turns.run('a', size, async () => {
      bytes += size;
      count += 1;
      most = Math.max(most, size > 100 ? 0 : bytes);
      expect(count).toBeLessThanOrEqual(4);
      await sleep(2);
      bytes -= size;
      count -= 1;
    });
  await Promise.all([30, 30, 60, 500, 10, 10, 10, 10, 10, 10].map(run));
  expect(most).toBeLessThanOrEqual(100);
  expect(turns.waiting).toBe(0);
});

test('workspaces take turns, however much one of them sends', async () => {
  const turns = new FairTurns(limits);
  const order: string[] = [];
  const run = (workspace: string): Promise<void> =>
    turns.run(workspace, 60, async () => {
      order.push(workspace);
      await sleep(5);
    });
  const flood = Array.from({ length: 20 }, () => run('flood'));
  await sleep(1);
  const before = order.length;
  await run('quiet');
  expect(order.indexOf('quiet') - before).toBeLessThanOrEqual(2);
  await Promise.all(flood);
  expect(order).toHaveLength(21);
});

test('beside others a workspace has two requests under way, or many small ones', async () => {
  const turns = new FairTurns({ ...limits, maxBytes: 1000 });
  let now = 0;
  let most = 0;
  const run = (workspace: string, bytes: number): Promise<void> =>
    turns.run(workspace, bytes, async () => {
      most = Math.max(most, ++now);
      await sleep(3);
      now -= 1;
    });
  await run('other', 1);
  await Promise.all(Array.from({ length: 6 }, () => run('a', 200)));
  expect(most).toBe(2);
  most = 0;
  await Promise.all(Array.from({ length: 6 }, () => run('a', 15)));
  expect(most).toBe(4);
});

test('too many that wait are refused with a 503, of that workspace only', async () => {
  const turns = new FairTurns(limits);
  const run = (workspace: string): Promise<unknown> => turns.run(workspace, 100, () => sleep(1)).catch(String);
  const answers = Promise.all(Array.from({ length: 60 }, () => run('flood')));
  expect(await run('other')).toBeUndefined();
  expect((await answers).filter(answer => String(answer).includes('wait for their turn'))).toHaveLength(9);
});

test('what fails fails for itself, and gives back its place', async () => {
  const turns = new FairTurns({ ...limits, maxRequests: 1 });
  const bad = turns.run('a', 1, () => Promise.reject(new Error('bad')));
  const good = turns.run('a', 1, () => Promise.resolve('good'));
  await expect(bad).rejects.toThrow('bad');
  expect(await good).toBe('good');
});

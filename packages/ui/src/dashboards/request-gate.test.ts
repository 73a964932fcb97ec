import { expect, test } from 'vitest';
import { requestGate } from './request-gate.js';

type Job = { readonly promise: Promise<string>; done(): void };

function later(): Job {
  const resolvers: ((text: string) => void)[] = [];
  const promise = new Promise<string>(resolve => {
    resolvers.push(resolve);
  });
  return { promise, done: () => resolvers[0]?.('done') };
}

test('never more than the limit run at once, and a place that becomes free is taken in order', async () => {
  const gate = requestGate(2);
  const { signal } = new AbortController();
  const jobs = [later(), later(), later(), later()];
  const started: number[] = [];
  const all = jobs.map((job, at) =>
    gate(() => {
      started.push(at);
      return job.promise;
    }, signal),
  );
  await Promise.resolve();
  expect(started).toEqual([0, 1]);
  jobs[1]?.done();
  await all[1];
  await Promise.resolve();
  expect(started).toEqual([0, 1, 2]);
  for (const job of jobs) job.done();
  expect(await Promise.all(all)).toEqual(['done', 'done', 'done', 'done']);
});

test('who is aborted while waiting leaves the line, and one that failed makes room', async () => {
  const gate = requestGate(1);
  const { signal } = new AbortController();
  const first = later();
  const running = gate(() => first.promise, signal);
  const leaving = new AbortController();
  const left = gate(() => Promise.resolve('never'), leaving.signal);
  const failing = gate(() => Promise.reject(new Error('broken')), signal);
  const last = gate(() => Promise.resolve('last'), signal);
  leaving.abort();
  await expect(left).rejects.toThrow('No longer wanted');
  first.done();
  await running;
  await expect(failing).rejects.toThrow('broken');
  expect(await last).toBe('last');
});

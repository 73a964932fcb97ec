import { expect, test, vi } from 'vitest';
import { CheckRunner } from './check-runner.js';

const ignore = (): void => {};
const failLate = () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error('late')), 20));

test('[K2] a result is kept for a second, and all who ask meanwhile share one run', async () => {
  let runs = 0;
  let atMs = 0;
  const runner = new CheckRunner({ run: async () => void runs++ }, ignore, () => atMs);
  await Promise.all([runner.outcome(), runner.outcome(), runner.outcome()]);
  atMs = 999;
  await runner.outcome();
  expect(runs).toBe(1);
  atMs = 1000;
  await runner.outcome();
  expect(runs).toBe(2);
});

test('[K3][W12] a check that hangs has failed after its timeout, and is told to stop', async () => {
  let stopped: unknown;
  const runner = new CheckRunner(
    {
      timeoutMs: 20,
      run: signal => new Promise(() => signal.addEventListener('abort', () => (stopped = signal.reason))),
    },
    ignore,
  );
  const { status, error } = await runner.outcome();
  expect([status, String(error)]).toEqual(['unhealthy', 'Error: no answer within 20 ms']);
  expect(stopped).toBe(error);
});

test('what hangs is not asked again and again: after three runs that never ended, once in ten timeouts', async () => {
  let runs = 0;
  let atMs = 0;
  const never = () => {
    runs++;
    return new Promise(() => {});
  };
  const runner = new CheckRunner({ run: never, timeoutMs: 5, cacheMs: 0 }, ignore, () => atMs);
  for (let ask = 0; ask < 8; ask++) expect((await runner.outcome()).status).toBe('unhealthy');
  expect(runs).toBe(3);
  atMs = 51;
  await runner.outcome();
  expect(runs).toBe(4);
});

test("a late failure is nobody's unhandled rejection", async () => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', unhandled);
  await new CheckRunner({ run: failLate, timeoutMs: 5 }, ignore).outcome();
  await new Promise(resolve => setTimeout(resolve, 40));
  process.removeListener('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test.each([
  [
    'a throw',
    () => {
      throw new Error('x');
    },
    'unhealthy',
  ],
  ['a rejection', () => Promise.reject(new Error('x')), 'unhealthy'],
  ['nothing', () => undefined, 'healthy'],
  ['rows', async () => ({ rows: [1] }), 'healthy'],
  ['an HTTP answer', () => ({ status: 500 }), 'healthy'],
  ['a result', () => ({ status: 'degraded' }), 'degraded'],
])('%s is told as %3$s', async (_what, run, status) => {
  expect((await new CheckRunner({ run }, ignore).outcome()).status).toBe(status);
});

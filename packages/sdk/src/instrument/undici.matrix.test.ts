import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { retriesTold, vendorCalls } from '../test-support/vendor-calls.js';

test.each(matrixCases('undici'))(
  '[E1][E2] undici: services by name and operation, the retries of its RetryAgent, timeouts ($name)',
  async one => {
    const run = await openCase(one);
    const calls = await vendorCalls(run, 'payments', ['/plain', '/late', '/late-fetch', '/again']);
    expect(calls).toEqual({
      '/plain': [['payments.customers.get', 'ok', 0]],
      '/again': [
        ['payments.flaky.list', '503', 0],
        ['payments.flaky.list', '503', 1],
        ['payments.flaky.list', 'ok', 2],
      ],
      '/late': [['payments.slow.list', 'timeout', 0]],
      '/late-fetch': [['payments.slow.list', 'timeout', 0]],
    });
    expect(retriesTold(run, 'payments')).toEqual({ 'flaky.list': 2 });
  },
);

import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { retriesTold, vendorCalls } from '../test-support/vendor-calls.js';

test.each(matrixCases('got'))(
  '[E1][E2] got: services by name and operation, its retries and those of p-retry, timeouts ($name)',
  async one => {
    const run = await openCase(one);
    const calls = await vendorCalls(run, 'payments', ['/plain', '/again', '/late', '/by-hand', '/several']);
    expect(calls).toEqual({
      '/plain': [['payments.customers.create', 'ok', 0]],
      '/again': [
        ['payments.flaky.rates.list', '503', 0],
        ['payments.flaky.rates.list', '503', 1],
        ['payments.flaky.rates.list', 'ok', 2],
      ],
      '/late': [['payments.slow.list', 'timeout', 0]],
      '/by-hand': [
        ['payments.flaky.orders.create', '503', 0],
        ['payments.flaky.orders.create', '503', 1],
        ['payments.flaky.orders.create', 'ok', 2],
      ],
      // Two different ones, as their lengths say.
      '/several': [
        ['payments.flaky.mails.create', '503', 0],
        ['payments.flaky.mails.create', '503', 0],
      ],
    });
    expect(retriesTold(run, 'payments')).toEqual({ 'flaky.rates.list': 2, 'flaky.orders.create': 2 });
  },
);

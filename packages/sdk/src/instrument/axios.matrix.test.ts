import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { retriesTold, vendorCalls } from '../test-support/vendor-calls.js';

test.each(matrixCases('axios'))(
  '[E1][E2] services behind HTTP clients (axios, fetch) by name and operation, with latency and outcome, retries and timeouts ($name)',
  async one => {
    const run = await openCase(one);
    expect(await vendorCalls(run, 'payments', ['/', '/late', '/again'])).toEqual({
      '/': [
        ['payments.payment_intents.confirm', 'ok', 0],
        ['payments.customers.get', 'ok', 0],
        ['payments.broken.list', '503', 0],
        ['payments.chat.completions.create', 'ok', 0],
      ],
      '/again': [
        ['payments.flaky.list', '503', 0],
        ['payments.flaky.list', '503', 1],
        ['payments.flaky.list', 'ok', 2],
      ],
      '/late': [['payments.slow.list', 'timeout', 0]],
    });
    expect(retriesTold(run, 'payments')).toEqual({ 'flaky.list': 2 });
    const series = run.sink.points.filter(point => point.metric === 'http.client.request.duration');
    expect(series.every(point => point.attributes['service.peer.name'] === 'payments')).toBe(true);
    expect(JSON.stringify(series.map(point => point.attributes))).not.toMatch(/pi_|cus_|b\.example/);
  },
);

import { expect, test } from 'vitest';
import { allText } from '../test-support/database-spans.js';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { vendorCalls } from '../test-support/vendor-calls.js';

test.each(matrixCases('@clerk/backend', { previous: false }))(
  '[E1][E2] @clerk/backend: its calls by operation, with outcome, without users and keys ($name)',
  async one => {
    const run = await openCase(one);
    const calls = await vendorCalls(run, 'clerk', ['/get', '/list', '/gone']);
    expect(calls['/get']).toEqual([['clerk.users.get', 'ok', 0]]);
    expect(calls['/list']?.toSorted()).toEqual([
      ['clerk.users.count.list', 'ok', 0],
      ['clerk.users.list', 'ok', 0],
    ]);
    expect(calls['/gone']).toEqual([['clerk.users.get', '404', 0]]);
    expect(allText(run.sink)).not.toMatch(/secret/);
  },
);

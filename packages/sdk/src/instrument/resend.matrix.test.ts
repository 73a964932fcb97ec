import { expect, test } from 'vitest';
import { allText } from '../test-support/database-spans.js';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { vendorCalls } from '../test-support/vendor-calls.js';

test.each(matrixCases('resend'))(
  '[E1][E2] resend: its calls by operation, with outcome, without mails and keys ($name)',
  async one => {
    const run = await openCase(one);
    const calls = await vendorCalls(run, 'resend', ['/send', '/get', '/refused'], port => ({
      RESEND_BASE_URL: `http://127.0.0.1:${port}`,
    }));
    expect(calls).toEqual({
      '/send': [['resend.emails.create', 'ok', 0]],
      '/get': [['resend.emails.get', 'ok', 0]],
      '/refused': [['resend.domains.list', '401', 0]],
    });
    expect(allText(run.sink)).not.toMatch(/secret/);
  },
);

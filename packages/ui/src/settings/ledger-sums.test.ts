import type { LedgerAnswer } from '@bellwether/model';
import { expect, test } from 'vitest';
import { lostOf, totalRow } from './ledger-sums.js';

const row: LedgerAnswer['rows'][number] = {
  key: 'shop',
  protocol: 'otlp/http',
  signal: 'traces',
  received: 100,
  stored: 80,
  pending: 5,
  duplicate: 3,
  sampledOut: 2,
  refused: [
    { reason: 'rate-limit', items: 6 },
    { reason: 'not-storable', items: 0 },
  ],
  dropped: [{ reason: 'engine', items: 4 }],
  reportedBySender: [],
};

test('the sum of all rows adds every column', () => {
  expect(totalRow([row, { ...row, signal: 'logs' }])).toMatchObject({
    signal: 'all',
    received: 200,
    stored: 160,
    pending: 10,
    refused: [{ items: 12 }],
    dropped: [{ items: 8 }],
  });
});

test('what is missing is named with its reason, the most first, and nothing that is not missing', () => {
  const logs = {
    ...row,
    signal: 'logs' as const,
    refused: [],
    dropped: [],
    reportedBySender: [{ reason: 'queue', items: 9 }],
  };
  expect(lostOf([row, logs]).map(({ items, signal, what, reason }) => `${items} ${signal} ${what}: ${reason}`)).toEqual(
    ['9 logs were lost by the sender: queue', '6 traces were refused: rate-limit', '4 traces were dropped: engine'],
  );
});

import type { FindingRow } from '@bellwether/model';
import { expect, test } from 'vitest';
import { undoFindings } from './undo-findings.js';

const row = (id: string, state: FindingRow['state']): FindingRow => ({
  id,
  state,
  stateSinceMs: null,
  kind: 'slow-query',
  title: 'Slow query',
  database: '',
  tenants: 0,
  firstEverMs: 0,
  service: 'shop',
  route: 'GET /orders',
  subject: 'SELECT orders',
  place: '',
  orm: '',
  requests: 1,
  requestsPerDay: 1,
  lostMsEach: 1,
  lostMsPerDay: 1,
  timesEach: 1,
  firstMs: 0,
  lastMs: 0,
  sparkline: [],
});

test('findings become what they were, those that were alike together; one that came back is open', () => {
  const rows = [row('a', 'open'), row('b', 'ignored'), row('c', 'regressed'), row('d', 'ignored')];
  expect(undoFindings(rows)).toEqual([
    { ids: ['a', 'c'], decision: { state: 'open' } },
    { ids: ['b', 'd'], decision: { state: 'ignored' } },
  ]);
});

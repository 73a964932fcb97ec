import type { ErrorRow } from '@bellwether/model';
import { expect, test } from 'vitest';
import { doneWords, undoOf } from './undo-acts.js';

const row = (id: string, more: Partial<ErrorRow> = {}): ErrorRow => ({
  id,
  trend: 'ongoing',
  state: 'open',
  stateSinceMs: null,
  ignoredUntilMs: null,
  ignoredUntilEvents: null,
  ignoredUntilUsers: null,
  ignoredWithinMs: null,
  owner: '',
  type: 'E',
  message: '',
  culprit: '',
  services: [],
  events: 1,
  users: 0,
  tenants: 0,
  firstMs: 0,
  lastMs: 0,
  firstEverMs: 0,
  firstVersion: '',
  lastVersion: '',
  sparkline: [],
  ...more,
});

test('[I10] what was done with several errors is taken back to what each was before', () => {
  const rows = [
    row('a'),
    row('b', { state: 'regressed' }),
    row('c', { state: 'ignored', ignoredUntilUsers: 50, ignoredWithinMs: 3_600_000, owner: 'ann' }),
    row('d', { state: 'resolved' }),
  ];
  const resolve = { kind: 'decide', decision: { state: 'resolved' } } as const;
  expect(undoOf(rows, resolve)).toEqual([
    { ids: ['a', 'b'], act: { kind: 'decide', decision: { state: 'open' } } },
    { ids: ['c'], act: { kind: 'decide', decision: { state: 'ignored', untilUsers: 50, withinMs: 3_600_000 } } },
    { ids: ['d'], act: { kind: 'decide', decision: { state: 'resolved' } } },
  ]);
  expect(undoOf(rows, { kind: 'assign', owner: 'bob' })).toEqual([
    { ids: ['a', 'b', 'd'], act: { kind: 'assign', owner: '' } },
    { ids: ['c'], act: { kind: 'assign', owner: 'ann' } },
  ]);
  expect(undoOf(rows, { kind: 'merge', into: 'a' })).toEqual([{ ids: ['b', 'c', 'd'], act: { kind: 'take-out' } }]);
  expect(undoOf(rows, { kind: 'comment', text: 'x' })).toEqual([]);
  expect(doneWords('2 errors', resolve)).toBe('2 errors resolved');
});

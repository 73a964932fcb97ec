import type { TraceAnswer } from '@bellwether/model';
import { expect, test } from 'vitest';
import { markedRows } from './marked-rows.js';

/** A request of 100 µs with `count` queries, one every 5 µs, below it. */
function trace(count: number): TraceAnswer {
  const all = Array.from({ length: count + 1 }, (_, i) => i);
  return {
    traceId: '1'.repeat(32),
    startNs: '0',
    durationUs: 100,
    spanCount: count + 1,
    truncated: false,
    arriving: false,
    spans: {
      id: all.map(i => `s${i}`),
      parent: all.map(i => (i === 0 ? -1 : 0)),
      service: all.map(() => 0),
      name: all.map(i => (i === 0 ? 0 : 1)),
      kind: all.map(i => (i === 0 ? 2 : 3)),
      status: all.map(() => 0),
      startUs: all.map(i => (i === 0 ? 0 : i * 5)),
      durationUs: all.map(i => (i === 0 ? 100 : 4)),
      httpStatus: all.map(() => ''),
      peer: all.map(() => ''),
      group: all.map(() => ''),
      logCount: all.map(() => 0),
    },
    services: ['shop'],
    names: ['GET /orders', 'SELECT customers'],
    facts: { rootIndex: 0, tenantId: '', userId: '', version: '', environment: '', usualMs: null },
  };
}

test('a short group is shown whole, below its request, where it lies in time', () => {
  const rows = markedRows(trace(3), 's0', ['s1', 's2', 's3']);
  expect(rows.map(row => (row.kind === 'span' ? `${row.depth} ${row.name} ${row.isMarked}` : row.count))).toEqual([
    '0 GET /orders false',
    '1 SELECT customers true',
    '1 SELECT customers true',
    '1 SELECT customers true',
  ]);
  expect(rows[1]).toMatchObject({ from: 0.05, to: 0.09 });
});

test('of a long group the first spans and the last are shown, and how many lie between', () => {
  const rows = markedRows(
    trace(18),
    's0',
    Array.from({ length: 18 }, (_, i) => `s${i + 1}`),
  );
  expect(rows.filter(row => row.kind === 'span')).toHaveLength(10);
  expect(rows.find(row => row.kind === 'rest')).toMatchObject({ count: 9 });
  expect(rows.at(-1)).toMatchObject({ id: 's18' });
});

test('spans of other requests are left out, and a request that has not come does no harm', () => {
  const given = trace(2);
  expect(markedRows({ ...given, spans: { ...given.spans, parent: [-1, 0, -2] } }, 's0', ['s1'])).toHaveLength(2);
  expect(markedRows(given, 'gone', ['s1', 's2'])).toHaveLength(3);
});

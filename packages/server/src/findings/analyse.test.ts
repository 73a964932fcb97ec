import { expect, test } from 'vitest';
import { analyse } from './analyse.js';
import { defaultThresholds } from './thresholds.js';
import { type GivenSpan, traceSpans } from './trace-spans.js';

test.each(['1e308', '1e300', '9007199254740993'])(
  'a span that says it waited %s ms for a connection lost no more than its trace took',
  waited => {
    const span = { service: 'shop', isError: false, durationUs: 50_000, startUs: 0 };
    const trace = traceSpans('t', [
      { ...span, id: 'a', parent: '', name: 'GET /', kind: 2, durationUs: 60_000, facts: {} },
      {
        ...span,
        id: 'b',
        parent: 'a',
        name: 'SELECT',
        kind: 3,
        facts: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1', 'bellwether.db.pool.wait_ms': waited },
        stalls: [{ durationUs: Number(waited) * 1000, place: '/srv/a.ts:1' }],
      },
    ]);
    const seen = analyse(trace, defaultThresholds, (_, error) => {
      throw error;
    });
    expect(seen.map(({ kind, lostUs }) => [kind, lostUs]).toSorted()).toEqual([
      ['blocked-event-loop', 60_000],
      ['pool-starvation', 60_000],
    ]);
  },
);

const call = (id: number, facts: Readonly<Record<string, string>>): GivenSpan => ({
  id: `c${id}`,
  parent: 'a',
  startUs: 1000 + id * 4000,
  durationUs: 3500,
  service: 'shop',
  name: 'GET',
  kind: 3,
  isError: false,
  facts: { 'http.request.method': 'GET', 'url.full': `http://127.0.0.1:4711/v1/charges/${id}`, ...facts },
});

const subjects = (facts: Readonly<Record<string, string>>, answeredBy?: string): readonly string[] => {
  const calls = Array.from({ length: 8 }, (_, id) => call(id, facts));
  const entry = { ...call(0, {}), id: 'a', parent: '', startUs: 0, durationUs: 60_000, name: 'GET /', kind: 2 };
  const answers = calls.map(({ id, ...rest }) => ({
    ...rest,
    id: `${id}s`,
    parent: id,
    kind: 2,
    service: answeredBy ?? '',
  }));
  const trace = traceSpans('t', [entry, ...calls, ...(answeredBy === undefined ? [] : answers)]);
  const seen = analyse(trace, defaultThresholds, (_, error) => {
    throw error;
  });
  return seen.map(({ subject }) => subject);
};

test('[E1] who is called stands in a finding by the name that other pages have for it, and not by its address', () => {
  expect(subjects({ 'service.peer.name': 'ledgerly' })).toEqual(['GET ledgerly/v1/charges/:id']);
  expect(subjects({ 'peer.service': 'ledgerly' }, 'payments')).toEqual(['GET ledgerly/v1/charges/:id']);
  expect(subjects({}, 'payments')).toEqual(['GET payments/v1/charges/:id']);
  expect(subjects({})).toEqual(['GET 127.0.0.1:4711/v1/charges/:id']);
});

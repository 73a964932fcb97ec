import { expect, test } from 'vitest';
import { analyse } from './analyse.js';
import { defaultThresholds } from './thresholds.js';
import { traceSpans } from './trace-spans.js';

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

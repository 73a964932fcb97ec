import type { TraceAnswer } from '@bellwether/model';
import { expect, test } from 'vitest';
import { spansOf, type WrittenSpan } from './spans-of.js';
import { firstToLookAt, traceModel } from './trace-model.js';

function traceOf(written: readonly WrittenSpan[], peers: Record<string, string> = {}): TraceAnswer {
  const spans = spansOf(written);
  return {
    traceId: 'a'.repeat(32),
    startNs: '1',
    durationUs: 100,
    spanCount: written.length,
    truncated: false,
    arriving: false,
    services: ['gateway', 'checkout'],
    names: [''],
    spans: { ...spans, peer: spans.id.map(id => peers[id] ?? '') },
    facts: { rootIndex: 0, tenantId: '', userId: '', version: '', environment: '', usualMs: null },
  };
}

test('a call with nothing below it was worked off by what it called', () => {
  const model = traceModel(
    traceOf(
      [
        { id: 'root', to: 100 },
        { id: 'call', under: 'root', to: 90 },
        { id: 'served', under: 'call', to: 80, service: 1 },
        { id: 'query', under: 'served', to: 70, service: 1 },
      ],
      { call: 'checkout:8080', query: 'postgresql shop' },
    ),
  );
  expect([...model.workerOf].map(worker => model.workers[worker])).toEqual([
    'gateway',
    'gateway',
    'checkout',
    'postgresql shop',
  ]);
});

test('a failed trace opens where the error began', () => {
  const model = traceModel(
    traceOf([
      { id: 'root', to: 100, failed: true },
      { id: 'a', under: 'root', to: 90, failed: true },
      { id: 'b', under: 'a', from: 10, to: 12, failed: true },
      { id: 'c', under: 'root', from: 20, to: 80 },
    ]),
  );
  expect(model.spans.id[firstToLookAt(model)]).toBe('b');
});

test('a trace without errors opens where the critical path stayed longest', () => {
  const model = traceModel(
    traceOf([
      { id: 'root', to: 100 },
      { id: 'a', under: 'root', from: 5, to: 95 },
      { id: 'b', under: 'a', from: 10, to: 90 },
    ]),
  );
  expect(model.spans.id[firstToLookAt(model)]).toBe('b');
});

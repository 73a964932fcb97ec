import { expect, test } from 'vitest';
import type { Batch } from '../decode/batch.js';
import { decode } from '../decode/decode.js';
import { TailSampler, type SamplingOptions } from './tail-sampler.js';

const options: SamplingOptions = {
  share: 0.1,
  keepRarePerMinute: 0,
  holdSeconds: 10,
  maxHeldBytes: 1 << 20,
  workspaces: { whole: { share: 1 } },
};

interface Sent {
  readonly trace: number;
  readonly name?: string;
  readonly kind?: number;
  readonly isError?: boolean;
  readonly ms?: number;
  readonly hasParent?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

function traces(...sent: readonly Sent[]): readonly Batch[] {
  const spans = sent.map(
    ({ trace, name = 'GET /a', kind = 2, isError = false, ms = 10, hasParent = false, attributes = {} }, index) => ({
      traceId: hex(trace, 32),
      spanId: hex(index + 1, 16),
      ...(hasParent && { parentSpanId: hex(99, 16) }),
      name,
      kind,
      startTimeUnixNano: '1000000000000000000',
      endTimeUnixNano: String(1_000_000_000_000_000_000n + BigInt(ms) * 1_000_000n),
      attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
      status: { code: isError ? 2 : 0 },
    }),
  );
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  return [
    decode('traces', 'json', Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }))),
  ];
}

function logs(): readonly Batch[] {
  const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }] };
  return [decode('logs', 'json', Buffer.from(JSON.stringify(body)))];
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const sampler = (changes: Partial<SamplingOptions> = {}, now = () => 1000): TailSampler =>
  new TailSampler({ ...options, ...changes }, now);

test('[B5] of ordinary traces a share is kept, each span for as many as were there; the sum of weights is what came', () => {
  const sampling = sampler();
  const batches = traces(...range(5000).map(trace => ({ trace })));
  expect(sampling.holds('w', batches)).toBe(true);
  const weights = sampling.decide('w', batches);
  expect([...new Set(weights)].sort((a, b) => a - b)).toEqual([0, 10]);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  expect(Math.abs(sum - 5000)).toBeLessThan(3 * Math.sqrt(5000 * 9));
});

test('[B5] [W31] a trace with an error is kept with all of its spans that wait, and with those that come later', () => {
  const sampling = sampler();
  const early = traces(...range(500).map(trace => ({ trace })));
  const failing = traces(...range(500).map(trace => ({ trace, kind: 1, hasParent: true, isError: true })));
  expect([sampling.holds('w', early), sampling.holds('w', failing)]).toEqual([true, true]);
  for (const batches of [early, failing]) expect([...sampling.decide('w', batches)]).toEqual(range(500).map(() => 1));
  const late = range(500).map(trace => ({ trace, hasParent: true, kind: 3 }));
  expect([...sampling.decide('w', traces(...late))]).toEqual(range(500).map(() => 1));
  expect(sampling.marked.error).toBe(500);
});

test('an error that comes after its trace was decided keeps what comes from then on, for itself only', () => {
  const sampling = sampler();
  const batches = traces(...range(200).map(trace => ({ trace })));
  sampling.holds('w', batches);
  const before = sampling.decide('w', batches);
  const dropped = before.indexOf(0) + 1;
  sampling.holds('w', traces({ trace: dropped, isError: true }));
  expect([...sampling.decide('w', traces({ trace: dropped }))]).toEqual([1]);
});

test('[B5] a trace that is slow for its operation is kept; the same duration elsewhere is usual', () => {
  const sampling = sampler();
  const usual = traces(
    ...range(100).map(trace => ({ trace, ms: 10 })),
    ...range(100).map(trace => ({ trace: 1000 + trace, name: 'POST /report', ms: 800 })),
  );
  sampling.holds('w', usual);
  sampling.holds('w', traces({ trace: 5000, ms: 800 }, { trace: 5001, name: 'POST /report', ms: 800 }));
  expect(sampling.marked.slow).toBe(1);
  expect(sampling.decide('w', traces({ trace: 5000 }))[0]).toBe(1);
});

test('[B5] the first traces of an operation in a minute are kept: all of those that are rare', () => {
  let nowMs = 60_000;
  const sampling = sampler({ keepRarePerMinute: 2 }, () => nowMs);
  sampling.holds('w', traces({ trace: 1, name: 'GET /rare' }));
  sampling.holds('w', traces(...range(50).map(trace => ({ trace: 100 + trace }))));
  expect(sampling.marked.rare).toBe(3);
  expect([...sampling.decide('w', traces({ trace: 1 }))]).toEqual([1]);
  nowMs += 60_000;
  sampling.holds('w', traces(...[2, 3, 4].map(trace => ({ trace, name: 'GET /rare' }))));
  expect(sampling.marked.rare).toBe(5);
});

test('paths with ids are one operation, by the name or by the attribute, so that not each of them is rare', () => {
  const sampling = sampler({ keepRarePerMinute: 1 });
  sampling.holds('w', traces(...range(50).map(order => ({ trace: order, name: `GET /orders/${order}812` }))));
  expect(sampling.marked.rare).toBe(1);
  const byPath = range(50).map(order => ({
    trace: 100 + order,
    name: 'GET',
    attributes: { 'url.path': `/items/${order}812` },
  }));
  sampling.holds('w', traces(...byPath));
  expect(sampling.marked.rare).toBe(2);
  const byRoute = range(2).map(trace => ({
    trace: 200 + trace,
    name: 'GET',
    attributes: { 'http.route': '/carts/:id' },
  }));
  sampling.holds('w', traces(...byRoute));
  expect(sampling.marked.rare).toBe(3);
});

test('spans inside a trace are no operations of their own', () => {
  const sampling = sampler({ keepRarePerMinute: 1 });
  sampling.holds(
    'w',
    traces({ trace: 1, kind: 3, hasParent: true, name: 'SELECT 1' }, { trace: 2, kind: 1, hasParent: true }),
  );
  expect(sampling.marked.rare).toBe(0);
  sampling.holds('w', traces({ trace: 3, kind: 1, name: 'job' }));
  expect(sampling.marked.rare).toBe(1);
});

test('logs and metrics never wait, nor does a workspace of which all is kept, nor do those beyond a hundred', () => {
  const sampling = sampler();
  expect(sampling.holds('w', logs())).toBe(false);
  expect(sampling.holds('whole', traces({ trace: 1 }))).toBe(false);
  expect(sampler({ share: undefined }).holds('w', traces({ trace: 1 }))).toBe(false);
  // A request of several signals waits as a whole.
  expect(sampling.holds('w', [...logs(), ...traces({ trace: 1 })])).toBe(true);
  for (const name of range(150)) sampling.holds(`w${name}`, traces({ trace: 1 }));
  expect(sampling.holds('w150', traces({ trace: 1 }))).toBe(false);
  expect(sampling.holds('w', traces({ trace: 2 }))).toBe(true);
});

test('what waited when the receiver stopped is kept whole, with what comes of it later', () => {
  const sampling = sampler();
  sampling.keep('w', traces(...range(50).map(trace => ({ trace }))));
  const later = traces(...range(50).map(trace => ({ trace, hasParent: true })));
  expect([...sampling.decide('w', later)]).toEqual(range(50).map(() => 1));
  expect(sampling.marked.restart).toBe(50);
});

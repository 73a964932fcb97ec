import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { scopeOf } from '../store/store.js';
import { BlockBuilder } from '../write/block-builder.js';
import { openTestStore, type TestStore } from '../write/stored.test-support.js';
import type { Asker } from './asker.js';
import { type OverviewQuestion, serviceOverview } from './service-overview.js';

let store: TestStore;
const startMs = Date.UTC(2026, 4, 28, 20, 0);
const minutes = 20;
const requests = 8000;

/** The same 8,000 requests twice: `all` sent every span, `quarter` a fourth of them by the trace id, and what failed in any case, as the SDK does. */
beforeAll(async () => {
  store = await openTestStore();
  const random = seeded(20_260_528);
  const sent = Array.from({ length: requests }, (_, i) => ({
    traceId: `${hex(random)}${hex(random)}${hex(random)}${hex(random)}`,
    spanId: `${hex(random)}${hex(random)}`,
    atMs: startMs + Math.floor((i / requests) * minutes * 60_000),
    // Long-tailed, as times of requests are: half below 20 ms, one in a hundred beyond 130.
    durationNs: Math.round(20e6 * Math.exp(0.8 * normal(random))),
    isError: random() < 0.02,
  }));
  const quarter = sent.flatMap(request => {
    const isSampled = Number.parseInt(request.traceId.slice(18, 20), 16) >= 0xc0;
    if (request.isError) return [{ ...request, traceState: 'ot=th:0' }];
    return isSampled ? [{ ...request, traceState: 'vendor=1,ot=th:c' }] : [];
  });
  await receive('all', sent);
  await receive('quarter', quarter);
}, 60_000);
afterAll(() => store.close());

async function receive(workspace: string, sent: readonly Sent[]): Promise<void> {
  const spans = sent.map(({ traceId, spanId, atMs, durationNs, isError, traceState = '' }) => ({
    traceId,
    spanId,
    traceState,
    name: 'GET /orders',
    kind: 2,
    startTimeUnixNano: `${atMs}000000`,
    endTimeUnixNano: String(BigInt(atMs) * 1_000_000n + BigInt(durationNs)),
    status: { code: isError ? 2 : 0 },
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }));
  const builder = new BlockBuilder();
  builder.add(decode('traces', 'json', body), { workspace, recordSeq: 1, receivedMs: Date.now() });
  await store.load(builder.cut());
}

interface Sent {
  readonly traceId: string;
  readonly spanId: string;
  readonly atMs: number;
  readonly durationNs: number;
  readonly isError: boolean;
  readonly traceState?: string;
}

function overview(workspace: string, toMinute: number): ReturnType<typeof serviceOverview> {
  const asker: Asker = { store: store.engine, scope: scopeOf(workspace), signal: new AbortController().signal };
  const toMs = startMs + toMinute * 60_000;
  const question: OverviewQuestion = {
    fromMs: startMs,
    toMs,
    service: 'shop',
    env: undefined,
    compare: undefined,
    nowMs: toMs,
  };
  return serviceOverview(asker, question);
}

const cases = [
  { range: 'of minutes, which the receiver counted', toMinute: minutes },
  { range: 'of seconds, which is counted from spans', toMinute: 10 },
];

test.each(cases)(
  '[C1] [C2] [C3] [B5] one trace in four gives the rate, the errors and the percentiles of all of them, in a range $range',
  async ({ toMinute }) => {
    const [all, quarter] = await Promise.all([overview('all', toMinute), overview('quarter', toMinute)]);
    expect([all.isScaled, quarter.isScaled]).toEqual([false, true]);
    const [whole, scaled] = [all.totals, quarter.totals];
    expect(whole.requests).toBe((requests * toMinute) / minutes);
    // A share p of n gives n with the standard deviation √(n (1 - p) / p); four of them.
    expect(Math.abs(scaled.requests - whole.requests)).toBeLessThan(4 * Math.sqrt(whole.requests * 3));
    expect(scaled.requests).not.toBe(whole.requests);
    // What failed is kept always and stands for itself.
    expect(scaled.errors).toBe(whole.errors);
    const off = (name: 'p50Ms' | 'p95Ms' | 'p99Ms' | 'meanMs'): number =>
      Math.abs((scaled[name] ?? 0) / (whole[name] ?? 1) - 1);
    expect(off('p50Ms')).toBeLessThan(0.1);
    expect(off('p95Ms')).toBeLessThan(0.15);
    expect(off('p99Ms')).toBeLessThan(0.3);
    expect(off('meanMs')).toBeLessThan(0.1);
    expect(quarter.endpoints).toMatchObject([{ requests: scaled.requests }]);
  },
);

/** Uniform in [0, 1), the same at each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function hex(random: () => number): string {
  return Math.floor(random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
}

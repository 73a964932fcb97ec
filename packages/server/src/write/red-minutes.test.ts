import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { BlockBuilder } from './block-builder.js';
import { bucketOf } from './red-minutes-block.js';
import { wholeSpans } from './span-block.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const receivedMs = Date.now();
const firstMinute = Math.floor(receivedMs / 60_000) * 60;
let workspaces = 0;

interface Sent {
  readonly name: string;
  readonly kind: number;
  readonly tenant: string;
  readonly minute: number;
  readonly durationNs: number;
  readonly isError: boolean;
  /** As sampling decided; 0: left out. */
  readonly weight?: number;
}

async function send(sent: readonly Sent[]): Promise<string> {
  const workspace = `w${++workspaces}`;
  const spans = sent.map(({ name, kind, tenant, minute, durationNs, isError }, i) => {
    const start = BigInt(firstMinute + minute * 60) * 1_000_000_000n + BigInt(i);
    return {
      traceId: '0123456789abcdef0123456789abcdef',
      spanId: (i + 1).toString(16).padStart(16, '0'),
      name,
      kind,
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(start + BigInt(durationNs)),
      attributes: [{ key: 'tenant.id', value: { stringValue: tenant } }],
      status: { code: isError ? 2 : 0 },
    };
  });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }));
  const builder = new BlockBuilder();
  const weights = Float32Array.from(sent, ({ weight = 1 }) => weight);
  builder.add(decode('traces', 'json', body), { workspace, recordSeq: 1, receivedMs }, weights);
  await store.load(builder.cut());
  return workspace;
}

test('[C1] [C2] [C3] [B5] any spans are counted once per minute, operation, kind and tenant, with errors and durations, stored or sampled out', async () => {
  const one = fc.record({
    weight: fc.constantFrom(0, 1, 10),
    name: fc.constantFrom('GET /a', 'GET /b', 'POST /a'),
    kind: fc.integer({ min: 0, max: 5 }),
    tenant: fc.constantFrom('', 'acme', 'globex'),
    minute: fc.integer({ min: 0, max: 2 }),
    durationNs: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 2 ** 40 })),
    isError: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 200 }), async sent => {
      const workspace = await send(sent);
      const rows = await store.rows<Record<string, string | number>>(
        `SELECT toUnixTimestamp(minute) AS minute, operation, kind, tenant_id AS tenant, toString(count) AS n, toString(errors) AS failed,
           toString(duration_ns) AS ns, toString(durations) AS buckets FROM red_minutes FINAL WHERE workspace = '${workspace}'`,
      );
      const expected = new Map<string, { n: number; failed: number; ns: number; buckets: Map<number, number> }>();
      for (const { name, kind, tenant, minute, durationNs, isError } of sent) {
        if (kind < 2) continue;
        const key = JSON.stringify([firstMinute + minute * 60, name, kind, tenant]);
        const row = expected.get(key) ?? { n: 0, failed: 0, ns: 0, buckets: new Map<number, number>() };
        expected.set(key, row);
        row.n++;
        row.failed += isError ? 1 : 0;
        row.ns += durationNs;
        const bucket = durationNs === 0 ? 0 : Math.floor(8 * Math.log2(durationNs));
        row.buckets.set(bucket, (row.buckets.get(bucket) ?? 0) + 1);
      }
      const texts = [...expected].map(([key, { n, failed, ns, buckets }]) => {
        const sorted = [...buckets].sort(([a], [b]) => a - b).map(([bucket, count]) => `${bucket}:${count}`);
        return `${key} ${n} ${failed} ${ns} {${sorted.join(',')}}`;
      });
      const stored = rows.map(row => {
        const key = JSON.stringify([row['minute'], row['operation'], row['kind'], row['tenant']]);
        return `${key} ${row['n']} ${row['failed']} ${row['ns']} ${row['buckets']}`;
      });
      expect(stored.sort()).toEqual(texts.sort());
      const spans = await store.rows<Record<string, string | number>>(
        `SELECT reinterpretAsUInt64(reverse(span_id)) AS id, name, attrs['tenant.id'] AS tenant, weight FROM spans WHERE workspace = '${workspace}' ORDER BY id`,
      );
      const kept = sent.flatMap(({ name, tenant, weight }, index) =>
        weight === 0 ? [] : [{ id: String(index + 1), name, tenant, weight }],
      );
      expect(spans.map(row => ({ ...row, id: String(row['id']) }))).toEqual(kept);
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 60_000);

test('a service keeps 1,000 operations of a block by name, the rest counts as _other', async () => {
  const sent = Array.from({ length: 1500 }, (_, i) => ({
    name: `op ${i}`,
    kind: 2,
    tenant: '',
    minute: 0,
    durationNs: 1000,
    isError: false,
  }));
  const workspace = await send(sent);
  const [row] = await store.rows<Record<string, string>>(
    `SELECT toString(uniqExact(operation)) AS names, toString(sumIf(count, operation = '_other')) AS other, toString(sum(count)) AS spans
     FROM red_minutes WHERE workspace = '${workspace}'`,
  );
  expect(row).toEqual({ names: '1001', other: '500', spans: '1500' });
});

test('a bucket holds an eighth of a power of two', () => {
  expect([0, 1, 2, 4, 1000, 2 ** 40, 2 ** 63].map(bucketOf)).toEqual([0, 0, 8, 16, 79, 320, 504]);
});

test('[B5] a weight with a fraction is a whole number for each span, and true on average; ids that follow each other are no pattern', () => {
  for (const weight of [1.5, 10 / 3, 7.25]) {
    let sum = 0;
    const id = Buffer.alloc(8);
    for (let i = 0; i < 10_000; i++) {
      id.writeUInt32BE(i, 4);
      const whole = wholeSpans(weight, id, 0);
      expect([Math.floor(weight), Math.ceil(weight)]).toContain(whole);
      sum += whole;
    }
    expect(sum / 10_000).toBeCloseTo(weight, 1);
  }
});

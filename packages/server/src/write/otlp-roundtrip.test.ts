import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { isSecretKey, isUrlKey } from '../enrich/secrets.js';
import { BlockBuilder } from './block-builder.js';
import {
  expectedLogs,
  expectedSpans,
  type KeyValue,
  type LogsRequest,
  type TracesRequest,
  type Value,
} from './otlp-model.test-support.js';
import { logsProtobuf, tracesProtobuf } from './otlp-protobuf.test-support.js';
import { inOrder, storedLogs, storedSpans, withSortedResource } from './stored-rows.test-support.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Today: rows that came more than 30 days ago are gone at once. */
const receivedMs = Date.now();

/** Every text a store may meet; no lone surrogates, which UTF-8 can not hold. */
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 12 }));
const key = text.filter(name => !isSecretKey(name) && !isUrlKey(name));

/** One of fifty numbers of so many digits could be a payment card's, and is not stored. */
const isNoCard = (digits: string): boolean => !/^\d{15,16}$/.test(digits);

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({
      intValue: fc
        .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        .map(String)
        .filter(isNoCard),
    }),
    fc.record({ intValue: fc.integer({ min: 0, max: 100_000 }).map(String) }),
    fc.record({ doubleValue: fc.double().filter(x => !Number.isNaN(x) && Number.isFinite(x) && !Object.is(x, -0)) }),
    fc.record({ doubleValue: fc.constantFrom('NaN', 'Infinity', '-Infinity') }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes).toString('base64')) }),
    fc.constant({}),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.record({
      kvlistValue: fc.record({ values: fc.array(fc.record({ key, value: tie('value') }), { maxLength: 3 }) }),
    }),
  ),
})).value;

const attributes: fc.Arbitrary<KeyValue[]> = fc.array(fc.record({ key, value }), { maxLength: 8 });
const hexId = (bytes: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter(id => id.some(byte => byte !== 0))
    .map(id => Buffer.from(id).toString('hex'));
const timeNs = fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_700_100_000_000_000_000n });
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** Drops members that are undefined, as JSON does. */
function compact<T>(request: unknown): T {
  // The arbitraries below build the members of T.
  return JSON.parse(JSON.stringify(request)) as T;
}

const span = fc
  .record({
    traceId: hexId(16),
    spanId: hexId(8),
    parentSpanId: optional(hexId(8)),
    traceState: optional(text),
    name: text,
    kind: optional(fc.integer({ min: 0, max: 5 })),
    start: timeNs,
    durationNs: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 40n }), fc.bigInt({ min: 0n, max: 2n ** 62n })),
    attributes,
    droppedAttributesCount: optional(fc.integer({ min: 0, max: 1000 })),
    events: optional(
      fc.array(fc.record({ timeUnixNano: timeNs.map(String), name: text, attributes }), { maxLength: 2 }),
    ),
    links: optional(
      fc.array(fc.record({ traceId: hexId(16), spanId: hexId(8), traceState: text, attributes }), { maxLength: 2 }),
    ),
    status: optional(fc.record({ message: text, code: fc.integer({ min: 0, max: 2 }) })),
  })
  .map(({ start, durationNs, ...rest }) => ({
    ...rest,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + durationNs),
  }));

const scope = optional(fc.record({ name: text, version: text, attributes }));
const resource = optional(
  fc.record({
    attributes: fc.oneof(
      attributes,
      attributes.map(list => [...list, { key: 'service.name', value: { stringValue: 'shop' } }]),
    ),
  }),
);

const traces = fc
  .array(
    fc.record({
      resource,
      scopeSpans: fc.array(fc.record({ scope, spans: fc.array(span, { maxLength: 6 }) }), { maxLength: 2 }),
    }),
    { maxLength: 3 },
  )
  .map(resourceSpans => compact<TracesRequest>({ resourceSpans }));

const log = fc.record({
  timeUnixNano: optional(timeNs.map(String)),
  observedTimeUnixNano: timeNs.map(String),
  severityNumber: fc.integer({ min: 1, max: 24 }),
  severityText: optional(text),
  body: optional(value),
  attributes,
  flags: optional(fc.integer({ min: 0, max: 0xffffffff })),
  traceId: optional(hexId(16)),
  spanId: optional(hexId(8)),
  eventName: optional(text),
});

const logs = fc
  .array(
    fc.record({
      resource,
      scopeLogs: fc.array(fc.record({ scope, logRecords: fc.array(log, { maxLength: 6 }) }), { maxLength: 2 }),
    }),
    { maxLength: 3 },
  )
  .map(resourceLogs => compact<LogsRequest>({ resourceLogs }));

/** Each run has a workspace of its own, and few days: a partition costs the engine several files. */
let runs = 0;
const few = { numRuns: 6, endOnFailure: true };

test.each(['protobuf', 'json'] as const)(
  '[B8] any spans sent as %s are stored attribute by attribute, nanoseconds intact',
  async encoding => {
    await fc.assert(
      fc.asyncProperty(fc.array(traces, { minLength: 4, maxLength: 16 }), async requests => {
        const workspace = `w${++runs}`;
        const builder = new BlockBuilder();
        for (const [recordSeq, request] of requests.entries()) {
          const body = encoding === 'json' ? Buffer.from(JSON.stringify(request)) : tracesProtobuf(request);
          builder.add(decode('traces', encoding, body), { workspace, recordSeq, receivedMs });
        }
        const expected = requests.flatMap(expectedSpans).map(withSortedResource);
        expect(builder.rows).toBe(expected.length);
        await store.load(builder.cut());
        expect(inOrder(await storedSpans(store, workspace))).toEqual(inOrder(expected));
      }),
      few,
    );
  },
  60_000,
);

test.each(['protobuf', 'json'] as const)(
  '[B8] any logs sent as %s are stored attribute by attribute, nanoseconds intact',
  async encoding => {
    await fc.assert(
      fc.asyncProperty(fc.array(logs, { minLength: 4, maxLength: 16 }), async requests => {
        const workspace = `w${++runs}`;
        const builder = new BlockBuilder();
        for (const [recordSeq, request] of requests.entries()) {
          const body = encoding === 'json' ? Buffer.from(JSON.stringify(request)) : logsProtobuf(request);
          builder.add(decode('logs', encoding, body), { workspace, recordSeq, receivedMs });
        }
        await store.load(builder.cut());
        const expected = requests.flatMap(expectedLogs).map(withSortedResource);
        expect(inOrder(await storedLogs(store, workspace))).toEqual(inOrder(expected));
      }),
      few,
    );
  },
  60_000,
);

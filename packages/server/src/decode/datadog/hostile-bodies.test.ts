import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpuMs } from '../../base/cpu-time.test-support.js';
import { swallow } from '../hostile-parts.test-support.js';
import { pack, packArrayHead, type Packable } from '../msgpack.test-support.js';
import type { Part } from '../parts.js';
import { datadogProfile } from './profile.js';
import { datadogStats } from './stats.js';
import { unknownTracer } from './tracing-process.js';
import { datadogTraces } from './traces.js';

const name = fc.oneof(
  fc.constantFrom(
    '_dd.p.tid',
    '_dd.base_service',
    '_dd.span_links',
    'events',
    'error.type',
    'http.url',
    'http.status_code',
    'span.kind',
    'db.type',
    'component',
    'kafka.topic',
    'process_id',
    'attributes',
    'trace_id',
    'span_id',
    'tracestate',
    'time_unix_nano',
    'type',
    'array_value',
    'values',
    'int_value',
  ),
  fc.string({ maxLength: 8 }),
);
/** Whatever a value can be: numbers at the edges, names that mean something to JavaScript, JSON that goes deep or breaks off. */
const anything: fc.Arbitrary<Packable> = fc.letrec<{ value: Packable }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<Packable>(null, true, false, 0, -1, NaN, Infinity, 2 ** 53, 2n ** 64n - 1n, -(2n ** 63n), ''),
    fc.constantFrom(
      '__proto__',
      '[[[[',
      '[{"trace_id":1}]',
      '[{"name":null,"time_unix_nano":1e99}]',
      '{}',
      'http://[',
      '0x',
    ),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.double(),
    fc.uint8Array({ maxLength: 30 }).map(bytes => Buffer.from(bytes)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map(entries => new Map(entries)),
  ),
})).value;

const map = fc.array(fc.tuple(name, anything), { maxLength: 8 }).map(entries => new Map(entries));
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const mostly = (usual: fc.Arbitrary<Packable>): fc.Arbitrary<Packable> =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: anything });

const span = fc.record({
  service: mostly(fc.string()),
  name: mostly(fc.constantFrom('pg.query', 'x')),
  resource: mostly(fc.string()),
  type: mostly(fc.constantFrom('web', 'http', 'sql', 'redis', 'mongodb', 'queue', '')),
  trace_id: mostly(u64),
  span_id: mostly(u64),
  parent_id: mostly(u64),
  start: mostly(u64),
  duration: mostly(u64),
  error: mostly(fc.constantFrom(0, 1)),
  meta: mostly(map),
  metrics: mostly(map),
  meta_struct: mostly(map),
  span_links: mostly(fc.array(map, { maxLength: 3 })),
  span_events: mostly(fc.array(map, { maxLength: 3 })),
});

/** CPU time of the slowest of what was tried, ms. */
function slowestMs(translate: (body: Uint8Array) => readonly Part[], bodies: fc.Arbitrary<Buffer>): number {
  let slowest = 0;
  fc.assert(
    fc.property(bodies, body => {
      const start = cpuMs();
      swallow(() => translate(body));
      slowest = Math.max(slowest, cpuMs() - start);
    }),
    { numRuns: 300 },
  );
  return slowest;
}

test('any value in any place of a span is stored, rejected or refused', () => {
  const bodies = fc.array(fc.array(span, { maxLength: 3 }), { maxLength: 3 }).map(pack);
  expect(slowestMs(body => datadogTraces(body, '0.4', unknownTracer).parts, bodies)).toBeLessThan(1000);
});

test('any value in any place of a span with a table is stored, rejected or refused', () => {
  const index = mostly(fc.integer({ min: 0, max: 5 }));
  const indexed = (value: fc.Arbitrary<Packable>): fc.Arbitrary<Buffer> =>
    fc
      .array(fc.tuple(index, value), { maxLength: 5 })
      .map(entries => Buffer.concat([Buffer.from([0x80 | entries.length]), ...entries.flat().map(pack)]));
  const row = fc
    .tuple(index, index, index, mostly(u64), mostly(u64), mostly(u64), mostly(u64), mostly(u64), mostly(u64))
    .chain(head => fc.tuple(fc.constant(head), indexed(index), indexed(mostly(fc.double())), index))
    .map(([head, meta, metrics, type]) =>
      Buffer.concat([packArrayHead(12), ...head.map(pack), meta, metrics, pack(type)]),
    );
  const bodies = fc
    .tuple(fc.array(mostly(fc.string()), { minLength: 6, maxLength: 6 }), fc.array(row, { maxLength: 4 }))
    .map(([table, rows]) =>
      Buffer.concat([packArrayHead(2), pack(table), packArrayHead(1), packArrayHead(rows.length), ...rows]),
    );
  expect(slowestMs(body => datadogTraces(body, '0.5', unknownTracer).parts, bodies)).toBeLessThan(1000);
});

test('any value in any place of statistics is stored, rejected or refused', () => {
  const row = fc.record({
    Service: mostly(fc.string()),
    Name: mostly(fc.string()),
    Resource: mostly(fc.string()),
    Type: mostly(fc.constantFrom('web', 'sql')),
    HTTPStatusCode: mostly(fc.constantFrom<Packable>(200, '500')),
    Hits: mostly(u64),
    Errors: mostly(u64),
    Duration: mostly(u64),
    TopLevelHits: mostly(u64),
    OkSummary: mostly(fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes))),
  });
  const bucket = fc.record({
    Start: mostly(u64),
    Duration: mostly(u64),
    Stats: mostly(fc.array(row, { maxLength: 3 })),
  });
  const bodies = fc
    .record({
      Env: mostly(fc.string()),
      Lang: mostly(fc.constant('javascript')),
      Stats: mostly(fc.array(bucket, { maxLength: 3 })),
    })
    .map(pack);
  expect(slowestMs(datadogStats, bodies)).toBeLessThan(1000);
});

test('any pieces of a form are stored or refused', () => {
  const pieces = fc.constantFrom(
    '--b',
    '--b--',
    '\r\n',
    '\r\n\r\n',
    '\r\n--b',
    'Content-Disposition: form-data; name="event"; filename="event.json"',
    'Content-Disposition: form-data; name="tags[]"',
    'Content-Disposition: form-data; name="x"; filename="x.pprof"',
    '{"start":"2026-01-01T00:00:00Z","tags_profiler":"service:a,:,b"}',
    'data',
  );
  const bodies = fc.array(pieces, { maxLength: 25 }).map(list => Buffer.from(`--b\r\n${list.join('')}`));
  const type = 'multipart/form-data; boundary=b';
  expect(slowestMs(body => datadogProfile(body, type, 1n), bodies)).toBeLessThan(1000);
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../../base/bad-input.js';
import { swallow, swallowAnything } from '../hostile-parts.test-support.js';
import type { Part } from '../parts.js';
import { bytes, int } from '../protobuf.test-support.js';
import { parseLabels } from './labels.js';
import { lokiParts } from './loki-logs.js';
import { lokiFromJson } from './push-json.js';
import { lokiFromProtobuf } from './push-protobuf.js';

const json = (push: unknown): Buffer => Buffer.from(JSON.stringify(push));

const sent = json({
  streams: [
    {
      stream: { level: 'info', app: 'shop', route: '/x' },
      values: [['1790000000123456789', 'GET /x', { trace_id: '5b8efff798038103d269b633813fc60c' }]],
    },
  ],
});
const entry = bytes(
  2,
  bytes(1, int(1, 1_790_000_000), int(2, 123_456_789)),
  bytes(2, 'GET /x'),
  bytes(3, bytes(1, 'trace_id'), bytes(2, '5b8efff798038103d269b633813fc60c')),
);
const protobuf = bytes(1, bytes(1, '{level="info", app="shop",route="/x"}'), entry, int(3, 7));

test('JSON and protobuf say the same', () => {
  expect(lokiFromProtobuf(protobuf)).toEqual(lokiFromJson(sent));
  expect(lokiFromJson(sent)).toEqual({
    streams: [
      {
        labels: new Map([
          ['level', 'info'],
          ['app', 'shop'],
          ['route', '/x'],
        ]),
        entries: [
          {
            timeNs: 1_790_000_000_123_456_789n,
            line: 'GET /x',
            metadata: new Map([['trace_id', '5b8efff798038103d269b633813fc60c']]),
          },
        ],
      },
    ],
    rejected: 0,
    rejectedReason: '',
  });
});

test('the older form of JSON, with labels as text and dates, is understood', () => {
  const old = json({ streams: [{ labels: '{a="b"}', entries: [{ ts: '2026-09-21T14:13:20.5+02:00', line: 'x' }] }] });
  expect(lokiFromJson(old).streams).toEqual([
    {
      labels: new Map([['a', 'b']]),
      entries: [{ timeNs: 1_789_992_800_500_000_000n, line: 'x', metadata: new Map() }],
    },
  ]);
});

test.each([
  ['{}', []],
  ['{ a = "b" , }', [['a', 'b']]],
  [
    String.raw`{a="q\"\\\n\x41\u00e9\101", b=${'`raw\\n`'}}`,
    [
      ['a', 'q"\\\nAéA'],
      ['b', 'raw\\n'],
    ],
  ],
  [
    '{__name__="x",service.name="y"}',
    [
      ['__name__', 'x'],
      ['service.name', 'y'],
    ],
  ],
])('labels %s', (text, labels) => {
  expect([...parseLabels(text)]).toEqual(labels);
});

test.each(['', '{', '{a}', '{a=b}', '{a="b}', '{a="b" c="d"}', '{a="b"} x', String.raw`{a="\q"}`, '{="b"}'])(
  'no labels: %s',
  text => {
    expect(() => parseLabels(text)).toThrow(BadInput);
  },
);

test('labels are what was written, whatever the values', () => {
  const anyLabels = fc.dictionary(fc.stringMatching(/^[a-z_]\w{0,8}$/), fc.string({ unit: 'binary' }));
  const written = fc.property(anyLabels, labels => {
    const text = `{${Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, '\\$&')}"`)}}`;
    expect([...parseLabels(text)]).toEqual(Object.entries(labels));
  });
  expect(() => fc.assert(written)).not.toThrow();
});

test('entries that can not be read are counted with a reason, and the others are kept', () => {
  const push = lokiFromJson(
    json({
      streams: [
        { stream: {}, values: [['soon', 'x'], ['1', 2], 'x', ['99999999999999999999', 'x'], ['1', 'kept']] },
        { labels: '{broken', entries: [{ ts: '2026-01-01T00:00:00Z', line: 'x' }] },
      ],
    }),
  );
  expect(push.streams.flatMap(({ entries }) => entries.map(({ line }) => line))).toEqual(['kept']);
  expect([push.rejected, push.rejectedReason]).toEqual([
    5,
    'an entry is not ["<nanoseconds since 1970 as text>", "line"]',
  ]);
  const [part] = lokiParts(push);
  expect(part?.rejected).toBe(5);
});

test.each([
  ['[]', 'no list "streams"'],
  ['{"streams":{}}', 'no list "streams"'],
  ['nonsense', 'not JSON'],
])('the body %s is refused: %s', (body, says) => {
  expect(() => lokiFromJson(Buffer.from(body))).toThrow(says);
});

const fromJson = (body: Uint8Array): readonly Part[] => lokiParts(lokiFromJson(body));
const fromProtobuf = (body: Uint8Array): readonly Part[] => lokiParts(lokiFromProtobuf(body));

test('any bytes, and any damage to good ones, give lines or BadInput', () => {
  expect(() => swallowAnything(fromJson, sent)).not.toThrow();
  expect(() => swallowAnything(fromProtobuf, Buffer.concat([protobuf, protobuf]))).not.toThrow();
});

test('any JSON gives lines or BadInput', () => {
  const anyJson = fc.property(fc.jsonValue(), fc.jsonValue(), (stream, value) => {
    swallow(() => fromJson(json({ streams: [value, { stream, values: [value, ['1', 'x', value]] }] })));
  });
  expect(() => fc.assert(anyJson, { numRuns: 300 })).not.toThrow();
});

test('lines that would repeat the long labels of their stream without end are rejected, and say why', () => {
  const labels = new Map([['note', 'x'.repeat(1_000_000)]]);
  const entries = Array.from({ length: 1000 }, () => ({ timeNs: 1n, line: 'a', metadata: new Map<string, string>() }));
  const [part] = lokiParts({
    streams: [
      { labels: new Map(), entries },
      { labels, entries },
    ],
    rejected: 0,
    rejectedReason: '',
  });
  expect(part?.body.length).toBeLessThan(1_000_000);
  expect([part?.rejected, part?.rejectedReason]).toEqual([
    1000,
    'the streams have many lines and long labels, which each line would repeat; send smaller batches',
  ]);
});

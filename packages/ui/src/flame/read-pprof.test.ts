import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BadProfile, compared, readPprof, unpack } from './read-pprof.js';

/** A field of bytes; short enough for lengths of one byte. */
const bytes = (field: number, content: readonly number[]): readonly number[] => [
  field * 8 + 2,
  content.length,
  ...content,
];
const number = (field: number, value: number): readonly number[] => [field * 8, value];
const text = (value: string): readonly number[] => bytes(6, [...Buffer.from(value)]);

/** Strings 1 to 8; main calls route calls query, 30 ns itself in query and 10 ns in route. */
const profile = [
  ...bytes(1, [...number(1, 1), ...number(2, 2)]),
  ...bytes(1, [...number(1, 3), ...number(2, 4)]),
  ...bytes(2, [...bytes(1, [3, 2, 1]), ...bytes(2, [3, 30])]),
  // Not packed, as other encoders write it.
  ...bytes(2, [...number(1, 2), ...number(1, 1), ...number(2, 1), ...number(2, 10)]),
  ...[1, 2, 3].flatMap(id => bytes(4, [...number(1, id), ...bytes(4, [...number(1, id), ...number(2, id * 10)])])),
  ...[1, 2, 3].flatMap(id => bytes(5, [...number(1, id), ...number(2, 4 + id), ...number(4, id === 3 ? 9 : 8)])),
  ...[
    '',
    'samples',
    'count',
    'cpu',
    'nanoseconds',
    'main',
    'route',
    'query',
    '/app/main.js',
    '/app/node_modules/pg/lib/client.js',
  ].flatMap(text),
];

test('[B6] a pprof profile is read by its paths, with packages and places; the last value counts', async () => {
  const { frames, unit, type } = readPprof(await unpack(Uint8Array.from(gzipSync(Uint8Array.from(profile)))));
  expect([type, unit]).toEqual(['cpu', 'nanoseconds']);
  expect(
    frames.map(({ name, group, place, parent, self, total }) => [name, group, place, parent, self, total]),
  ).toEqual([
    ['main', '', '/app/main.js:10', -1, 0, 40],
    ['route', '', '/app/main.js:20', 0, 10, 40],
    ['query', 'pg', '/app/node_modules/pg/lib/client.js:30', 1, 30, 30],
  ]);
});

test('[B6] samples say during which request they were taken; those of one trace, or of one span of it, are read alone', () => {
  const label = (key: number, value: number): readonly number[] => bytes(3, [...number(1, key), ...number(2, value)]);
  const labelled = Uint8Array.from([
    ...profile,
    ...['trace_id', 'span_id', 'one', 'other', 'a', 'b'].flatMap(text),
    ...bytes(2, [...bytes(1, [1]), ...bytes(2, [1, 7]), ...label(10, 12), ...label(11, 14)]),
    ...bytes(2, [...bytes(1, [2, 1]), ...bytes(2, [1, 5]), ...label(10, 12), ...label(11, 15)]),
    ...bytes(2, [...bytes(1, [3, 1]), ...bytes(2, [1, 9]), ...label(10, 13)]),
  ]);
  const { frames, requests } = readPprof(labelled);
  expect(requests).toEqual([
    { traceId: 'other', spanId: '', value: 9 },
    { traceId: 'one', spanId: 'a', value: 7 },
    { traceId: 'one', spanId: 'b', value: 5 },
  ]);
  expect(frames[0]?.total).toBe(61);
  const total = (spanId: string | undefined): number | undefined =>
    readPprof(labelled, { traceId: 'one', spanId }).frames[0]?.total;
  expect([total(undefined), total('a'), total('b'), total('none')]).toEqual([12, 7, 5, undefined]);
});

test('[B6] two profiles are compared by their paths', () => {
  const { frames } = readPprof(Uint8Array.from(profile));
  const before = frames.slice(0, 2).map(frame => ({ ...frame, place: 'another line', total: 20 }));
  expect(compared(frames, before).map(frame => frame.before)).toEqual([20, 20, 0]);
});

test('what is no profile, ends too early or is endless is told so', async () => {
  await expect(unpack(Uint8Array.from([1, 2, 3]))).rejects.toThrow(BadProfile);
  expect(() => readPprof(Uint8Array.from(profile.slice(0, 30)))).toThrow('ends in the middle');
  expect(() => readPprof(Uint8Array.from([0xff, 0xff]))).toThrow(BadProfile);
  expect(readPprof(new Uint8Array()).frames).toEqual([]);
});

test('a profile that says a long stack again and again is not walked to its end', () => {
  const sample = bytes(2, [
    ...bytes(
      1,
      Array.from({ length: 100 }, () => 3),
    ),
    ...bytes(2, [1, 1]),
  ]);
  const head = Buffer.from(profile);
  const endless = Buffer.concat([head, Buffer.alloc(60_000 * sample.length, Buffer.from(sample))]);
  expect(() => readPprof(endless)).toThrow('too many samples');
}, 30_000);

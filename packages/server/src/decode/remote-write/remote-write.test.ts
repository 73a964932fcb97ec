import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../../base/bad-input.js';
import { BlockBuilder } from '../../write/block-builder.js';
import { decode } from '../decode.js';
import { bytes, double, int } from '../protobuf.test-support.js';
import { SymbolLabelSets, labelsOf } from './label-sets.js';
import { readPlain } from './plain-request.test-support.js';
import { writeRequest1, writeRequest2, type WrittenSeries } from './request-writer.test-support.js';
import { decodeRemoteWrite1 } from './request-1.js';
import { decodeRemoteWrite2 } from './request-2.js';
import { anySeries } from './requests.test-support.js';
import { sampleWidth, written, type SeriesBatch } from './series-batch.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

const joined = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

/** The samples of a batch as texts: labels, time, bits of the value. */
function samplesOf({ labelSets, samples }: SeriesBatch): readonly string[] {
  const list: string[] = [];
  for (let at = 0; at < samples.length; at += sampleWidth) {
    const [set = 0, timeLow = 0, timeHigh = 0, valueLow = 0, valueHigh = 0] = samples.subarray(at, at + sampleWidth);
    const labels = labelsOf(labelSets, set).map(({ name, value }) => `${name}=${value}`);
    list.push(`${labels.join()} ${joined(timeLow, timeHigh)} ${BigInt.asUintN(64, joined(valueLow, valueHigh))}`);
  }
  return list;
}

test('known bytes of 1.0 are read', () => {
  const ms = [0x80, 0xb0, 0xce, 0xa6, 0x8c, 0x34].reduce((sum, byte, i) => sum + (byte & 127) * 128 ** i, 0);
  const batch = decodeRemoteWrite1(
    hex(`0a 2a
           0a 0e 0a 08 5f5f6e616d655f5f 12 02 7570
           0a 06 0a 01 61 12 01 62
           12 10 09 000000000000f03f 10 80 b0 ce a6 8c 34
         1a 10 08 01 12 04 75705f61 22 01 68 2a 03 736563`),
  );
  expect(samplesOf(batch)).toEqual([`__name__=up,a=b ${ms} 4607182418800017408`]);
  expect(batch.families).toEqual([{ name: 'up_a', type: 'counter', help: 'h', unit: 'sec' }]);
  expect(batch.items).toBe(2);
});

test('known bytes of 2.0 are read', () => {
  const batch = decodeRemoteWrite2(
    hex(`22 00 22 08 5f5f6e616d655f5f 22 02 7570 22 01 61 22 01 62
         2a 1c 0a 04 01 02 03 04
           12 0c 09 020000000000f07f 10 ff 01
           2a 06 08 02 18 04 20 03`),
  );
  expect(samplesOf(batch)).toEqual(['__name__=up,a=b 255 9218868437227405314']);
  expect([...batch.descriptions].slice(1, 2)).toEqual([2]);
  expect([batch.labelSets.word(batch.descriptions[2]!), batch.labelSets.word(batch.descriptions[3]!)]).toEqual([
    'a',
    'b',
  ]);
});

test.each([1, 2] as const)('any request of %i.0 is read as it was written, with the bits of every value', version => {
  fc.assert(
    fc.property(fc.array(anySeries, { maxLength: 12 }), series => {
      const body = version === 1 ? writeRequest1(series) : writeRequest2(series);
      // Twice: the second time every label set is known.
      decode('metrics', `remote-write-${version}`, body);
      const batch = version === 1 ? decodeRemoteWrite1(body) : decodeRemoteWrite2(body);
      const plain = readPlain(version, body).series;
      expect(batch.faults).toEqual([]);
      expect(samplesOf(batch)).toEqual(
        plain.flatMap(({ labels, samples }) => {
          const own = labels
            .filter(([, value]) => value !== '')
            .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
          return samples.map(([ms, bits]) => `${own.map(([name, value]) => `${name}=${value}`).join()} ${ms} ${bits}`);
        }),
      );
      expect(written(batch)).toEqual({
        samples: plain.flatMap(one => one.samples).length,
        histograms: plain.flatMap(one => one.histograms).length,
        exemplars: plain.flatMap(one => one.exemplars).length,
      });
    }),
    { numRuns: 300 },
  );
});

const named = (...labels: readonly (readonly [string, string])[]): WrittenSeries => ({
  labels: [['__name__', 'm'], ...labels],
  samples: [
    [5, 1],
    [6, 2],
  ],
});

const label = (name: string, value: string): Buffer => bytes(1, bytes(1, name), bytes(2, value));

test('labels may come in any order, in several pieces, unpacked, and after the samples', () => {
  const sample = bytes(2, double(1, 1), int(2, 7));
  const first = decodeRemoteWrite1(
    Buffer.concat([
      bytes(1, label('a', '1'), label('__name__', 'm'), sample),
      bytes(1, label('__name__', 'm'), sample, label('a', '1')),
      bytes(1, sample, label('__name__', 'm'), label('a', '1')),
    ]),
  );
  const symbols = ['', '__name__', 'm', 'a', '1'].map(text => bytes(4, text));
  const second = decodeRemoteWrite2(
    Buffer.concat([
      ...symbols,
      bytes(5, bytes(1, Buffer.from([3, 4, 1, 2])), sample),
      bytes(5, bytes(1, Buffer.from([1, 2])), sample, bytes(1, Buffer.from([3, 4]))),
      bytes(5, sample, int(1, 1), int(1, 2), int(1, 3), int(1, 4)),
    ]),
  );
  const line = '__name__=m,a=1 7 4607182418800017408';
  expect(samplesOf(first)).toEqual([line, line, line]);
  expect(samplesOf(second)).toEqual([line, line, line]);
});

test.each([
  ['no name', { ...named(), labels: [['a', '1']] }, 'a series needs the label __name__: {a="1"}'],
  ['an empty name', { ...named(), labels: [['__name__', '']] }, 'a series needs the label __name__: {__name__=""}'],
  ['no labels', { ...named(), labels: [] }, 'a series needs the label __name__: {}'],
  ['a label twice', named(['a', '1'], ['a', '2']), 'the label "a" comes twice: {__name__="m", a="1", a="2"}'],
  ['a label without a name', named(['', '1']), 'a label needs a name: {="1", __name__="m"}'],
  [
    'too many labels',
    named(...Array.from({ length: 128 }, (_, i) => [`l${i}`, 'x'] as const)),
    'a series has more than 128 labels: {__name__="m", l0="x"',
  ],
  ['a long name', named(['x'.repeat(1025), '1']), 'a label’s name is longer than 1024 bytes: {'],
  ['a long value', named(['x', 'y'.repeat(16_385)]), 'the value of the label "x" is longer than 16384 bytes: {'],
] as const)('a series with %s is left out and told; the rest is kept', (_, series, fault) => {
  const kept = named(['b', '1']);
  for (const batch of [
    decodeRemoteWrite1(writeRequest1([kept, series, kept])),
    decodeRemoteWrite2(writeRequest2([kept, series, kept])),
  ]) {
    expect([batch.items, batch.rejected, batch.faults.length]).toEqual([4, 2, 1]);
    expect(batch.faults[0]?.startsWith(fault)).toBe(true);
    expect(new Set(samplesOf(batch)).size).toBe(2);
  }
});

test('a series with text that is no UTF-8 is left out and told', () => {
  const broken = bytes(1, bytes(1, bytes(1, '__name__'), bytes(2, 'm')), bytes(1, bytes(1, 'a'), bytes(2, hex('ff'))));
  expect(decodeRemoteWrite1(broken).faults).toEqual([
    'the value of the label "a" is not valid UTF-8: {__name__="m", a="�"}',
  ]);
});

test('a series that names symbols that are not there, or half a pair, is left out and told', () => {
  const symbols = ['', '__name__', 'm'].map(text => bytes(4, text));
  const sample = bytes(2, double(1, 1), int(2, 7));
  const body = Buffer.concat([
    ...symbols,
    bytes(5, bytes(1, Buffer.from([1, 9])), sample),
    bytes(5, bytes(1, Buffer.from([1, 2, 1])), sample),
    bytes(5, bytes(1, Buffer.from([1, 2])), sample),
  ]);
  const batch = decodeRemoteWrite2(body);
  expect([batch.items, batch.rejected]).toEqual([1, 2]);
  expect(batch.faults).toEqual([
    'a series refers to a symbol that is not there: {}',
    'labels_refs must come in pairs of name and value: {__name__="m"}',
  ]);
});

const at = (...times: readonly (number | bigint)[]): WrittenSeries => ({
  labels: [['__name__', 'm']],
  samples: times.map(ms => [ms, 1] as const),
});

test('samples of a time that no store can hold are left out, of any other kept', () => {
  const batch = decodeRemoteWrite1(
    writeRequest1([
      at(
        0,
        -1,
        -2_208_988_800_000,
        10_413_791_999_999,
        -2_208_988_800_001,
        10_413_792_000_000,
        -(2n ** 63n),
        2n ** 63n - 1n,
      ),
    ]),
  );
  expect([batch.items, batch.rejected]).toEqual([4, 4]);
  expect(batch.rejectedReason).toMatch(/outside the years 1900 to 2299/);
});

const zero = { ms: 1, count: 1, sum: 0n };

test.each([
  ['an unknown schema', { ...zero, schema: 9 }, /schema 9; known: -4 to 8, and -53/],
  ['fewer buckets than spans', { ...zero, schema: 0, positive: { spans: [[0, 3]], counts: [1, 2] } }, /fewer buckets/],
  ['more buckets than spans', { ...zero, schema: 0, positive: { spans: [[0, 1]], counts: [1, 2] } }, /more buckets/],
  [
    'spans that overlap',
    {
      ...zero,
      schema: 0,
      positive: {
        spans: [
          [0, 1],
          [-1, 1],
        ],
        counts: [1, 1],
      },
    },
    /overlap/,
  ],
  ['negative counts', { ...zero, schema: 0, positive: { spans: [[0, 1]], counts: [-1] } }, /negative count/],
  [
    'buckets far apart',
    {
      ...zero,
      schema: 0,
      positive: {
        spans: [
          [0, 1],
          [70_000, 1],
        ],
        counts: [1, 1],
      },
    },
    /65536 apart/,
  ],
  [
    'buckets beyond numbers',
    { ...zero, schema: 0, positive: { spans: [[1 << 21, 1]], counts: [1] } },
    /beyond every number/,
  ],
  [
    'custom buckets without bounds',
    { ...zero, schema: -53, bounds: [1], positive: { spans: [[1, 2]], counts: [1, 1] } },
    /without a bound/,
  ],
  [
    'bounds that fall',
    { ...zero, schema: -53, bounds: [2, 1], positive: { spans: [[0, 1]], counts: [1] } },
    /do not rise/,
  ],
  ['custom buckets below zero', { ...zero, schema: -53, negative: { spans: [[0, 1]], counts: [1] } }, /negative ones/],
] as const)('a histogram with %s is left out and told', (_, histogram, reason) => {
  const series = { ...named(), histograms: [histogram, { ...zero, schema: 0 }] };
  const batch = decodeRemoteWrite1(writeRequest1([series]));
  expect([batch.items, batch.rejected]).toEqual([3, 1]);
  expect(batch.faults[0]).toMatch(reason);
});

test('a few bytes can not ask for gigabytes of buckets', () => {
  const wide = {
    ...zero,
    schema: 0,
    positive: {
      spans: [
        [0, 1],
        [65_000, 1],
      ] as const,
      counts: [1, 1],
    },
  };
  const body = writeRequest1([{ ...named(), histograms: Array.from({ length: 100 }, () => wide) }]);
  expect(() => decodeRemoteWrite1(body)).toThrow(/more than 4194304 buckets/);
});

test.each([
  ['series', bytes(1, bytes(1, bytes(1, '__name__'), bytes(2, 'm'))), 65_536],
  ['series', bytes(1), 65_536],
  ['metric families', bytes(3, bytes(2, 'm')), 65_536],
])('more than so many %s in one request are refused', (what, one, most) => {
  expect(() => decodeRemoteWrite1(Buffer.alloc((most + 1) * one.length, one))).toThrow(
    `more than ${most} ${what} in one request; send smaller batches`,
  );
});

test.each([
  ['exemplars', bytes(3, double(2, 1)), 20_000],
  ['histograms', bytes(4, int(15, 1)), 65_536],
  ['samples', bytes(2), 1_048_576],
])('more than so many %s of one series are refused', (what, one, most) => {
  const body = bytes(1, bytes(1, bytes(1, '__name__'), bytes(2, 'm')), Buffer.alloc((most + 1) * one.length, one));
  expect(() => decodeRemoteWrite1(body)).toThrow(`more than ${most} ${what} in one request; send smaller batches`);
});

test('an exemplar with more than 32 labels is left out and told', () => {
  const wide = { labels: Array.from({ length: 33 }, (_, i) => [`l${i}`, 'x'] as const), value: 1, ms: 1 };
  const series = { ...named(), exemplars: [wide, { ...wide, labels: wide.labels.slice(1) }] };
  for (const batch of [decodeRemoteWrite1(writeRequest1([series])), decodeRemoteWrite2(writeRequest2([series]))])
    expect([batch.rejected, batch.faults, written(batch).exemplars]).toEqual([
      1,
      ['an exemplar has more than 32 labels'],
      1,
    ]);
});

const traced = (i: number): Uint8Array =>
  writeRequest2([{ ...named(), exemplars: [{ labels: [['trace_id', `${i}`.padStart(32, '0')]], value: 1, ms: 1 }] }]);

const wordsAfter = (i: number): number => {
  const { labelSets } = decodeRemoteWrite2(traced(i));
  return labelSets instanceof SymbolLabelSets ? labelSets.words.count : -1;
};

test('exemplars leave nothing behind in what is remembered of label sets', () => {
  expect(wordsAfter(2)).toBe(wordsAfter(1));
  expect(wordsAfter(1)).toBeGreaterThan(0);
});

const full: readonly WrittenSeries[] = fc.sample(anySeries, { numRuns: 6, seed: 7 });
const valid = [
  [1, writeRequest1(full, [{ name: 'up', type: 2, help: 'h', unit: 'u' }])],
  [2, writeRequest2(full)],
] as const;

/** Decodes and builds a block: what the decoder lets pass must never fail later. */
function swallow(version: 1 | 2, body: Uint8Array, isSecond = false): string {
  const startMs = performance.now();
  try {
    const builder = new BlockBuilder();
    builder.add(decode('metrics', `remote-write-${version}`, body), {
      workspace: 'w',
      recordSeq: 1,
      receivedMs: 1_790_000_000_000,
    });
    builder.cut();
  } catch (error) {
    if (!(error instanceof BadInput)) return String(error);
  }
  if (performance.now() - startMs < 100) return 'ok';
  // The machine may have been busy with something else.
  return isSecond ? 'slow' : swallow(version, body, true);
}

test.each(valid)('a request of %i.0 cut at any byte is refused or shorter, never a crash', (version, body) => {
  for (let length = 0; length < body.length; length++) expect(swallow(version, body.subarray(0, length))).toBe('ok');
});

test.each(valid)('a request of %i.0 with any bytes changed is refused or read, never a crash', (version, body) => {
  const change = fc.record({
    at: fc.nat(body.length - 1),
    byte: fc.oneof(fc.constantFrom(0, 127, 128, 255), fc.nat(255)),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), changes => {
      const mutant = Uint8Array.from(body);
      for (const { at, byte } of changes) mutant[at] = byte;
      expect(swallow(version, mutant)).toBe('ok');
    }),
    { numRuns: 1500 },
  );
});

test('any bytes at all are refused or read, never a crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(1, 2), (body, version) => {
      expect(swallow(version, body)).toBe('ok');
    }),
    { numRuns: 2000 },
  );
});

test('labels in the wrong order cost no more than others', () => {
  const prefix = 'a'.repeat(60);
  const series = (i: number): Buffer => {
    const names = Array.from({ length: 127 }, (_, label) => `${prefix}${String(999 - label)}`);
    const labels = names.map(name => bytes(1, bytes(1, name), bytes(2, String(i))));
    return bytes(1, ...labels, bytes(1, bytes(1, '__name__'), bytes(2, 'm')), bytes(2, double(1, 1), int(2, 1)));
  };
  const body = Buffer.concat(Array.from({ length: 200 }, (_, i) => series(i)));
  const before = process.cpuUsage();
  expect(decodeRemoteWrite1(body).items).toBe(200);
  // Sorted by exchanging neighbours these take 450 ms.
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(300);
});

test('series of 2.0 that name one long text without end are left out and told', () => {
  const names = Array.from({ length: 100 }, (_, i) => `label${i}`);
  const symbols = ['', '__name__', 'm', 'x'.repeat(16_000), ...names];
  const labels = names.flatMap((_, i) => [4 + i, 3]);
  const series = (i: number): Buffer => {
    const own = [1, 2, 4, 4 + (i % 100), ...labels.slice(2)].map(ref =>
      Buffer.of(...(ref < 128 ? [ref] : [(ref & 127) | 128, 1])),
    );
    return bytes(5, bytes(1, ...own), bytes(2, double(1, 1), int(2, 1)));
  };
  const body = Buffer.concat([
    ...symbols.map(symbol => bytes(4, symbol)),
    ...Array.from({ length: 120 }, (_, i) => series(i)),
  ]);
  const first = decode('metrics', 'remote-write-2', body);
  expect(first.items).toBeGreaterThan(50);
  expect([first.items + first.rejected, first.rejectedReason]).toEqual([
    120,
    expect.stringContaining('the labels of all series come to more than 134217728 bytes'),
  ]);
  expect(decode('metrics', 'remote-write-2', body)).toMatchObject({ items: first.items, rejected: first.rejected });
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpuMs } from '../../base/cpu-time.test-support.js';
import { BlockBuilder } from '../../write/block-builder.js';
import { decode } from '../decode.js';
import { StreamFrames } from './stream-frames.js';
import { dogstatsdParts } from './translate.js';

const nowMs = 1_790_000_000_000;

/** Reads a body to its end, and what becomes of it: what is let pass must never fail when it is stored. Gives what was read and what was not. */
function swallow(body: Uint8Array): number {
  let items = 0;
  for (const { signal, body: translated, rejected = 0 } of dogstatsdParts(body, nowMs)) {
    items += rejected;
    if (translated.length > 0 && signal !== 'files') items += decode(signal, 'protobuf', translated).items;
  }
  return items;
}

const valid = Buffer.from(
  [
    'page.views:1:2:3|c|@0.25|#env:prod,plan:pro,flag|c:ci-1|e:it-false,cn-a,pu-b|card:low',
    'temperature:-98.6e-1|g|T1656581400',
    'gorets:1|c:320|ms|@0.1:+5|g',
    'users:ünï|s|#a:b',
    'lat#k=v:12.5|d',
    String.raw`_e{5,9}:title|a\nb|c:dé|d:1656581400|h:web|k:key|p:low|s:src|t:error|#a:b`,
    '_sc|db.up|2|d:1656581400|h:web|#a:b|m:down|since',
    '',
  ].join('\n'),
);

test('the lines from which the broken ones below are made are read', () => {
  const rejected = dogstatsdParts(valid, nowMs).flatMap(part => part.rejectedReason ?? []);
  expect(rejected).toEqual([]);
});

test('lines cut at any byte are refused or shorter, never a crash', () => {
  for (let length = 1; length < valid.length; length++) expect(swallow(valid.subarray(0, length))).toBeGreaterThan(0);
});

test('lines with any bytes changed are refused or read, never a crash', () => {
  const byte = fc.oneof(fc.constantFrom(...Buffer.from('\0\n:|#@,.-+T{}[]=_e')), fc.nat(255));
  const change = fc.record({ at: fc.nat(valid.length - 1), byte });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), changes => {
      const mutant = Uint8Array.from(valid);
      for (const { at, byte } of changes) mutant[at] = byte;
      expect(swallow(mutant)).toBeGreaterThan(0);
    }),
    { numRuns: 1500 },
  );
});

test('any bytes at all are refused or read, never a crash', () => {
  const byte = fc.oneof(fc.constantFrom(...Buffer.from('a1\n:|#@,.-cgmshdT')), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 300 }), bytes => {
      expect(swallow(Uint8Array.from(bytes))).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 1500 },
  );
});

/** Of a few runs: others use the machine, too. */
function fastestMs(work: () => void): number {
  let fastest = Infinity;
  for (let run = 0; run < 20 && fastest >= 100; run++) {
    const start = cpuMs();
    work();
    fastest = Math.min(fastest, cpuMs() - start);
  }
  return fastest;
}

const full = (start: string, part: string, end = ''): string =>
  start + part.repeat(Math.floor((65_536 - start.length - end.length) / part.length)) + end;

test.each([
  ['digits', full('a:', '1', 'x|c')],
  ['numbers', full('a:1', ':1', '|d')],
  ['several types', full('a:1|c', ':1|c')],
  ['types without end', full('a:1|c', ':')],
  ['tags', full('a:1|c|#a', ',a')],
  ['fields', full('a:1|c', '|#a')],
  ['bars', full('a:1|c', '|')],
  ['brackets', full('', '[', ':1|c')],
  ['tags in the name', full('a#', 'a=b,', ':1|c')],
  ['members of a set', full('a:', ':', '|s')],
  ['an event of bars', full('_e{3,3}:', '|')],
  ['an event of escapes', full('_e{999999,0}:', String.raw`\n`)],
  ['a check of bars', full('_sc|a|0', '|m:')],
  ['an exponent', full('a:1e', '9', '|g')],
  ['signs', full('a:', '-', '|g')],
])('a line of 64 KiB of %s takes no time', (_, line) => {
  expect(line.length).toBeGreaterThan(65_000);
  const body = Buffer.from(line);
  expect(fastestMs(() => swallow(body))).toBeLessThan(100);
});

test('SQL in any place is text like other text', () => {
  const sql = `'"\\n\\nDROP TABLE spans; -- ${'\\'}`;
  const body = Buffer.from(
    [
      `${sql}:1|c|#${sql}:${sql}|c:${sql}|e:cn-${sql},pu-${sql}`,
      `a:${sql}|s`,
      `_e{${sql.length},${sql.length}}:${sql}|${sql}|h:${sql}|k:${sql}|s:${sql}`,
      `_sc|${sql}|1|h:${sql}|m:${sql}`,
    ].join('\n'),
  );
  const parts = dogstatsdParts(body, nowMs);
  expect(parts.flatMap(part => part.rejectedReason ?? [])).toEqual([]);
  const builder = new BlockBuilder();
  let items = 0;
  for (const { signal, body } of parts) {
    if (signal === 'files') continue;
    const batch = decode(signal, 'protobuf', body);
    items += batch.items;
    builder.add(batch, { workspace: 'w', recordSeq: 1, receivedMs: nowMs });
  }
  expect(items).toBe(4);
  builder.cut();
});

test('bad lines are counted by reason; the rest of a datagram is kept', () => {
  const body = Buffer.concat([
    Buffer.from(`good:1|c\nbad\nworse:x|c\nbad too\n${'long '.repeat(30)}\n`),
    Buffer.from([0x61, 0xff, 0x3a, 0x31, 0x7c, 0x63, 0x0a]),
    Buffer.from(`${'y'.repeat(70_000)}:1|c\ngood:2|c`),
  ]);
  const parts = dogstatsdParts(body, nowMs);
  expect(
    parts.flatMap(({ rejected, rejectedReason }) => (rejected === undefined ? [] : [[rejected, rejectedReason]])),
  ).toEqual([
    [3, 'a line is no name:value|type'],
    [1, 'a value is no number'],
    [1, 'a line is not UTF-8'],
    [1, 'a line is longer than 65536 bytes'],
  ]);
  expect(decode('metrics', 'protobuf', parts[0]!.body).items).toBe(1);
});

interface Cut {
  readonly datagrams: readonly string[];
  readonly unreadable: number;
  readonly isBroken: boolean;
}

function cut(chunks: readonly Uint8Array[]): Cut {
  const datagrams: string[] = [];
  let unreadable = 0;
  const frames = new StreamFrames({
    datagram: bytes => datagrams.push(...Buffer.from(bytes).toString('latin1').split('\n')),
    unreadable: () => (unreadable += 1),
  });
  const isBroken = chunks.some(chunk => frames.push(Buffer.from(chunk)) === 'broken');
  frames.end();
  return { datagrams: datagrams.filter(Boolean), unreadable, isBroken };
}

function pieces(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const text = fc.string({ unit: fc.constantFrom('a', ':', '1', '|', 'c'), minLength: 4, maxLength: 20 });

test('a stream of lines or of frames is the same however the network cuts it', () => {
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.boolean(),
      (lines, cuts, isFramed) => {
        const bytes = isFramed
          ? Buffer.concat(lines.flatMap(line => [Buffer.from([line.length, 0, 0, 0]), Buffer.from(line)]))
          : Buffer.from(lines.join('\n'));
        expect(cut(pieces(bytes, cuts))).toEqual({ datagrams: lines, unreadable: 0, isBroken: false });
      },
    ),
  );
});

test('what is too long is counted once; lines go on behind it, and frames do not', () => {
  const long = Buffer.from(`a:1|c\n${'x'.repeat(70_000)}\nb:1|c\n`);
  expect(cut(pieces(long, [10, 100, 66_000, 66_001, 69_000]))).toEqual({
    datagrams: ['a:1|c', 'b:1|c'],
    unreadable: 1,
    isBroken: false,
  });
  const frame = Buffer.from('\x01\0\0\0a\xff\xff\xff\xff', 'latin1');
  expect(cut([frame])).toEqual({ datagrams: ['a'], unreadable: 1, isBroken: true });
  expect(cut([frame.subarray(0, 6)])).toEqual({ datagrams: ['a'], unreadable: 1, isBroken: false });
});

test('a frame that comes byte by byte costs no more than its length', () => {
  const frame = Buffer.alloc(300_004, 'a:1|c\n');
  frame.writeUInt32LE(300_000, 0);
  const feed = (): void => {
    const frames = new StreamFrames({ datagram() {}, unreadable() {} });
    for (let at = 0; at < frame.length; at++) frames.push(frame.subarray(at, at + 1));
  };
  expect(fastestMs(feed)).toBeLessThan(1000);
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyFrame, cutFrame, frames, markerBytes, seal } from './frame.js';
import type { Arrival, Counted, Frame, FrameSource } from './frame.js';

const marker = Buffer.from('0123456789abcdef', 'hex');

function inMemory(bytes: Buffer): FrameSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

function read(bytes: Buffer): readonly Frame[] {
  return [...frames(inMemory(bytes), marker)];
}

const counted: fc.Arbitrary<Counted> = fc.record({
  key: fc.string({ maxLength: 20 }),
  protocol: fc.constantFrom('otlp/http', 'loki', 'prometheus/remote-write'),
  items: fc.array(fc.record({ signal: fc.constantFrom('traces', 'logs', 'metrics', 'files'), items: fc.nat() }), {
    maxLength: 4,
  }),
  hash: fc.option(
    fc.uint8Array({ minLength: 12, maxLength: 12 }).filter(hash => hash.some(byte => byte !== 0)),
    {
      nil: undefined,
    },
  ),
});

const plainArrival: fc.Arbitrary<Arrival> = fc.record({
  workspace: fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/),
  signal: fc.constantFrom('traces', 'logs', 'metrics'),
  encoding: fc.constantFrom('protobuf', 'json'),
  contentEncoding: fc.constantFrom('identity', 'gzip', 'deflate'),
  receivedMs: fc.nat(),
  body: fc.uint8Array({ maxLength: 200 }),
});

/** With counts, held or not, and without, as earlier versions wrote them. */
const arrival: fc.Arbitrary<Arrival> = fc.oneof(
  plainArrival,
  fc.tuple(plainArrival, counted).map(([arrival, counted]) => ({ ...arrival, counted })),
  fc.tuple(plainArrival, counted).map(([arrival, counted]) => ({ ...arrival, counted, isHeld: true })),
);

type Written = (Arrival & { seq: number }) | { fromSeq: number; toSeq: number; token: string; decisions?: Uint8Array };

const token = fc.stringMatching(/^[0-9a-f-]{1,50}$/);

const written: fc.Arbitrary<Written> = fc.oneof(
  fc.tuple(arrival, fc.maxSafeNat()).map(([body, seq]) => ({ ...body, seq })),
  fc.record({ fromSeq: fc.maxSafeNat(), toSeq: fc.maxSafeNat(), token }),
  fc.record({ fromSeq: fc.maxSafeNat(), toSeq: fc.maxSafeNat(), token, decisions: fc.uint8Array({ maxLength: 50 }) }),
);

function bytesOf(record: Written): Buffer {
  const frame = 'token' in record ? cutFrame(record) : bodyFrame(record.seq, record);
  return Buffer.concat(seal(frame, marker));
}

/** Records as they were written: without `kind`, with a plain body. */
function recordsOf(read: readonly Frame[]): readonly unknown[] {
  return read.flatMap(frame => {
    if (frame.kind !== 'record') return [];
    const { kind, ...record } = frame.record;
    return [kind === 'body' && 'body' in record ? { ...record, body: new Uint8Array(record.body) } : record];
  });
}

test('a cut lies on disk as the format says', () => {
  const bytes = Buffer.concat(seal(cutFrame({ fromSeq: 1, toSeq: 258, token: 'ab-1-258' }), marker));
  expect(bytes.toString('hex')).toBe(
    ['0123456789abcdef', '19000000', '56afc0b7', '02', '0100000000000000', '0201000000000000', '61622d312d323538'].join(
      '',
    ),
  );
});

test('the cut of a block of held records lies on disk as the format says, and a held record has its bit', () => {
  const cut = { fromSeq: 1, toSeq: 258, token: 'ab-h1-258', decisions: Buffer.from('0102', 'hex') };
  const bytes = Buffer.concat(seal(cutFrame(cut), marker));
  expect(bytes.subarray(16).toString('hex')).toBe(
    ['04', '0100000000000000', '0201000000000000', '09', '61622d68312d323538', '0102'].join(''),
  );
  const counted = { key: '', protocol: 'zipkin', items: [], hash: undefined };
  const plain = { workspace: 'w', signal: 'traces', encoding: 'protobuf', contentEncoding: 'gzip' } as const;
  const body = { ...plain, receivedMs: 1, body: Buffer.alloc(0), counted };
  const inner = (isHeld: boolean): Buffer => bodyFrame(1, { ...body, isHeld }).head.subarray(16 + 7);
  expect([inner(false)[2], inner(true)[2]]).toEqual([1, 0x81]);
});

test('what was written is read again, in order', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 20 }), records => {
      expect(recordsOf(read(Buffer.concat(records.map(bytesOf))))).toEqual(records);
    }),
  );
});

test('a segment that stops anywhere gives the whole records before that point, and says where the torn one begins', () => {
  fc.assert(
    fc.property(fc.array(written, { minLength: 1, maxLength: 8 }), fc.nat(), (records, at) => {
      const pieces = records.map(bytesOf);
      const whole = Buffer.concat(pieces);
      const end = at % (whole.length + 1);
      const lengths = pieces.map(piece => piece.length);
      let count = 0;
      let kept = 0;
      while (count < lengths.length && kept + (lengths[count] ?? 0) <= end) kept += lengths[count++] ?? 0;

      const found = read(whole.subarray(0, end));

      expect(recordsOf(found)).toEqual(records.slice(0, count));
      const rest = found.filter(frame => frame.kind !== 'record');
      expect(rest).toEqual(kept === end ? [] : [{ kind: 'torn', offset: kept, end }]);
    }),
  );
});

test('a byte that changed costs the record it lies in, and no other', () => {
  fc.assert(
    fc.property(
      fc.array(written, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (records, at, change) => {
        const pieces = records.map(bytesOf);
        const bytes = Buffer.concat(pieces);
        const hit = at % bytes.length;
        bytes[hit] = (bytes[hit] ?? 0) ^ change;
        let start = 0;
        const index = pieces.findIndex(piece => (start += piece.length) > hit);

        const found = read(bytes);

        expect(recordsOf(found)).toEqual(records.filter((_, other) => other !== index));
        const lost = found.filter(frame => frame.kind !== 'record');
        expect(lost).toHaveLength(1);
        expect(lost[0]).toMatchObject({ offset: start - (pieces[index]?.length ?? 0), end: start });
      },
    ),
  );
});

test('any bytes at all are read without an error, and every byte is accounted for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), written.map(bytesOf), fc.constant(marker))),
      parts => {
        const bytes = Buffer.concat(parts);
        let at = 0;
        for (const frame of read(bytes)) {
          expect(frame.offset).toBe(at);
          at = frame.end;
        }
        expect(at).toBe(bytes.length);
      },
    ),
  );
});

test('a body that holds a forged record is not taken apart: the forger does not know the marker', () => {
  const forged = Buffer.concat(seal(cutFrame({ fromSeq: 1, toSeq: 9, token: 'forged' }), Buffer.alloc(markerBytes, 7)));
  const outer = bytesOf({
    workspace: 'default',
    signal: 'logs',
    encoding: 'json',
    contentEncoding: 'identity',
    receivedMs: 1,
    body: forged,
    seq: 1,
  });
  outer[20] = 99;
  expect(read(outer).map(frame => frame.kind)).toEqual(['damaged']);
});

test('a record with counts lies on disk as the format says', () => {
  const bytes = Buffer.concat(
    seal(
      bodyFrame(258, {
        workspace: 'ws',
        signal: 'logs',
        encoding: 'json',
        contentEncoding: 'gzip',
        receivedMs: 3,
        body: Buffer.from('body'),
        counted: { key: 'k', protocol: 'loki', items: [{ signal: 'logs', items: 7 }], hash: Buffer.alloc(12, 0xaa) },
      }),
      marker,
    ),
  );
  const head = [
    '01',
    '01',
    '01',
    '0201000000000000',
    '0300000000000000',
    'aa'.repeat(12),
    '027773',
    '016b',
    '046c6f6b69',
    '01',
    '0107000000',
  ].join('');
  expect(bytes.toString('hex', 16)).toBe(['03', '2f00', bytes.toString('hex', 19, 23), head, '626f6479'].join(''));
});

test('of records whose bodies decayed, the heads say whose items were lost, each record once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(plainArrival, counted), { minLength: 1, maxLength: 5 }),
      fc.nat(),
      (arrivals, lastSeq) => {
        const pieces = arrivals.map(([arrival, counted], index) => {
          const body = Buffer.concat([arrival.body, Buffer.of(1)]);
          const piece = bytesOf({ ...arrival, body, counted, seq: lastSeq + index });
          piece[piece.length - 1] = 2;
          return piece;
        });
        const found = read(Buffer.concat([...pieces, bytesOf({ fromSeq: 1, toSeq: 2, token: 'end' })]));
        const lost = found.flatMap(frame => (frame.kind === 'damaged' ? frame.lost : []));
        expect(lost).toEqual(
          arrivals.map(([{ workspace }, counted], index) => ({ seq: lastSeq + index, workspace, counted })),
        );
      },
    ),
  );
});

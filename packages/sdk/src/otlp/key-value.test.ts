import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { defaultRecordLimits } from '../config/record-limits.js';
import { setRecordLimits } from '../core/record-limits.js';
import { attributes, type Value } from '../test-support/otlp.js';
import { Message } from '../test-support/protobuf.js';
import { ByteWriter } from './byte-writer.js';
import { attributeBytes, writeKeyValue } from './key-value.js';

const read = (bytes: Uint8Array): Record<string, Value> => attributes(new Message(bytes), 1);

test('known bytes of an integer attribute', () => {
  const bytes = attributeBytes(0x0a, { n: 7 });
  expect(Buffer.from(bytes).toString('hex')).toBe('0a87000a016e12021807');
});

test('values of every kind keep their kind', () => {
  const out = new ByteWriter(64);
  const given = {
    s: 'ä',
    i: -5,
    d: 1.5,
    t: true,
    list: ['a', 1, null],
    map: { deep: { x: 1 } },
    none: null,
    gone: undefined,
  };
  for (const [key, value] of Object.entries(given)) writeKeyValue(out, 0x0a, key, value);
  expect(read(out.take())).toEqual({ s: 'ä', i: -5, d: 1.5, t: true, list: ['a', 1, null], map: { deep: { x: 1 } } });
});

test('any JSON value comes back as it is, to five levels', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), value => {
      fc.pre(value !== null);
      const out = new ByteWriter(16);
      writeKeyValue(out, 0x0a, 'k', value);
      // JSON knows -0, protobuf's int64 does not; keys are compared as a plain object.
      expect(read(out.take())['k']).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a string longer than the limit is cut, and a circular object does not hang or throw', () => {
  const out = new ByteWriter(16);
  writeKeyValue(out, 0x0a, 'long', 'x'.repeat(20_000));
  const circle: Record<string, unknown> = { name: 'c' };
  circle['self'] = circle;
  expect(() => writeKeyValue(new ByteWriter(16), 0x0a, 'circle', circle)).not.toThrow();
  expect(String(read(out.take())['long']).length).toBe(16_384);
});

/** What is read of one attribute, as a field of this tag. */
const written = (tag: number, field: number): unknown => {
  const out = new ByteWriter(64);
  writeKeyValue(out, tag, 'k', { text: 'abcdefgh' });
  return attributes(new Message(out.take()), field);
};

test('values of spans and logs are cut at the limits that were configured; those of resources and series are whole', () => {
  setRecordLimits({ ...defaultRecordLimits, spanValueChars: 5, logValueChars: 3 });
  onTestFinished(() => setRecordLimits(defaultRecordLimits));
  expect([written(0x4a, 9), written(0x1a, 3), written(0x32, 6), written(0x0a, 1)]).toEqual([
    { k: { text: 'abcde' } },
    { k: { text: 'abcde' } },
    { k: { text: 'abc' } },
    { k: { text: 'abcdefgh' } },
  ]);
});

import { expect, test } from 'vitest';
import { BadInput } from '../../base/bad-input.js';
import { readEnvelope } from './envelope.js';

const cut = (text: string): { readonly items: unknown; readonly broken: unknown } => {
  const { items, broken } = readEnvelope(Buffer.from(text));
  return { items: items.map(({ type, payload }) => [type, Buffer.from(payload).toString()]), broken };
};

test('payloads are as long as their header says, or reach to the end of their line', () => {
  expect(
    cut(
      '{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc"}\n' +
        '{"type":"attachment","length":11,"filename":"a.txt"}\nline\nline\n!\n' +
        '{"type":"event"}\n{"message":"hi"}\n' +
        '\n\n{"type":"attachment","length":0}\n\n' +
        '{"type":"session"}\n{}',
    ),
  ).toEqual({
    items: [
      ['attachment', 'line\nline\n!'],
      ['event', '{"message":"hi"}'],
      ['attachment', ''],
      ['session', '{}'],
    ],
    broken: [],
  });
});

test('lines may end in CRLF', () => {
  expect(cut('{}\r\n{"type":"event","length":2}\r\n{}\r\n{"type":"event"}\r\n{}\r\n')).toEqual({
    items: [
      ['event', '{}'],
      ['event', '{}\r'],
    ],
    broken: [],
  });
});

test('an item header that can not be read costs its own item; a second one costs the rest', () => {
  const bad = cut('{}\n{type:event}\n{"a":1}\n{"type":"event"}\n{}\n');
  expect(bad.items).toEqual([['event', '{}']]);
  expect(bad.broken).toEqual([{ count: 1, reason: expect.stringContaining('an item header: JSON at byte 1') }]);
  const worse = cut('{}\nx\ny\nz\nw\n{"type":"event"}\n{}\n');
  expect(worse.items).toEqual([]);
  expect(worse.broken).toHaveLength(2);
});

test.each([
  ['{"type":"event","length":3}\n{}', 'an item is longer than the envelope: it was cut off'],
  ['{"type":"event","length":1e300}\n{}', 'an item header has a length that is no number of bytes'],
  ['{"type":"event","length":-1}\n{}', 'an item header has a length that is no number of bytes'],
  ['{"type":"event","length":"2"}\n{}', 'an item header has a length that is no number of bytes'],
  ['{"type":"event","length":99999999999999999999}\n{}', 'an item header has a length that is no number of bytes'],
])('%j is refused with a reason', (item, reason) => {
  expect(cut(`{}\n${item}`)).toEqual({ items: [], broken: [{ count: 1, reason }] });
});

test('items past the thousandth are counted and refused', () => {
  const { items, broken } = readEnvelope(Buffer.from(`{}\n${'{"type":"event"}\n{}\n'.repeat(1003)}`));
  expect([items.length, broken]).toEqual([1000, [{ count: 3, reason: 'an envelope has more than 1000 items' }]]);
});

test.each(['', 'hello', '[]\n', '{"a":\n'])('an envelope that begins with %j is refused', text => {
  expect(() => readEnvelope(Buffer.from(text))).toThrow(BadInput);
  expect(() => readEnvelope(Buffer.from(text))).toThrow(/the envelope's first line must be a JSON object/);
});

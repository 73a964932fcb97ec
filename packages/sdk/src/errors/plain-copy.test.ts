import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainCopy, plainObject } from './plain-copy.js';

test('dates, maps, sets, errors, big integers and buffers are shown; functions and symbols are left out', () => {
  expect(
    plainCopy({
      at: new Date(0),
      never: new Date(Number.NaN),
      map: new Map([['a', 1]]),
      set: new Set([1]),
      error: new RangeError('x'),
      big: 10n,
      bytes: new Uint8Array(3),
      none: null,
      nothing: undefined,
      run: () => 1,
      nan: Number.NaN,
    }),
  ).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    never: 'Invalid Date',
    map: { a: 1 },
    set: [1],
    error: 'RangeError: x',
    big: '10',
    bytes: '[3 bytes]',
    none: null,
    nan: 'NaN',
  });
});

test('circles, depth, getters and proxies that throw end in a word', () => {
  const circle: Record<string, unknown> = { name: 'c' };
  circle['self'] = circle;
  expect(plainCopy(circle)).toEqual({ name: 'c', self: '[circular]' });
  expect(plainCopy({ a: { b: { c: { d: { e: { f: 1 } } } } } })).toEqual({
    a: { b: { c: { d: { e: '[too deep]' } } } },
  });
  const thorny = {
    fine: 1,
    get bad(): never {
      throw new Error('no');
    },
  };
  expect(plainCopy(thorny)).toEqual({ fine: 1, bad: '[cannot be read]' });
  const closed = new Proxy({}, { get: () => reject(), ownKeys: () => reject(), has: () => reject() });
  expect(plainCopy(closed)).toBe('[cannot be read]');
  expect(plainCopy({ toJSON: () => reject() })).toBe('[cannot be read]');
});

function reject(): never {
  throw new Error('closed');
}

test('a copy is JSON, of bounded size, whatever it is of', () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 8, withBigInt: true, withDate: true, withMap: true, withSet: true }), value => {
      const copy = plainCopy(value, 500);
      const json = JSON.stringify(copy);
      if (copy === undefined) return;
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(copy)));
      expect(json.length).toBeLessThan(20_000);
    }),
  );
  const large = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 'x'.repeat(1000)]));
  expect(JSON.stringify(plainCopy(large)).length).toBeLessThan(6000);
  expect(plainObject('text')).toEqual({ value: 'text' });
});

test('a name cannot change the prototype', () => {
  const copy = plainObject(JSON.parse('{"__proto__":{"admin":true},"a":1}'));
  expect([copy, Object.getPrototypeOf(copy) === Object.prototype]).toEqual([{ a: 1 }, true]);
});

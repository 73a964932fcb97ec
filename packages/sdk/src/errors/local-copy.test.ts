import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localCopy } from './local-copy.js';

test('[I4] variables are copied two levels deep, bounded, and without what secrets are called or look like', () => {
  const copy = localCopy(
    {
      text: 'x'.repeat(1000),
      many: Array.from({ length: 100 }, (_, i) => i),
      deep: { a: { b: { c: 1 } } },
      password: 'hunter2',
      header: 'Bearer abcdefghijklmnop',
      nothing: null,
      when: new Date(0),
      kinds: [new Map([[1, 2]]), new Set([1]), Buffer.from('abc'), new RangeError('x'), () => 1, 7n, Number.NaN],
    },
    1500,
  );
  expect(copy).toEqual({
    text: `${'x'.repeat(200)}…`,
    many: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, '… 90 more'],
    deep: { a: { b: '[Object]' } },
    password: '[redacted]',
    header: 'Bearer [redacted]',
    nothing: null,
    when: '1970-01-01T00:00:00.000Z',
    kinds: ['[Map of 1]', '[Set of 1]', '[3 bytes]', '[RangeError]', '[function]', '7n', 'NaN'],
  });
});

test('[I4] nothing of the application runs: no getter, no trap, no toJSON', () => {
  let ran = 0;
  const touch = (): never => {
    ran++;
    throw new Error('ran');
  };
  const traps = new Proxy({}, { get: touch, ownKeys: touch, getPrototypeOf: touch, getOwnPropertyDescriptor: touch });
  const sized = Object.defineProperty(new Map(), 'size', { get: touch });
  const odd = Object.create(traps, { own: { value: 1, enumerable: true } });
  const scope = {
    traps,
    sized,
    odd,
    lazy: Object.defineProperty({}, 'x', { get: touch, enumerable: true }),
    toJSON: touch,
  };
  expect(localCopy(scope, 1500)).toMatchObject({ traps: '[proxy]', sized: '[Map of 0]', lazy: { x: '[undefined]' } });
  expect(ran).toBe(0);
});

test('[I4] any values are copied without a throw into what fits', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true, withMap: true })), scope => {
      expect(JSON.stringify(localCopy(scope, 500)).length).toBeLessThan(20_000);
    }),
  );
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { carry, parseSearch, stringifySearch, textParam } from './search-params.js';

test('ids stay text, whatever they look like', () => {
  expect(parseSearch('?trace=662E41&sel=00000000000000001234567890123456&live=true&x=null')).toEqual({
    trace: '662E41',
    sel: '00000000000000001234567890123456',
    live: 'true',
    x: 'null',
  });
});

test('a repeated param is a list, and unknown ones survive', () => {
  const text = '?q=service:checkout+duration%3E200ms&f.plan=pro&f.plan=free&later=1';
  expect(parseSearch(text)).toEqual({
    q: 'service:checkout duration>200ms',
    'f.plan': ['pro', 'free'],
    later: '1',
  });
  expect(stringifySearch(parseSearch(text))).toBe(text);
});

test('absent and empty are left out', () => {
  expect(stringifySearch({ q: '', env: undefined })).toBe('');
});

test('a param named like a prototype is a param', () => {
  expect(textParam(parseSearch('?__proto__=a'), '__proto__')).toBe('a');
  expect(textParam(parseSearch('?a=1'), 'constructor')).toBeUndefined();
});

test('links carry the range and the environment unless they say otherwise', () => {
  const here = { from: 'now-6h', env: 'production', q: 'status:error', sel: '1' };
  expect(carry(here, { q: 'service:a' })).toEqual({ from: 'now-6h', env: 'production', q: 'service:a' });
  expect(stringifySearch(carry(here, { from: undefined }))).toBe('?env=production');
});

test('what is written is read back', () => {
  const value = fc.string({ minLength: 1, unit: 'grapheme' });
  const params = fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(value, fc.array(value, { minLength: 2 })));
  fc.assert(
    fc.property(params, given => {
      expect(parseSearch(stringifySearch(given))).toEqual({ ...given });
    }),
  );
});

import { expect, test } from 'vitest';
import { completionContext } from './completion.js';

/** What is offered at the `|` of the text. */
function at(marked: string): string {
  const cursor = marked.indexOf('|');
  const { kind, key, prefix, from, to } = completionContext(marked.replace('|', ''), cursor, 'spans');
  return `${kind}${key === undefined ? '' : ` of ${key}`} "${prefix}" ${from}-${to}`;
}

test('a word may become a key', () => {
  expect(at('|')).toBe('key "" 0-0');
  expect(at('ser|')).toBe('key "ser" 0-3');
  expect(at('status:error ser|vice')).toBe('key "ser" 13-20');
  expect(at('-ten|')).toBe('key "ten" 1-4');
  expect(at('(a OR b|')).toBe('key "b" 6-7');
  expect(at('ser|:checkout')).toBe('key "ser" 0-3');
});

test('behind an operator stands a value of its key', () => {
  expect(at('service:|')).toBe('value of service "" 8-8');
  expect(at('service:ch|')).toBe('value of service "ch" 8-10');
  expect(at('a http.route:"/or|ders" b')).toBe('value of http.route "/or" 13-22');
  expect(at('service:(a OR |')).toBe('value of service "" 14-14');
  expect(at('service:(a OR ch|')).toBe('value of service "ch" 14-16');
  expect(at('service:(a OR b) |')).toBe('key "" 17-17');
});

test('a known field that is written out wants an operator', () => {
  expect(at('duration|')).toBe('operator of duration "" 8-8');
  expect(at('status|')).toBe('operator of status "" 6-6');
});

test('behind has: stands a field', () => {
  expect(at('has:use|')).toBe('key "use" 4-7');
});

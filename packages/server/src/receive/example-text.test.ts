import { expect, test } from 'vitest';
import { exampleText } from './example-text.js';

const example = (text: string): string => exampleText(Buffer.from(text));

test('an example is what can be read of a request, on one line and short', () => {
  expect(example('{"a": 1,\n\t"b": "two"}')).toBe('{"a": 1, "b": "two"}');
  expect(exampleText(Buffer.from('0a05\u00ffhello\u0000\u0001 world', 'latin1'))).toBe('0a05 hello world');
  expect(example('x y '.repeat(500))).toHaveLength(300);
  expect(exampleText(Buffer.alloc(0))).toBe('');
});

test('[Q2] [J8] what looks secret or personal is left out', () => {
  const secrets = [
    'ada@example.com',
    'hunter2!',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0',
    '4111 1111 1111 1111',
    '+41 79 123 45 67',
    '203.0.113.9',
    'sk_live_51H8abcdefghijklmnop',
    'c2VjcmV0',
  ];
  const text = example(
    `{"mail":"${secrets[0]}","password":"${secrets[1]}","jwt":"${secrets[2]}","card":"${secrets[3]}","tel":"${secrets[4]}","ip":"${secrets[5]}","key":"${secrets[6]}","Authorization: Basic ${secrets[7]}"}`,
  );
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).toContain('"password":"…"');
});

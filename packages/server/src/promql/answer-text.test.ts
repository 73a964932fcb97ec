import { jsonNumber } from '@bellwether/promql';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerText } from './answer-text.js';

function written(add: (out: AnswerText) => void): string {
  const out = new AnswerText();
  add(out);
  return new TextDecoder().decode(out.bytes());
}

test('numbers are written as Prometheus writes them', () => {
  const numbers = [
    0,
    -0,
    1,
    -1,
    9,
    10,
    1e15,
    999_999_999_999_999,
    -999_999_999_999_999,
    1e21,
    0.1,
    1e-7,
    NaN,
    Infinity,
    -Infinity,
  ];
  expect(numbers.map(value => written(out => out.addNumber(value)))).toEqual(numbers.map(jsonNumber));
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger()), value => {
      expect(written(out => out.addNumber(value))).toBe(jsonNumber(value));
    }),
  );
});

test('any text comes out as it went in, also when the buffer has to grow', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 200 })), { maxLength: 500 }),
      parts => {
        const whole = written(out => {
          for (const part of parts) out.add(part);
        });
        expect(whole).toBe(parts.join(''));
      },
    ),
    { numRuns: 50 },
  );
  const long = 'é'.repeat(100_000);
  expect(written(out => out.add(long))).toBe(long);
});

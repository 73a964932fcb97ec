import { expect, test } from 'vitest';
import { withThreshold } from './trace-state.js';

test('the threshold stands first; others stay, an older threshold does not', () => {
  expect(withThreshold('', 'e668')).toBe('ot=th:e668');
  expect(withThreshold('vendor=x,ot=th:8;rv:0123456789abcd', '0')).toBe('ot=th:0;rv:0123456789abcd,vendor=x');
});

test('it never grows over 512 characters', () => {
  const long = Array.from({ length: 40 }, (_, vendor) => `vendor${vendor}=${'x'.repeat(20)}`).join(',');
  expect(withThreshold(long, '8').length).toBeLessThanOrEqual(512);
});

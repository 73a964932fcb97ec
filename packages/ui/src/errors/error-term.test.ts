import { expect, test } from 'vitest';
import { errorTerm } from './error-term.js';

test.each([
  ['service.version', 'v412', 'release:v412'],
  ['tenant.id', 'acme', 'tenant:acme'],
  ['user.id', 'Ann Bee', 'user:"Ann Bee"'],
  ['payment.provider', 'mobile "money" one', 'tag:"payment.provider=mobile money one"'],
])('errors with %s %s are searched by %s', (key, value, term) => {
  expect(errorTerm(key, value)).toBe(term);
});

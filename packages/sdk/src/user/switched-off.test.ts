import { expect, test } from 'vitest';
import { captureException } from './capture-exception.js';
import { captureMessage } from './capture-message.js';
import { withScope } from './scope-with.js';

test('[A3] while the SDK is off, everything can be called and nothing happens', async () => {
  const error = new Error('x');
  expect([captureException(error), captureMessage('m')]).toEqual([undefined, undefined]);
  expect(withScope(scope => (scope.setTag('a', 1), 7))).toBe(7);
  await expect(withScope(async () => Promise.reject(error))).rejects.toBe(error);
  expect(() =>
    withScope(() => {
      throw error;
    }),
  ).toThrow(error);
});

import { expect, test } from 'vitest';
import { ApiFailure } from '../api-client.js';
import { isNotThere } from './is-not-there.js';

const failure = (status: number): ApiFailure =>
  new ApiFailure(status, { code: 'bad-request', message: 'no', requestId: '' });

test('what is refused is not there when no id is written so, and failed when something else of the address is wrong', () => {
  const id = 'ab'.repeat(8);
  expect(isNotThere(failure(404), id, 16)).toBe(true);
  expect(isNotThere(failure(400), 'nonsense', 16)).toBe(true);
  expect(isNotThere(failure(400), id, 32)).toBe(true);
  expect(isNotThere(failure(400), id, 16)).toBe(false);
  expect(isNotThere(failure(500), 'nonsense', 16)).toBe(false);
  expect(isNotThere(new Error('offline'), 'nonsense', 16)).toBe(false);
});

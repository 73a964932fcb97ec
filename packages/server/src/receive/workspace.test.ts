import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Refusal } from '../base/refusal.js';
import { admit } from './workspace.js';

const keys = [
  { name: 'shop', workspace: 'acme', sha256: createHash('sha256').update('bw_secret').digest('hex') },
  { name: 'lab', workspace: 'lab', sha256: createHash('sha256').update('bw_other').digest('hex').toUpperCase() },
];

function workspace(headers: Readonly<Record<string, string>>, known = keys): string {
  try {
    return admit(name => headers[name], known).workspace;
  } catch (error) {
    if (error instanceof Refusal) return `${error.facts.status} ${error.facts.reason}`;
    throw error;
  }
}

test.each([
  [{}, 'default'],
  [{ 'x-scope-orgid': 'team-a' }, 'team-a'],
  [{ 'x-scope-orgid': '' }, '400 bad-workspace'],
  [{ 'x-scope-orgid': 'a|b' }, '400 bad-workspace'],
  [{ 'x-scope-orgid': 'x'.repeat(65) }, '400 bad-workspace'],
])('without keys, %j is %s', (headers, expected) => {
  expect(workspace(headers, [])).toBe(expected);
});

test.each([
  [{}, '401 unauthorized'],
  [{ authorization: 'Bearer bw_secret' }, 'acme'],
  [{ authorization: 'bearer bw_other' }, 'lab'],
  [{ authorization: 'Basic bw_secret' }, '401 unauthorized'],
  [{ authorization: 'Bearer bw_secret2' }, '401 unauthorized'],
  [{ 'x-bellwether-key': 'bw_secret' }, 'acme'],
  [{ 'x-bellwether-key': keys[0]?.sha256 ?? '' }, '401 unauthorized'],
  [{ 'x-bellwether-key': 'bw_secret', 'x-scope-orgid': 'acme' }, 'acme'],
  [{ 'x-bellwether-key': 'bw_secret', 'x-scope-orgid': 'lab' }, '403 other-workspace'],
])('with keys, %j is %s', (headers, expected) => {
  expect(workspace(headers)).toBe(expected);
});

test('a refusal never repeats the key that was sent', () => {
  expect(() => admit(name => (name === 'authorization' ? 'Bearer bw_guess' : undefined), keys)).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('bw_guess') }),
  );
});

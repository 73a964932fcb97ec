import { expect, test } from 'vitest';
import { callersScope, checkCaller } from './guard.js';

const get = (host: string | undefined, listen = '127.0.0.1'): string => {
  try {
    checkCaller({ method: 'GET', host, origin: undefined }, listen);
    return 'answered';
  } catch (error) {
    return String(error);
  }
};

test('only names of this machine are answered: a page can not rebind its own name', () => {
  expect(['localhost:4300', '127.0.0.1', '[::1]:4300', 'bw.localhost', 'LOCALHOST'].map(host => get(host))).toEqual(
    Array(5).fill('answered'),
  );
  expect(get('evil.example')).toBe(
    'Forbidden: The Host header "evil.example" is not a name of this server: open it as localhost or 127.0.0.1.',
  );
  expect(get('127.0.0.1.evil.example')).toContain('Forbidden');
  expect(get('localhost.evil.example')).toContain('Forbidden');
  expect(get(undefined)).toContain('Forbidden');
  expect(get('10.0.0.5')).toContain('Forbidden');
});

test('listening everywhere, addresses are answered and foreign names are not', () => {
  expect(get('10.0.0.5:4300', '0.0.0.0')).toBe('answered');
  expect(get('evil.example', '0.0.0.0')).toContain('Forbidden');
  expect(get('bw.internal', 'bw.internal')).toBe('answered');
});

const post = (origin: string | undefined) => (): void =>
  checkCaller({ method: 'POST', host: 'localhost:4300', origin }, '127.0.0.1');

test('a write from another site is refused', () => {
  expect(post(undefined)).not.toThrow();
  expect(post('http://localhost:4300')).not.toThrow();
  expect(post('http://localhost:3000')).toThrow('Writes are taken from');
  expect(post('null')).toThrow('Writes are taken from');
  expect(post('https://evil.example')).toThrow('Writes are taken from');
});

test('the header names the workspace', () => {
  expect(callersScope(undefined).workspace).toBe('default');
  expect(callersScope('team-a').workspace).toBe('team-a');
  for (const bad of ["a'b", '../x', 'a b', 'a.b', 'x'.repeat(65), ['a', 'b']])
    expect(() => callersScope(bad)).toThrow('X-Scope-OrgID');
});

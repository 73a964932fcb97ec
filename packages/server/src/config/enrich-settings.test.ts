import { expect, test } from 'vitest';
import { readConfig } from './load-config.js';

const read = (text: string): unknown =>
  readConfig({ text, name: 'bellwether.yaml' }, { flags: {}, env: {}, cwd: '/work' }).enrich;

test('without settings secrets and e-mail addresses go, IP addresses stay, and nothing is hashed', () => {
  expect(read('')).toEqual({
    scrub: { emails: true, ips: false, dryRun: false, hash: [], rules: [] },
    routes: [],
  });
});

test('rules, hashes and routes are read', () => {
  const text = `
scrub:
  hash: [user.id]
  rules:
    - { field: 'customer.*', pattern: 'C-\\d+', action: redact }
    - { name: ours, field: log.body, action: keep }
enrich:
  routes: ['/shops/:slug/*']
`;
  expect(read(text)).toMatchObject({
    scrub: {
      hash: ['user.id'],
      rules: [{ field: 'customer.*', pattern: 'C-\\d+', action: 'redact' }, { name: 'ours' }],
    },
    routes: ['/shops/:slug/*'],
  });
});

test.each([
  [
    "scrub: {rules: [{field: a, pattern: '(', action: redact}]}",
    /scrub\.rules\[0\]\.pattern must be a regular expression in RE2's syntax/,
  ],
  ["scrub: {rules: [{field: a, pattern: '(?=a)', action: redact}]}", /without back-references and look-around/],
  ['scrub: {rules: [{field: a, action: delete}]}', /scrub\.rules\[0\]\.action must be keep, redact, hash or drop/],
  ['scrub: {rules: [{action: drop}]}', /scrub\.rules\[0\]\.field must be an attribute's name/],
  ['scrub: {hash: user.id}', /scrub\.hash must be a list of names/],
  ['scrub: {email: true}', /did you mean "emails"/],
  ['enrich: {routes: [shops]}', /enrich\.routes\[0\] must be a route as/],
])('%s is refused with what to write', (text, message) => {
  expect(() => read(text)).toThrow(message);
});

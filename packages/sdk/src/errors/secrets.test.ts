import { expect, test } from 'vitest';
import { isSecretName, withoutSecrets } from './secrets.js';

test.each([
  ['password', true],
  ['user_password', true],
  ['X-API-Key', true],
  ['clientSecret', true],
  ['access_token', true],
  ['set-cookie', true],
  ['Authorization', true],
  ['cardNumber', true],
  ['max_tokens', false],
  ['tokenCount', false],
  ['amount', false],
  ['provider', false],
  ['session_count', false],
])('[J8] %s names a secret: %s', (name, yes) => {
  expect(isSecretName(name)).toBe(yes);
});

test.each([
  ['Authorization: Bearer abcdefgh12345', 'Authorization: Bearer [redacted]'],
  ['GET /a?token=abc&b=1', 'GET /a?token=[redacted]&b=1'],
  ['{"password":"hunter2","n":1}', '{"password":"[redacted]","n":1}'],
  ['redis://:pw@host:1 and https://ann:pw@x/y', 'redis://REDACTED@host:1 and https://REDACTED@x/y'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0x.c2ln', '[redacted]'],
  ['card 4111-1111-1111-1111 declined', 'card [card] declined'],
  ['order 1234567890123456 of 2026-11-21 10:00:00', 'order 1234567890123456 of 2026-11-21 10:00:00'],
  ['unexpected token } in JSON at position 4', 'unexpected token } in JSON at position 4'],
])('[J8] %s', (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown);
});

test('hostile text takes no time', () => {
  for (const unit of ['token', 'a://', 'x:', '1 ', 'eyJ', 'Bearer ', 'api_key = ', 'password', '-']) {
    const before = process.cpuUsage();
    withoutSecrets(unit.repeat(Math.ceil(16_000 / unit.length)));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(100);
  }
});

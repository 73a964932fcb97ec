import { expect, test } from 'vitest';
import { isSecretKey, redactUrl } from './secrets.js';

test.each([
  'password',
  'user.password',
  'db.query.parameter.password',
  'newPassword',
  'passwd',
  'client_secret',
  'x-api-key',
  'api_key',
  'apiKey',
  'APIKEY',
  'http.request.header.authorization',
  'http.request.header.cookie',
  'http.response.header.set-cookie',
  'access_token',
  'refreshToken',
  'auth.token',
  'aws.secret_access_key',
  'private_key',
])('[W15] an attribute named %s holds a secret', key => {
  expect(isSecretKey(key)).toBe(true);
});

test.each([
  'gen_ai.usage.input_tokens',
  'gen_ai.token.type',
  'k8s.secret.name',
  'aws.secretsmanager.secret.arn',
  'http.route',
  'messaging.message.id',
  'order.key',
  'author',
  'passenger.count',
  'session.id',
  '',
])('[W15] an attribute named %j holds no secret', key => {
  expect(isSecretKey(key)).toBe(false);
});

test.each([
  ['https://shop.example/pay?token=abc&page=2#top', 'https://shop.example/pay?token=REDACTED&page=2#top'],
  ['/callback?code=1&state=xyz', '/callback?code=REDACTED&state=xyz'],
  [
    'https://s3.example/x?X-Amz-Signature=ff&X-Amz-Date=1',
    'https://s3.example/x?X-Amz-Signature=REDACTED&X-Amz-Date=1',
  ],
  ['https://u:p@host/path', 'https://REDACTED:REDACTED@host/path'],
  ['/search?q=shoes', '/search?q=shoes'],
  ['/reset?email=a@b.example', '/reset?email=REDACTED'],
  ['/x?%70assword=1', '/x?%70assword=REDACTED'],
  ['/x?token', '/x?token'],
  ['/x?', '/x?'],
  ['/x?token=', '/x?token='],
  ['/x?a=1;sig=2', '/x?a=1;sig=REDACTED'],
  ['/x?token=a=b&c', '/x?token=REDACTED&c'],
])('[W15] the query of %s keeps its keys and loses its secrets', (url, clean) => {
  expect(redactUrl(url, false)).toBe(clean);
});

test('[W15] a query on its own is scrubbed with and without its question mark', () => {
  expect(redactUrl('api_key=1&q=2', true)).toBe('api_key=REDACTED&q=2');
  expect(redactUrl('?api_key=1&q=2', true)).toBe('?api_key=REDACTED&q=2');
});

test('[W15] a long text without a pair takes no longer than its length asks for', () => {
  const text = `/x?${'a'.repeat(1_000_000)}`;
  expect(redactUrl(text, false)).toBe(text);
  expect(isSecretKey('aB'.repeat(100_000))).toBe(false);
}, 5000);

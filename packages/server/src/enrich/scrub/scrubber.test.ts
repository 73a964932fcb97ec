import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashKey } from './hash-key.js';
import { safeScrubOptions, type ScrubOptions } from './scrub-options.js';
import { Scrubber } from './scrubber.js';

const key = Buffer.from('a key');
const scrubber = (options: Partial<ScrubOptions>): Scrubber => new Scrubber({ ...safeScrubOptions, ...options }, key);

/** What is stored of an attribute. */
const stored = (from: Scrubber, name: string, text: string): string | undefined => from.text(text, from.roleOf(name));

test('[Q2] a hash is the same for the same value, joins across attributes, and depends on the key', () => {
  const hashing = scrubber({ hash: ['user.id', 'customer.*'] });
  const hash = stored(hashing, 'user.id', 'ann');
  expect(hash).toMatch(/^h:[\da-f]{16}$/);
  expect(stored(hashing, 'customer.id', 'ann')).toBe(hash);
  expect(stored(hashing, 'USER.ID', 'ann')).toBe(hash);
  expect(stored(hashing, 'user.id', 'bob')).not.toBe(hash);
  expect(stored(hashing, 'user.name', 'ann')).toBe('ann');
  const other = new Scrubber({ ...safeScrubOptions, hash: ['user.id'] }, Buffer.from('another key'));
  expect(stored(other, 'user.id', 'ann')).not.toBe(hash);
  expect(() => new Scrubber({ ...safeScrubOptions, hash: ['user.id'] })).toThrow('needs a key');
});

test('[Q2] rules are obeyed in their order, before what is built in', () => {
  const ruled = scrubber({
    rules: [
      { field: 'support.email', action: 'keep' },
      { field: 'internal.*', action: 'drop' },
      { field: 'log.body', pattern: String.raw`C-\d+`, action: 'hash' },
      { field: '*', pattern: '(?i)project [a-z]+', action: 'redact' },
      { name: 'no-notes', field: 'note', action: 'redact' },
    ],
  });
  expect(stored(ruled, 'support.email', 'help@shop.example')).toBe('help@shop.example');
  expect(stored(ruled, 'internal.path', '/x')).toBeUndefined();
  expect(stored(ruled, 'a', 'about Project Apollo, ask ann@example.com')).toBe('about [redacted], ask [email]');
  expect(stored(ruled, 'note', 'anything')).toBe('[redacted]');
  expect(stored(ruled, 'password', 'hunter2')).toBe('[redacted]');
  expect(ruled.free('customer C-4711 left', ruled.bodyRole)).toMatch(/^customer h:[\da-f]{16} left$/);
  expect(Object.fromEntries(ruled.counts)).toMatchObject({
    'keep support.email': 1,
    'drop internal.*': 1,
    'no-notes': 1,
    email: 1,
  });
});

test('[Q2] in a dry run rules and addresses are counted and nothing else changes; secrets and cards go all the same', () => {
  const dry = scrubber({ dryRun: true, ips: true, hash: ['user.id'], rules: [{ field: 'note', action: 'drop' }] });
  expect(stored(dry, 'user.id', 'ann')).toBe('ann');
  expect(stored(dry, 'note', 'x')).toBe('x');
  const text = 'ann@example.com from 203.0.113.7 paid with 4111 1111 1111 1111, token=a1b2c3d4';
  expect(dry.free(text)).toBe('ann@example.com from 203.0.113.7 paid with [card], token=[redacted]');
  expect(Object.fromEntries(dry.counts)).toEqual({
    'hash user.id': 1,
    'drop note': 1,
    email: 1,
    ip: 1,
    card: 1,
    'named-secret': 1,
  });
});

test('[Q1] [Q2] a user has their address, free text has none; IP addresses go when it is asked for, but not those of our machines', () => {
  const usual = scrubber({});
  expect(stored(usual, 'user.email', 'ann@example.com')).toBe('ann@example.com');
  expect(stored(usual, 'customer', 'ann@example.com')).toBe('[email]');
  expect(usual.free('from 203.0.113.7')).toBe('from 203.0.113.7');
  const strict = scrubber({ ips: true });
  expect(strict.free('from 203.0.113.7:443, 2001:db8::17 and [2001:db8::18]:80 at 09:20:00, v1.2.3')).toBe(
    'from [ip]:443, [ip] and [[ip]]:80 at 09:20:00, v1.2.3',
  );
  expect(stored(strict, 'client.address', '203.0.113.7')).toBe('[ip]');
  expect(stored(strict, 'server.address', '10.0.0.7')).toBe('10.0.0.7');
  expect(scrubber({ emails: false }).free('ann@example.com, password=hunter2')).toBe(
    'ann@example.com, password=[redacted]',
  );
});

test('[Q2] JSON stays JSON', () => {
  const usual = scrubber({});
  for (const value of [
    { password: 'a "b" c', n: 1 },
    { card: 4242424242424242, pin: 1 },
    { password: 123456, list: [{ api_key: 'x' }] },
    { headers: { cookie: ['sid=1', 'b=2'], authorization: 'Bearer abcdef123456' } },
    { text: 'mail ann@example.com\nPassword: hunter2' },
    { nested: JSON.stringify({ password: 'abc', token: 'a1b2c3d4e5' }) },
  ]) {
    const clean = usual.free(JSON.stringify(value));
    expect(() => JSON.parse(clean)).not.toThrow();
    expect(clean).not.toMatch(/hunter2|424242|sid=1|abcdef123456|"b" c|ann@|123456|a1b2c3/);
  }
});

test('[Q2] what is not worth a closer look would stay as it is', () => {
  const usual = scrubber({});
  const texts = fc.array(
    fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        'password=',
        'token: ',
        '"api_key":"',
        'a@b.example',
        '4111 1111 1111 1111',
        'Bearer ',
        'eyJ',
        '://',
        '@',
        '?',
        '&key=',
        'AKIA',
        '-----BEGIN PRIVATE KEY-----',
        'DE89',
        '\\"',
        "'",
        '[',
        '{',
        '\n',
        ' ',
      ),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(texts, parts => {
      const text = parts.join('');
      const clean = usual.free(text);
      const bytes = Buffer.from(text);
      expect(usual.isSuspicious(bytes, 0, bytes.length) || clean === text).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test.each([
  '@',
  'a@',
  'a@b.c ',
  '://',
  'a://b@',
  '?a',
  '?a=b&',
  'password=',
  'password="',
  'token: ',
  '"token":"',
  'cookie: ',
  'cookie: [',
  '{"cookies":{',
  'Bearer ',
  'basic ',
  'eyJ',
  'eyJ.eyJ',
  '1',
  '1 ',
  '4-',
  '4111 ',
  'AKIA',
  'AKIAIOSFODNN7EXAMPLE ',
  'PRIVATE KEY',
  '-----BEGIN PRIVATE KEY-----',
  'DE89',
  'DE89 ',
  '--token ',
  'sk_live_',
  '1-22-3',
  '\\"password\\":\\"',
  '%40',
  '1.1.',
  'a:b:',
  'passwordx',
  "password'",
  'aws_secret_access_key',
])('[Q2] 256 KB of %j are looked through in time that grows with their length only', unit => {
  const text = unit.repeat(Math.ceil(262_144 / unit.length));
  const strict = scrubber({ ips: true });
  const before = process.cpuUsage();
  strict.free(text);
  const { user, system } = process.cpuUsage(before);
  // Generous: other tests share the machine. What grows with the square of the length takes many seconds.
  expect((user + system) / 1000).toBeLessThan(1500);
});

test('[Q2] the key of hashes is made once, is private, and gives way to that of the environment', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-scrub-key-'));
  try {
    const made = await hashKey(folder, undefined);
    expect(Buffer.from(made).toString()).toMatch(/^[\da-f]{64}$/);
    expect(await hashKey(folder, undefined)).toEqual(made);
    expect((await stat(join(folder, 'scrub.key'))).mode & 0o777).toBe(0o600);
    expect(await hashKey(folder, 'given')).toEqual(Buffer.from('given'));
    expect(await readFile(join(folder, 'scrub.key'), 'utf8')).toBe(`${Buffer.from(made).toString()}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

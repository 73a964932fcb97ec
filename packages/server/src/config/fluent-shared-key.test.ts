import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { readConfig } from './load-config.js';

const file = { text: 'ingest:\n  fluentSharedKey: FLUENT_KEY\n', name: 'bellwether.yaml' };

test('the shared key of the forward protocol is read from the environment, and never shown', () => {
  const { ingest } = readConfig(file, { flags: {}, env: { FLUENT_KEY: 'open sesame' }, cwd: '/' });
  expect(ingest.fluentSharedKey?.reveal()).toBe('open sesame');
  expect([inspect(ingest), JSON.stringify(ingest)].join()).not.toContain('sesame');
});

test('a variable that is not set is named, with its place in the file', () => {
  expect(() => readConfig(file, { flags: {}, env: {}, cwd: '/' })).toThrow(
    'bellwether.yaml:2:20: ingest.fluentSharedKey names FLUENT_KEY, which is not set',
  );
});

import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.js';

test('[A9] a secret is shown to nobody, and revealed to who asks for it by name', () => {
  const secret = new Secret('s3cr3t');
  const shown = `${secret} ${JSON.stringify({ secret })} ${inspect({ secret }, { showHidden: true })} ${Object.values(secret).join()}`;
  expect(shown).not.toContain('s3cr3t');
  expect(secret.reveal()).toBe('s3cr3t');
});

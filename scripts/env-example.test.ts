import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Names of `BELLWETHER_…` variables in the sources of what runs. */
function namesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.includes('.test') && !name.includes('test-support'))
    .flatMap(name => readFileSync(join(root, folder, name), 'utf8').match(/BELLWETHER_[A-Z_]*[A-Z]/g) ?? []);
}

test('[A9] .env.example names every variable that the program and the SDK read', () => {
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const read = new Set([...namesIn('packages/server/src'), ...namesIn('packages/sdk/src')]);
  // The first is what --demo is for; the second is an example in a message.
  for (const name of ['BELLWETHER_DEMO', 'BELLWETHER_PRODUCTION_KEY']) read.delete(name);
  expect([...read].filter(name => !example.includes(`${name}=`))).toEqual([]);
});

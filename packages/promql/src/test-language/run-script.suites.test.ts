import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runScript } from './run-script.js';

/** `../shared/suites` beside the project's root. */
const folder = ((): string => {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'package-lock.json'))) root = dirname(root);
  return join(dirname(root), 'shared', 'suites', 'promqltest', 'testdata-v3.5.5');
})();

test.each(readdirSync(folder))(
  'our own runner finds nothing wrong in %s, and counter reset hints as expected',
  async file => {
    const { signal } = new AbortController();
    const report = await runScript(readFileSync(join(folder, file), 'utf8'), { delayedNameRemoval: true }, signal);
    expect(report.failures).toEqual([]);
    expect(report.evals).toBeGreaterThan(0);
  },
);

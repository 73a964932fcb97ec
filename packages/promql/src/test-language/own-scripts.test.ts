import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runScript } from './run-script.js';

const folder = new URL('../../tests/', import.meta.url);

test.each(readdirSync(fileURLToPath(folder)))('every result is as %s says', async file => {
  const { signal } = new AbortController();
  const report = await runScript(readFileSync(new URL(file, folder), 'utf8'), {}, signal);
  expect(report.failures).toEqual([]);
  expect(report.evals).toBeGreaterThan(5);
});

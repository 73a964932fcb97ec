import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const sdk = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What the first example in JavaScript of a page prints; it runs where the SDK and pino are found. */
async function printedBy(page: string): Promise<string> {
  const guide = readFileSync(join(sdk, '../../docs/guide', page), 'utf8');
  const example = /^```js\n([\s\S]*?)^```/m.exec(guide)?.[1] ?? '';
  const folder = mkdtempSync(join(sdk, '.guide-'));
  try {
    const file = join(folder, 'example.mjs');
    writeFileSync(file, example);
    const { stdout } = await promisify(execFile)(process.execPath, [file], {
      env: { PATH: process.env['PATH'] ?? '' },
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("[J1][J3] the guide's logger logs, and its level is set while it runs", async () => {
  const printed = await printedBy('logging.md');
  const lines = printed.split('\n').filter(line => line.startsWith('{"'));
  expect(lines.map(line => JSON.parse(line).msg)).toEqual(['order paid', 'rows read']);
  expect(printed).toContain("db: 'debug'");
});

test("[E1] the guide's worker goes on with a message's trace", async () => {
  expect(await printedBy('external-services.md')).toBe('sent\n');
});

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { receiveAndStore } from '../receive/stored-here.test-support.js';
import { removeFolder } from '../receiver.test-support.js';

const root = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return folder;
})();
const page = readFileSync(join(root, 'docs/guide/send-from-prometheus-scrape.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);

const folder = mkdtempSync(join(tmpdir(), 'bellwether-scrape-guide-'));
afterAll(() => removeFolder(folder));

test('the example of the guide: its application is scraped as its configuration says, and its series are the ones the page names', async () => {
  const [program = ''] = blocks('js');
  const [configuration = ''] = blocks('yaml');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  // On a port that is free, and not only every 15 seconds.
  const told = `${program.replace('9464', '0').replace(/;\n$/, '')}.on('listening', function () { console.log(this.address().port); });\n`;
  writeFileSync(join(folder, 'app.mjs'), told);
  const app = spawn(process.execPath, [join(folder, 'app.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  app.stdout.on('data', chunk => (printed += String(chunk)));
  try {
    await expect.poll(() => printed).toMatch(/\d+\n/);
    const target = `127.0.0.1:${printed.trim()}`;
    writeFileSync(
      join(folder, 'bellwether.yaml'),
      configuration.replace('127.0.0.1:9464', target).replace('15s', '300ms'),
    );
    const { scrape } = await loadConfig({ flags: {}, env: {}, cwd: folder });
    const stored = await receiveAndStore({ scrape });
    try {
      await expect
        .poll(
          () =>
            stored.rows(
              "SELECT DISTINCT metric, attrs FROM metric_series FINAL WHERE metric IN ('orders_total', 'up') ORDER BY metric",
            ),
          {
            timeout: 10_000,
            interval: 300,
          },
        )
        .toEqual([
          { metric: 'orders_total', attrs: { channel: 'web', instance: target, job: 'shop', region: 'north' } },
          { metric: 'up', attrs: { instance: target, job: 'shop', region: 'north' } },
        ]);
      await expect.poll(() => stored.status()?.metricsText).toContain('bellwether_scrape_targets{state="up"} 1');
    } finally {
      await stored.close();
    }
  } finally {
    app.kill('SIGKILL');
  }
});

test('every key that the page names is one that the configuration knows', async () => {
  const keys = [...page.matchAll(/`([a-z][a-z_0-9]+_[a-z_0-9]+)`/g)].map(([, key = '']) => key);
  const source = readFileSync(join(root, 'packages/server/src/config/scrape-configs.ts'), 'utf8');
  const others = new Set([
    'scrape_duration_seconds',
    'scrape_samples_scraped',
    'scrape_samples_post_metric_relabeling',
    'scrape_series_added',
    'external_labels',
    'orders_total',
    'password_file',
    'credentials_file',
  ]);
  expect(keys.length).toBeGreaterThan(20);
  expect(keys.filter(key => !others.has(key) && !source.includes(key))).toEqual([]);
});

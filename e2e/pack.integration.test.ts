import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { root, until } from './src/instance.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'bellwether-pack-'));
const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): { printed(): string } {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...withoutProjectSettings, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  child.stdout.on('data', chunk => (printed += String(chunk)));
  child.stderr.on('data', chunk => (printed += String(chunk)));
  stops.push(
    () =>
      new Promise<void>(resolve => {
        if (child.exitCode !== null || child.pid === undefined) return resolve();
        child.once('exit', () => resolve());
        process.kill(-child.pid, 'SIGTERM');
      }),
  );
  return { printed: () => printed };
}

/** `npm test` hands this project's npm settings down; a reader's empty folder has none of them. */
const withoutProjectSettings = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

const app = `
import { createServer } from 'node:http';
const server = createServer((request, response) => response.end('hello'));
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`;

/** What is published, those first that others need. */
const packages = ['packages/model', 'packages/dashboards', 'packages/promql', 'packages/sdk', 'packages/server'];

test('[A1] the packed packages, installed into an empty folder, work the same: npx bellwether up, and an application with --import', async () => {
  await run('npm', ['pack', '--pack-destination', folder, ...packages.flatMap(name => ['--workspace', name])], {
    cwd: root,
  });
  const archives = readdirSync(folder).filter(name => name.endsWith('.tgz'));
  expect(archives).toHaveLength(packages.length);
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'packed-app', version: '3.2.1', type: 'module', private: true }),
  );
  await run(
    'npm',
    [
      'install',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      ...archives.map(name => `./${name}`),
    ],
    { cwd: folder, env: withoutProjectSettings },
  );
  writeFileSync(join(folder, 'app.js'), app);

  const data = join(folder, 'data');
  start('npx', [
    'bellwether',
    'up',
    '--data',
    data,
    '--listen',
    '127.0.0.1:0',
    '--ingest',
    '127.0.0.1:0',
    '--grpc',
    'off',
  ]);
  const schema = z.object({ ui: z.string(), otlpHttp: z.string() });
  const endpoints = await until('the installed program is ready', 60_000, async () => {
    try {
      const found = schema.parse(JSON.parse(readFileSync(join(data, 'endpoints.json'), 'utf8')));
      return (await fetch(`${found.ui}/health/ready`)).ok ? found : undefined;
    } catch {
      return undefined; // not there yet
    }
  });
  const page = await fetch(endpoints.ui);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<div id="root">');

  const server = start(process.execPath, ['--import', '@bellwether/node/register', 'app.js'], {
    BELLWETHER_URL: endpoints.otlpHttp,
  });
  const port = await until('the application listens', 60_000, () => /port (\d+)/.exec(server.printed())?.[1]);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello');

  const services = z.object({ services: z.array(z.object({ name: z.string(), version: z.string() })) });
  const seen = await until('the application is among the services', 60_000, async () => {
    const now = Date.now();
    const answer = await fetch(`${endpoints.ui}/api/bw/v1/services?from=${now - 600_000}&to=${now + 60_000}`);
    return services.parse(await answer.json()).services.find(service => service.name === 'packed-app');
  });
  expect(seen.version).toBe('3.2.1');
}, 300_000);

test('what is packed holds no tests, no sources and no map of this machine', async () => {
  const { stdout } = await run(
    'npm',
    ['pack', '--dry-run', '--json', ...packages.flatMap(name => ['--workspace', name])],
    { cwd: root },
  );
  const listing = z
    .array(z.object({ name: z.string(), files: z.array(z.object({ path: z.string() })) }))
    .or(z.record(z.string(), z.object({ name: z.string(), files: z.array(z.object({ path: z.string() })) })));
  const packed = Object.values(listing.parse(JSON.parse(stdout)));
  expect(packed.map(one => one.name).toSorted()).toEqual([
    '@bellwether/dashboards',
    '@bellwether/model',
    '@bellwether/node',
    '@bellwether/promql',
    'bellwether',
  ]);
  const paths = packed.flatMap(one => one.files.map(file => file.path));
  expect(paths.filter(path => /\.test\.|tsbuildinfo|test-support|\/src\//.test(path))).toEqual([]);
  expect(paths).toContain('ui/index.html');
  expect(paths).toContain('built-in/api-performance.json');
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './cli.js';

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'bellwether-cli-'));
});
afterAll(() => rm(cwd, { recursive: true }));

/** What a command line prints, and its exit code. */
async function session(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const printed: string[] = [];
  const print = (text: string): void => void printed.push(text.replaceAll(cwd, '<cwd>'));
  const signal = new AbortController().signal;
  const args = line.split(' ').filter(arg => arg !== '');
  const code = await runCli(args, { env, cwd, signal, out: print, err: print });
  return `$ bellwether ${line}\n${printed.join('\n')}\n(exit code ${code})\n`;
}

async function sessions(lines: readonly string[]): Promise<string> {
  const texts: string[] = [];
  for (const line of lines) texts.push(await session(line));
  return texts.join('\n');
}

test('every command shows its flags and examples', async () => {
  const lines = [
    '--help',
    'up --help',
    'help receive',
    'serve -h',
    'check --help',
    'doctor --help',
    'releases --help',
    'sourcemaps --help',
    'version --help',
  ];
  await expect(await sessions(lines)).toMatchFileSnapshot('golden/help.txt');
});

test('a mistyped command line is answered with what is known and what is near', async () => {
  const lines = [
    'ups',
    'deploy',
    '--lisen 4300',
    'up --port 4300',
    'up --listen',
    'up --listen --demo',
    'up --demo=yes',
    'up now',
    'serve --ingest 4318',
    'version --json',
    'up --listen here',
    'up --config absent.yaml',
    'up --listen 0.0.0.0:4300',
    'up --ingest 0.0.0.0:4318',
    'up --grpc [::]:4317',
    'serve --listen off',
    'check absent.yaml',
    'releases list',
    'releases new',
    'releases new --release v1 --commits --all',
    'releases deploy --release v1 --at yesterday',
    'sourcemaps upload --release v1 absent',
  ];
  await expect(await sessions(lines)).toMatchFileSnapshot('golden/mistakes.txt');
});

test('check says that a file is right, or where it is wrong, whatever the environment says', async () => {
  expect(await session('check')).toBe(
    '$ bellwether check\nThere is no bellwether.yaml here: every setting has its default.\n(exit code 0)\n',
  );
  await writeFile(join(cwd, 'bellwether.yaml'), 'ingest:\n  http: 4318\n  keys: [{name: a, env: INGEST_KEY}]\n');
  expect(await session('check', { INGEST_KEY: 'x' })).toBe(
    '$ bellwether check\nbellwether.yaml is right.\n(exit code 0)\n',
  );
  await writeFile(join(cwd, 'bellwether.yaml'), 'listen: nowhere\nretention: {traceDays: 5}\n');
  expect(await session('check', { BELLWETHER_LISTEN: '4300' })).toBe(
    '$ bellwether check\n' +
      'bellwether.yaml:1:9: listen must be a port (4318), host:port (127.0.0.1:4318, [::1]:4318) or off\n' +
      'bellwether.yaml:2:13: unknown key "retention.traceDays"; did you mean "tracesDays"? Known here: tracesDays, logsDays, metricsDays, maxDiskGiB, workspaces\n' +
      '(exit code 2)\n',
  );
  await rm(join(cwd, 'bellwether.yaml'));
});

test('check names the dashboards of the folder that can not be shown', async () => {
  await writeFile(join(cwd, 'bellwether.yaml'), 'dashboards: {folder: dashboards}\n');
  expect(await session('check')).toContain('The folder can not be read');
  await mkdir(join(cwd, 'dashboards'));
  await writeFile(join(cwd, 'dashboards', 'orders.json'), '{"title": "Orders", "panels": []}');
  expect(await session('check')).toBe('$ bellwether check\nbellwether.yaml is right.\n(exit code 0)\n');
  await writeFile(join(cwd, 'dashboards', 'rules.json'), '{"groups": [{}]}');
  expect(await session('check')).toBe(
    '$ bellwether check\n' +
      'dashboards.folder: rules.json: It is a file of alert or recording rules, not a dashboard.\n' +
      '(exit code 2)\n',
  );
  await rm(join(cwd, 'bellwether.yaml'));
  await rm(join(cwd, 'dashboards'), { recursive: true });
});

test('version names what a bug report needs', async () => {
  expect(await session('version')).toMatch(
    /bellwether \d+\.\d+\.\d+ \(chDB \d+\.\d+\.\d+, Node\.js \d+\.\d+\.\d+, \w+ \w+\)/,
  );
  expect(await session('--version')).toMatch(/bellwether \d/);
});

test('a doctor without a patient says how to start one', async () => {
  expect(await session('doctor')).toBe(
    '$ bellwether doctor\nFAIL  No Bellwether runs with the data folder <cwd>/bellwether-data.\n' +
      '      Start it with `bellwether up`, or name the folder of the one that runs with --data.\n(exit code 1)\n',
  );
});

test.runIf(process.platform === 'linux')('a port that is taken is an error that names who has it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const said = await session(`receive --ingest ${port} --grpc 0`);
  server.close();
  expect(said).toMatch(
    new RegExp(
      `port ${port} is in use by .+ \\(process ${process.pid}\\), which is needed for OTLP over HTTP; choose another with --ingest <port>`,
    ),
  );
  expect(said).toContain('(exit code 1)');
});

test('a data folder whose path is too long for a socket is refused in words', async () => {
  expect(await session(`up --data ${'long'.repeat(30)}`)).toContain('is too long for a socket in it');
});

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Instance, cli, newDataDir, removeDataDir, root, sleep, startInstance, until } from './src/instance.ts';

const run = promisify(execFile);
const guide = join(root, 'docs', 'guide');
const pages = [join(root, 'README.md'), ...readdirSync(guide).map(name => join(guide, name))].filter(name =>
  name.endsWith('.md'),
);

interface Snippet {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** Every fenced block of a page. */
function snippets(page: string): readonly Snippet[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```/gm)].map(match => ({
    page: relative(root, page),
    line: text.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    code: match[2] ?? '',
  }));
}

const all = pages.flatMap(snippets);
const of = (...languages: readonly string[]): readonly Snippet[] => all.filter(one => languages.includes(one.language));
const title = (one: Snippet): string => `${one.page}:${one.line}`;

let instance: Instance;
const folder = mkdtempSync(join(tmpdir(), 'bellwether-docs-'));
const dataDir = newDataDir();

beforeAll(async () => {
  instance = await startInstance(dataDir);
  // An application's folder as a reader would have it, with our packages installed.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'grafana_dashboards'));
  writeFileSync(join(folder, 'package.json'), '{"name":"reader","version":"1.0.0","type":"module"}');
  writeFileSync(
    join(folder, 'app.js'),
    `import { createServer } from 'node:http';
     createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1', function () {
       fetch('http://127.0.0.1:' + this.address().port).then(() => setTimeout(() => process.exit(0), 1500));
     });`,
  );
});
afterAll(async () => {
  await instance.stop();
  removeDataDir(dataDir);
  rmSync(folder, { recursive: true, force: true });
});

const otherPorts = new Map<string, keyof Instance['others']>([
  ['8125', 'statsd'],
  ['8126', 'datadog'],
  ['24224', 'fluent'],
  ['5514', 'syslog'],
]);

const portOf = (address: string): string | undefined => /:(\d+)$/.exec(address)?.[1];

/** The pages name the default ports; the test's instance has its own. */
const onTestPorts = (code: string): string =>
  code
    .replaceAll(/http:\/\/(127\.0\.0\.1|localhost):4318/g, instance.otlp)
    .replaceAll(/http:\/\/(\w+@)127\.0\.0\.1:4318/g, (_, user: string) => instance.otlp.replace('//', `//${user}`))
    .replaceAll(/http:\/\/(127\.0\.0\.1|localhost):4300/g, instance.api)
    .replaceAll('127.0.0.1:4317', instance.grpc)
    .replaceAll(
      /\b(8125|8126|24224|5514)\b/g,
      port => portOf(instance.others[otherPorts.get(port) ?? 'statsd']) ?? port,
    );

const env = (): NodeJS.ProcessEnv => ({ ...process.env, BELLWETHER_URL: instance.otlp, BELLWETHER_DATA: dataDir });

/** A shell command of the documentation, and how the test shows that it works. */
const commands: readonly { readonly is: RegExp; show(code: string): Promise<void> }[] = [
  {
    // Run by e2e/first-light.browser.test.ts and by continuous integration itself; here: that the script exists.
    is: /^npm (start|test|run [\w:]+)( --.*)?$/,
    async show(code) {
      const [, first = '', second] = /^npm (\w+)(?: ([\w:]+))?/.exec(code) ?? [];
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      expect(Object.keys(scripts)).toContain(first === 'run' ? second : first);
    },
  },
  {
    // Installed from archives by e2e/pack.integration.test.ts; here: that the name is right.
    is: /^npm install @bellwether\/node$/,
    async show() {
      expect(JSON.parse(readFileSync(join(root, 'packages', 'sdk', 'package.json'), 'utf8')).name).toBe(
        '@bellwether/node',
      );
    },
  },
  {
    is: /^npx bellwether( up.*)?$/,
    async show(code) {
      // npm links it at the installation, before anything is built.
      expect(existsSync(join(root, 'node_modules', '.bin', 'bellwether'))).toBe(true);
      // A second program on the same data folder is refused by name: the command was understood and the lock is held.
      const args = code.split(/\s+/).slice(2);
      const { stderr } = await run(process.execPath, [cli, ...args, '--data', dataDir], { env: process.env }).catch(
        error => error,
      );
      expect(stderr).toMatch(/already|in use|running/i);
    },
  },
  {
    is: /^npx @bellwether\/node test$/,
    async show() {
      const sdkCli = join(root, 'packages', 'sdk', 'dist', 'bundle', 'cli.js');
      const { stdout } = await run(process.execPath, [sdkCli, 'test', '--pages', instance.api], { env: env() });
      expect(stdout).toContain('The trace can be seen');
    },
  },
  {
    is: /^npx bellwether /,
    async show(code) {
      const { stdout } = await run(process.execPath, [cli, ...code.split(/\s+/).slice(2)], { env: env(), cwd: folder });
      expect(stdout).not.toBe('');
    },
  },
  {
    is: /^(curl|echo|logger|export|cd|mkdir|[A-Z_]+=)/,
    async show(code) {
      await run('bash', ['-euo', 'pipefail', '-c', code.replace(/curl -sS/g, 'curl -sSf')], {
        env: env(),
        cwd: folder,
      });
    },
  },
  {
    is: /^node --import @bellwether\/node\/register app\.js$/,
    async show() {
      await run(process.execPath, ['--import', '@bellwether/node/register', 'app.js'], { env: env(), cwd: folder });
    },
  },
];

/** One command per entry: lines joined while a quote is open or a line ends in a backslash; comments dropped. */
function split(code: string): readonly string[] {
  const found: string[] = [];
  let open = '';
  for (const line of code.split('\n')) {
    open = open === '' ? line : `${open}\n${line}`;
    const quotes = (open.match(/'/g) ?? []).length;
    if (quotes % 2 === 1 || open.endsWith('\\')) continue;
    const command = open.replace(/\s+#[^'"]*$/, '').trim();
    if (command !== '' && !command.startsWith('#')) found.push(command);
    open = '';
  }
  return found;
}

describe('shell snippets run', () => {
  test.each(of('sh', 'bash').map(one => [title(one), one] as const))('%s', async (_, snippet) => {
    for (const command of split(snippet.code)) {
      const kind = commands.find(known => known.is.test(command));
      expect(kind, `no way to show that this works: ${command}`).toBeDefined();
      await kind?.show(onTestPorts(command));
    }
  });
});

describe('JavaScript and TypeScript snippets run', () => {
  test.each(of('js', 'ts').map(one => [title(one), one] as const))('%s', async (_, snippet) => {
    mkdirSync(join(folder, 'snippets'), { recursive: true });
    const file = join(folder, 'snippets', `${title(snippet).replaceAll(/[^\w]/g, '-')}.js`);
    writeFileSync(file, onTestPorts(snippet.code));
    const child = spawn(process.execPath, ['--import', '@bellwether/node/register', file], {
      cwd: folder,
      env: env(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    child.stdout.on('data', chunk => (printed += String(chunk)));
    child.stderr.on('data', chunk => (printed += String(chunk)));
    // A server goes on by itself: three seconds without an error are enough.
    await Promise.race([
      until('the snippet ends', 10_000, () => (child.exitCode === null ? undefined : true)).catch(() => undefined),
      sleep(3000),
    ]);
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    expect(printed).not.toMatch(/Error/);
    expect(child.exitCode ?? 0).toBe(0);
  });
});

describe('configuration snippets are valid', () => {
  test.each(
    of('yaml')
      .filter(one =>
        /(?:configuration|dashboards|findings|privacy|tail-sampling|promql|uptime|send-from-statsd|send-from-datadog)\.md$/.test(
          one.page,
        ),
      )
      .map(one => [title(one), one] as const),
  )('%s', async (_, snippet) => {
    const file = join(folder, 'bellwether.yaml');
    writeFileSync(file, snippet.code);
    const { stdout } = await run(process.execPath, [cli, 'check', file], {
      cwd: folder,
      env: { ...process.env, SHOP_HEALTH_KEY: 'x', BELLWETHER_PRODUCTION_KEY: 'x'.repeat(32) },
    });
    expect(stdout).not.toBe('');
  });
});

/** Configuration of senders, written for programs that are not here: what it names must be there. */
const forSenders = of('yaml', 'ini', 'conf').filter(one =>
  /(?:guide\/send|send-from-loki|-fluent|-syslog)\.md$/.test(one.page),
);

describe('configuration of senders names addresses that take what is sent there', () => {
  test.each(forSenders.map(one => [title(one), one] as const))('%s', async (_, snippet) => {
    const code = onTestPorts(snippet.code);
    const urls = [...code.matchAll(/http:\/\/[^\s'"]+/g)].map(match => match[0]);
    const ports = [...code.matchAll(/(?:port\s+|@@127\.0\.0\.1:)(\d+)/gi)].map(match => Number(match[1]));
    expect(urls.length + ports.length).toBeGreaterThan(0);
    for (const url of urls) {
      const endpoint = new URL(url).pathname === '/' ? `${url}/v1/traces` : url;
      const answer = await fetch(endpoint, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      expect([200, 204, 400]).toContain(answer.status);
    }
    const open = Object.values(instance.others).map(portOf);
    for (const port of ports) expect(open).toContain(String(port));
  });
});

describe('queries are PromQL', () => {
  test.each(of('promql').map(one => [title(one), one] as const))('%s', async (_, { code }) => {
    const answer = await fetch(`${instance.api}/api/v1/parse_query?${new URLSearchParams({ query: code })}`);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"success"')]);
  });
});

/** Blocks that other tests execute, by the page and what is in it. */
const elsewhere: readonly { readonly page: RegExp; readonly languages: readonly string[]; readonly test: string }[] = [
  {
    page: /first-run\.md$/,
    languages: ['text'],
    test: 'e2e/test-command.integration.test.ts',
  },
  {
    page: /functions\.md$/,
    languages: ['typescript'],
    test: 'packages/sdk/src/user/decorators/decorators.integration.test.ts',
  },
  {
    page: /health\.md$/,
    languages: ['json'],
    test: 'packages/sdk/src/health/health.test.ts',
  },
  {
    page: /releases\.md$/,
    languages: ['console'],
    test: 'e2e/errors.integration.test.ts',
  },
  {
    page: /search-language\.md$/,
    languages: ['traces', 'logs'],
    test: 'packages/model/src/search/search-language-guide.test.ts',
  },
  {
    page: /send-from-datadog\.md$/,
    languages: ['cjs'],
    test: 'packages/server/src/receive/datadog.integration.test.ts',
  },
  {
    page: /send-from-prometheus\.md$/,
    languages: ['yaml'],
    test: 'packages/server/src/receive/prometheus-senders.integration.test.ts',
  },
  {
    page: /send-from-prometheus-scrape\.md$/,
    languages: ['yaml'],
    test: 'packages/server/src/scrape/guide.integration.test.ts',
  },
];

test('[T9][A12] every fenced block of every page is executed or checked', () => {
  const here = new Set([
    ...of('sh', 'bash', 'js', 'ts', 'promql'),
    ...of('yaml').filter(one =>
      /(?:configuration|dashboards|findings|privacy|tail-sampling|promql|uptime|send-from-statsd|send-from-datadog)\.md$/.test(
        one.page,
      ),
    ),
    ...forSenders,
  ]);
  const left = all.filter(
    one =>
      !here.has(one) &&
      !elsewhere.some(({ page, languages }) => page.test(one.page) && languages.includes(one.language)),
  );
  expect(left.map(title)).toEqual([]);
  for (const { page, test: file } of elsewhere) {
    const name =
      all
        .find(one => page.test(one.page))
        ?.page.split('/')
        .at(-1) ?? 'no such page';
    expect(readFileSync(join(root, file), 'utf8')).toContain(name);
  }
});

test('[T9] the index names every page of the guide that says how to send', () => {
  const index = readFileSync(join(guide, 'send.md'), 'utf8');
  for (const name of readdirSync(guide).filter(each => each.startsWith('send-from-')))
    expect(index).toContain(`(${name})`);
});

test('links between the pages lead somewhere', () => {
  const broken: string[] = [];
  for (const page of [
    ...pages,
    join(root, 'docs', 'architecture.md'),
    join(root, 'docs', 'adr', 'README.md'),
    join(root, 'bench', 'README.md'),
  ]) {
    if (!existsSync(page)) continue;
    for (const [, target = ''] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      if (!existsSync(resolve(dirname(page), target))) broken.push(`${relative(root, page)} -> ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { withJobsOf } from '../config/load-config.js';
import { tooBusy } from '../base/refusal.js';
import { plainText, startExporter, type Exporter } from './exporter.test-support.js';
import { startScraping, withoutTarget, type Scraping, type ScrapingOptions } from './scraping.test-support.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function exporter(body?: string): Promise<Exporter> {
  const started = await startExporter(body);
  cleanups.push(() => started.stop());
  return started;
}

function scraping(config: object, options?: ScrapingOptions): Scraping {
  const started = startScraping([{ job_name: 'app', scrape_interval: '300ms', ...config }], options);
  cleanups.push(() => started.scrape.stop());
  return started;
}

const of = (...addresses: readonly string[]): object => ({ static_configs: [{ targets: addresses }] });

async function until(check: () => unknown): Promise<void> {
  await expect.poll(() => Boolean(check()), { timeout: 15_000, interval: 10 }).toBe(true);
}

test('a file of targets is read again when it changes; a target that went gets the marks of its end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-targets-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const write = async (text: string): Promise<void> => {
    await writeFile(join(folder, 'new'), text);
    await rename(join(folder, 'new'), join(folder, 'a.json'));
  };
  const [one, two] = [await exporter('one 1\n'), await exporter('two 1\n')];
  await writeFile(join(folder, 'b.yml'), `- targets: ['${one.address}']\n  labels: {shard: 1}\n`);
  await write(JSON.stringify([{ targets: [two.address], labels: { env: 'x' } }]));
  const { values, scrape } = scraping({
    file_sd_configs: [{ files: [join(folder, '*.json'), join(folder, '*.yml')], refresh_interval: '50ms' }],
    relabel_configs: [{ source_labels: ['__meta_filepath'], regex: '.*/(.)\\..*', target_label: 'file' }],
  });
  await until(() => values('two{env="x",file="a"}').length > 0 && values('one{file="b",shard="1"}').length > 0);
  await write('[{"targets": not json');
  await new Promise(resolve => setTimeout(resolve, 200));
  expect(scrape.targets()).toHaveLength(2);
  await write('[]');
  await until(() => values('two{env="x",file="a"}').at(-1) === 'stale');
  expect(values('up{env="x",file="a"}').at(-1)).toBe('stale');
  expect(scrape.targets()).toHaveLength(1);
  await rm(join(folder, 'b.yml'));
  await until(() => scrape.targets().length === 0);
});

test('names in DNS become targets with their port; a name that goes has none, and an error keeps what was', async () => {
  const app = await exporter('a 1\n');
  const port = Number(app.address.split(':')[1]);
  let mode: 'there' | 'gone' | 'error' = 'there';
  const answer = async <T>(records: T[]): Promise<T[]> => {
    if (mode === 'there') return records;
    throw Object.assign(new Error(mode), { code: mode === 'gone' ? 'ENOTFOUND' : 'ESERVFAIL' });
  };
  const resolver = {
    resolve4: () => answer(['127.0.0.1']),
    resolve6: () => answer(['::1']),
    resolveSrv: () => answer([{ name: '127.0.0.1', port, priority: 1, weight: 1 }]),
    resolveMx: () => answer([]),
    resolveNs: () => answer([]),
  };
  const dns = (type: string): object => ({ names: [`${type}.example`], type, port, refresh_interval: '30ms' });
  const { scrape, values } = scraping(
    {
      dns_sd_configs: [dns('A'), dns('AAAA'), dns('SRV')],
      relabel_configs: [{ source_labels: ['__meta_dns_name', '__meta_dns_srv_record_target'], target_label: 'name' }],
    },
    // A Resolver answers in more ways than are asked for here.
    { resolver: resolver as never },
  );
  await until(() => values('a{name="A.example;"}').length > 0 && values('a{name="SRV.example;127.0.0.1."}').length > 0);
  expect(scrape.targets().map(({ url }) => url)).toContain(`http://[::1]:${port}/metrics`);
  mode = 'error';
  await new Promise(resolve => setTimeout(resolve, 100));
  expect(scrape.targets()).toHaveLength(3);
  mode = 'gone';
  await until(() => scrape.targets().length === 0);
});

test('http_sd_configs: a list of groups from a URL', async () => {
  const app = await exporter('a 1\n');
  const list = await exporter();
  list.answer({ body: JSON.stringify([{ targets: [app.address], labels: { __meta_zone: 'z' } }]) });
  const { values } = scraping({
    http_sd_configs: [{ url: `http://${list.address}/targets`, refresh_interval: '50ms' }],
    relabel_configs: [{ source_labels: ['__meta_zone'], target_label: 'zone' }],
  });
  await until(() => values('a{zone="z"}').length > 0);
  list.answer({ body: '[]' });
  await until(() => values('a{zone="z"}').at(-1) === 'stale');
  expect(list.paths()).toContain('/targets');
});

test('target_limit scrapes nothing when there are more, and says so', () => {
  const { scrape } = scraping({ ...of('a:1', 'b:1', 'c:1'), target_limit: 2 });
  expect(scrape.targets().map(({ error }) => error)).toEqual(['more targets (3) than target_limit (2)']);
});

test('addresses that can be none are listed with the reason', () => {
  const { scrape } = scraping(of('http://app:80/metrics', 'a b', 'app:99999'));
  expect(scrape.targets().map(({ url, state, error }) => [url, state, error])).toEqual([
    [
      'http://app:80/metrics',
      'down',
      'http://app:80/metrics is not an address: host:port, without a scheme and without a path',
    ],
    ['a b', 'down', 'a b does not make a URL'],
    ['app:99999', 'down', 'app:99999 does not make a URL'],
  ]);
});

test('credentials go to the target, not to where it redirects, and never into a message', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-token-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'token'), 's3cret\n');
  const [app, other] = [await exporter('a 1\n'), await exporter('b 1\n')];
  app.answer((request, response) => {
    if (request.headers.authorization === 'Bearer s3cret')
      response.writeHead(302, { location: `http://${other.address}/elsewhere` }).end();
    else response.writeHead(401).end();
  });
  const messages: string[] = [];
  const note = (facts: object, message: string): void => void messages.push(JSON.stringify(facts) + message);
  const { values, scrape } = scraping(
    {
      ...of(app.address),
      authorization: { credentials_file: join(folder, 'token') },
      http_headers: { 'X-Tenant': { values: ['t1'] } },
    },
    { log: { info: note, warn: note, error: note } },
  );
  await until(() => values('b{}').length > 0);
  expect(app.headers()).toMatchObject({ authorization: 'Bearer s3cret', 'x-tenant': 't1' });
  expect(other.headers().authorization).toBeUndefined();
  await writeFile(join(folder, 'token'), 'wrong\n');
  await until(() => scrape.targets()[0]?.state === 'down');
  await rm(join(folder, 'token'));
  await until(() => scrape.targets()[0]?.error?.includes('can not be read'));
  expect(JSON.stringify([scrape.targets(), messages])).not.toMatch(/s3cret|wrong/);
});

test('when there is no room the rows wait for it; what could not be kept until the next scrape is counted', async () => {
  const app = await exporter('a 1\n');
  let busy = true;
  const { values, ledger, scrape } = scraping(
    { ...of(app.address), scrape_interval: '900ms', scrape_timeout: '500ms' },
    {
      onRequest() {
        if (busy) throw tooBusy('the disk is slower than what comes in', 'busy');
      },
    },
  );
  await until(() => ledger.lists().rejections.length > 0);
  expect(ledger.lists().rejections[0]).toMatchObject({
    protocol: 'prometheus/scrape',
    reason: 'a scrape was not kept: the disk is slower than what comes in',
  });
  expect(values('a{}')).toEqual([]);
  busy = false;
  await until(() => values('a{}').length > 0);
  await scrape.stop();
  expect(await ledger.registry.metrics()).toContain('bellwether_scrape_targets{state="up"} 1');
});

test('a stop writes no marks: the targets are still there', async () => {
  const app = await exporter('a 1\n');
  const { values, samples, scrape } = scraping(of(app.address));
  await until(() => values('a{}').length > 0);
  await scrape.stop();
  const count = samples().length;
  await new Promise(resolve => setTimeout(resolve, 700));
  expect(samples()).toHaveLength(count);
  expect(samples().map(({ value }) => value)).not.toContain('stale');
});

test('a slow target costs the scrapes it overlaps, and no other target’s', async () => {
  const [slow, quick] = [await exporter('slow 1\n'), await exporter('quick 1\n')];
  let at = 0;
  let overlapping = 0;
  slow.answer((_, response) => {
    overlapping = Math.max(overlapping, ++at);
    setTimeout(() => {
      at--;
      response.writeHead(200, plainText).end('slow 1\n');
    }, 270);
  });
  const { samples } = scraping(of(slow.address, quick.address));
  const count = (name: string): number => samples().filter(({ series }) => withoutTarget(series) === name).length;
  await until(() => count('quick{}') >= 8);
  expect(overlapping).toBe(1);
  expect(count('slow{}')).toBeGreaterThan(2);
});

test('relabel_configs see and change the address, the path, parameters and the interval, and drop targets', async () => {
  const app = await exporter('a 1\n');
  const { scrape, values } = scraping({
    static_configs: [
      { targets: ['10.0.0.1:1'], labels: { port: app.address, env: 'prod' } },
      { targets: ['10.0.0.2:1'], labels: { env: 'dev' } },
    ],
    scrape_interval: '10s',
    params: { module: ['one', 'two'] },
    relabel_configs: [
      { source_labels: ['env'], regex: 'prod', action: 'keep' },
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__address__'], target_label: 'instance' },
      { source_labels: ['port'], target_label: '__address__' },
      { regex: 'port', action: 'labeldrop' },
      { target_label: '__metrics_path__', replacement: '/probe' },
      { target_label: '__scrape_interval__', replacement: '300ms' },
      { target_label: '__scrape_timeout__', replacement: '250ms' },
    ],
  });
  await until(() => values('a{env="prod"}').length > 1);
  expect(app.paths()[0]).toBe('/probe?module=one&module=two&target=10.0.0.1%3A1');
  expect(scrape.targets().map(({ labels }) => labels)).toEqual([
    [
      { name: 'env', value: 'prod' },
      { name: 'instance', value: '10.0.0.1:1' },
      { name: 'job', value: 'app' },
    ],
  ]);
});

const jobLine = (name: string, { address }: Exporter, more = ''): string =>
  `  - { job_name: ${name}, scrape_interval: 1s, static_configs: [{ targets: ['${address}'] }]${more} }\n`;

test('a Prometheus configuration that changes is read again: what is the same goes on, what is gone ends, what can not be used changes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-reread-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const file = join(folder, 'prometheus.yml');
  const [one, two] = [await exporter('one 1\n'), await exporter('two 1\n')];
  const write = (text: string): Promise<void> => writeFile(file, `scrape_configs:\n${text}`);
  await write(jobLine('one', one) + jobLine('two', two));
  const messages: string[] = [];
  const warn = (_: object, message: string): void => void messages.push(message);
  const started = startScraping([], {
    settings: { file, jobs: await withJobsOf(file, []), lookMs: 50 },
    log: { info() {}, warn, error() {} },
  });
  cleanups.push(() => started.scrape.stop());
  const { values, scrape } = started;
  await until(() => values('one{}').length > 0 && values('two{}').length > 0);

  await write('  - job_name: one\n    kubernetes_sd_configs: []\n');
  await until(() => messages.some(message => message.includes('kubernetes_sd_configs is a way to find targets')));
  expect(scrape.targets()).toHaveLength(2);

  await write(
    jobLine('one', one) + jobLine('three', one, ", metric_relabel_configs: [{ target_label: more, replacement: 'x' }]"),
  );
  await until(() => values('two{}').at(-1) === 'stale' && values('one{more="x"}').length > 0);
  expect(values('one{}')).not.toContain('stale');
  expect(scrape.targets().map(target => target.job)).toEqual(['one', 'three']);
});

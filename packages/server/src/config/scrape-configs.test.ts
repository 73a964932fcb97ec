import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BadConfig, loadConfig, readConfig } from './load-config.js';
import { readDuration } from './scrape-configs.js';
import type { ScrapeJob } from './scrape-job.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-scrape-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

const sources = { flags: {}, env: {}, cwd: '/srv' };
const jobs = (text: string): readonly ScrapeJob[] => readConfig({ text, name: 'b.yaml' }, sources).scrape.jobs;

function problem(text: string): string {
  try {
    jobs(text);
  } catch (error) {
    if (error instanceof BadConfig) return error.message;
    throw error;
  }
  return 'no problem';
}

const configs = (lines: string): string =>
  `scrape:\n  configs:\n    - job_name: app\n${lines.replaceAll(/^/gm, '      ')}\n`;

test('an entry of scrape_configs is taken with the keys that Prometheus has, and its defaults', () => {
  const [job] = jobs(
    configs(`scrape_interval: 15s
static_configs:
  - targets: ['app:9464', 'app2:9464']
    labels: {env: prod, shard: 3}
relabel_configs:
  - source_labels: [__address__]
    regex: '(.*):\\d+'
    target_label: host
  - {action: HashMod, source_labels: [__address__], modulus: 8, target_label: __tmp_hash}
file_sd_configs:
  - files: ['targets/*.json']`),
  );
  expect(job).toMatchObject({
    name: 'app',
    intervalMs: 15_000,
    timeoutMs: 10_000,
    metricsPath: '/metrics',
    scheme: 'http',
    honorLabels: false,
    honorTimestamps: true,
    static: [{ targets: ['app:9464', 'app2:9464'], labels: { env: 'prod', shard: '3' } }],
    files: [{ files: ['/srv/targets/*.json'], refreshMs: 300_000 }],
    protocols: ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText1.0.0', 'PrometheusText0.0.4'],
  });
  expect(job?.relabel).toEqual([
    {
      action: 'replace',
      sourceLabels: ['__address__'],
      separator: ';',
      regex: '(.*):\\d+',
      modulus: 0n,
      targetLabel: 'host',
      replacement: '$1',
    },
    {
      action: 'hashmod',
      sourceLabels: ['__address__'],
      separator: ';',
      regex: '(.*)',
      modulus: 8n,
      targetLabel: '__tmp_hash',
      replacement: '$1',
    },
  ]);
});

test('what global says holds for the jobs that do not say it themselves, and a long default timeout follows a short interval', () => {
  const [one, two] = jobs(
    'scrape:\n  global: {scrape_interval: 5s, sample_limit: 100}\n  configs:\n    - job_name: one\n    - {job_name: two, scrape_interval: 1m, sample_limit: 7}\n',
  );
  expect([one?.intervalMs, one?.timeoutMs, one?.limits.samples]).toEqual([5000, 5000, 100]);
  expect([two?.intervalMs, two?.timeoutMs, two?.limits.samples]).toEqual([60_000, 10_000, 7]);
});

test('a secret of the configuration is never printed', () => {
  const [job] = jobs(
    configs(`basic_auth: {username: ada, password: hunter2}
http_headers:
  X-Token: {secrets: [hunter3]}
tls_config: {key: hunter4, cert: c}`),
  );
  expect(`${JSON.stringify(job?.http)}${inspect(job?.http, { depth: 9 })}`).not.toMatch(/hunter/);
  const { authorization } = job?.http ?? {};
  expect(
    authorization?.kind === 'basic' &&
      authorization.password !== undefined &&
      'text' in authorization.password &&
      authorization.password.text.reveal(),
  ).toBe('hunter2');
});

test.each([
  [
    'kubernetes_sd_configs: [{role: pod}]',
    /^b.yaml:4:7: scrape.configs\[0\].kubernetes_sd_configs is a way to find targets that is not supported; supported: static_configs, file_sd_configs, dns_sd_configs, http_sd_configs/,
  ],
  [
    'scrape_intervall: 5s',
    /^b.yaml:4:7: unknown key "scrape.configs\[0\].scrape_intervall"; did you mean "scrape_interval"\?/,
  ],
  ['scrape_interval: soon', /^b.yaml:4:24: scrape.configs\[0\].scrape_interval must be a duration/],
  ['scrape_timeout: 2m', /^b.yaml:4:23: scrape.configs\[0\].scrape_timeout must not be longer than scrape_interval/],
  [
    'relabel_configs: [{regex: "a(", target_label: b}]',
    /^b.yaml:4:33: scrape.configs\[0\].relabel_configs\[0\].regex must be a regular expression as RE2 reads it: .*missing closing/,
  ],
  ['relabel_configs: [{action: replace}]', /relabel_configs\[0\] with the action replace needs a target_label/],
  ['relabel_configs: [{action: labeldrop, source_labels: [a]}]', /takes a regex only/],
  ['relabel_configs: [{action: rename}]', /must be one of replace, keep, drop/],
  ['dns_sd_configs: [{names: [a.example], type: A}]', /needs a port/],
  ['file_sd_configs: [{files: [targets.txt]}]', /must be a path that ends in \.json/],
  ['oauth2: {}', /oauth2 is not supported; supported: basic_auth/],
  ['body_size_limit: much', /must be a size, as 10MB/],
])('%s is refused with its place and what to do', (line, expected) => {
  expect(problem(configs(line))).toMatch(expected);
});

test('a Prometheus configuration is read beside our own; what is not about scraping is left alone, and its paths start at its folder', async () => {
  await writeFile(join(folder, 'bellwether.yaml'), 'scrape:\n  file: prometheus.yml\n  configs: [{job_name: own}]\n');
  const write = (text: string): Promise<void> => writeFile(join(folder, 'prometheus.yml'), text);
  const load = async (): Promise<readonly ScrapeJob[]> => (await loadConfig({ ...sources, cwd: folder })).scrape.jobs;
  await write(
    'global: {scrape_interval: 7s, evaluation_interval: 1m, external_labels: {a: b}}\nrule_files: [x.yml]\nremote_write: [{url: "http://x"}]\n' +
      'scrape_configs:\n  - job_name: theirs\n    authorization: {credentials_file: token}\n',
  );
  const [own, theirs] = await load();
  expect([own?.name, theirs?.name, theirs?.intervalMs]).toEqual(['own', 'theirs', 7000]);
  expect(theirs?.http.authorization).toEqual({
    kind: 'scheme',
    scheme: 'Bearer',
    credentials: { file: join(folder, 'token') },
  });
  await write('scrape_configs:\n  - job_name: own\n');
  await expect(load()).rejects.toThrow('prometheus.yml:2:15: scrape_configs[0].job_name must differ');
  await write('scrape_configs:\n  - job_name: a\n    consul_sd_configs: []\n');
  await expect(load()).rejects.toThrow(/prometheus.yml:3:5: scrape_configs\[0\].consul_sd_configs is a way to find/);
});

test('durations add their parts, from the largest unit to the smallest', () => {
  expect(['15s', '1h30m', '0', '250ms', '1d', '', '5', '5m1h', 's'].map(readDuration)).toEqual([
    15_000,
    5_400_000,
    0,
    250,
    86_400_000,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { tooBusy } from '../base/refusal.js';
import { plainText, startExporter, type Exporter } from './exporter.test-support.js';
import { familyBytes } from './metric-family-bytes.test-support.js';
import { histogramsOf } from './scraped-rows.test-support.js';
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
  const started = startScraping([{ job_name: 'app', scrape_interval: '100ms', ...config }], options);
  cleanups.push(() => started.scrape.stop());
  return started;
}

const of = (...addresses: readonly string[]): object => ({ static_configs: [{ targets: addresses }] });
const openMetrics = { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' };

async function until(check: () => unknown): Promise<void> {
  await expect.poll(() => Boolean(check()), { timeout: 4000, interval: 10 }).toBe(true);
}

test('a page becomes samples with the target’s labels, and five samples tell how the scrape went', async () => {
  const app = await exporter('# TYPE hits counter\nhits{code="200"} 5\nhits{code="500"} 1\nthen 7 1700000000000\n');
  const { samples, values, scrape, rejections } = scraping(of(app.address));
  await until(() => values('up{}').length > 0);
  await scrape.stop();
  expect([...rejections]).toEqual([]);
  const atMs = samples()[0]?.timeMs ?? 0;
  const first = samples().slice(0, 8);
  expect(first.map(({ series, value }) => [series, value])).toEqual(
    [
      ['hits{code="200",%}', 5],
      ['hits{code="500",%}', 1],
      ['then{%}', 7],
      ['up{%}', 1],
      ['scrape_duration_seconds{%}', expect.any(Number)],
      ['scrape_samples_scraped{%}', 3],
      ['scrape_samples_post_metric_relabeling{%}', 3],
      ['scrape_series_added{%}', 3],
    ].map(([name, value]) => [String(name).replace('%', `instance="${app.address}",job="app"`), value]),
  );
  expect(first.map(({ timeMs }) => timeMs)).toEqual([atMs, atMs, 1_700_000_000_000, atMs, atMs, atMs, atMs, atMs]);
  expect(Math.abs(atMs - Date.now())).toBeLessThan(5000);
  expect(app.headers()).toMatchObject({
    accept:
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
      'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'accept-encoding': 'gzip',
    'x-prometheus-scrape-timeout-seconds': '0.1',
  });
});

test('a series that is not exposed any more gets the mark of its end once, and the others go on', async () => {
  const app = await exporter('a 1\nb 1\nold 1 1700000000000\n');
  const { values } = scraping(of(app.address));
  await until(() => values('b{}').length > 0);
  app.answer({ body: 'a 2\n' });
  await until(() => values('a{}').filter(value => value === 2).length > 2);
  expect(values('b{}').filter(value => value === 'stale')).toEqual(['stale']);
  expect(values('b{}').at(-1)).toBe('stale');
  expect(values('old{}')).not.toContain('stale');
  expect(values('scrape_series_added{}').slice(0, 3)).toEqual([3, 0, 0]);
});

test('track_timestamps_staleness marks series with times of their own too', async () => {
  const app = await exporter('old 1 1700000000000\n');
  const { values } = scraping({ ...of(app.address), track_timestamps_staleness: true });
  await until(() => values('old{}').length > 0);
  app.answer({ body: '' });
  await until(() => values('old{}').includes('stale'));
  expect(values('old{}')[0]).toBe(1);
});

test('a target that fails is down, says why, and all its series end; what it answered so far is not kept', async () => {
  const app = await exporter('a 1\nb 1\n');
  const { values, scrape } = scraping(of(app.address));
  await until(() => values('a{}').length > 0);
  app.answer({ body: 'a 2\nb oops\n' });
  await until(() => values('up{}').includes(0));
  expect(values('a{}').at(-1)).toBe('stale');
  expect(values('a{}')).not.toContain(2);
  expect(values('scrape_samples_scraped{}').at(-1)).toBe(1);
  expect(scrape.targets()).toMatchObject([
    { job: 'app', url: `http://${app.address}/metrics`, state: 'down', error: 'line 2: "oops" is not a number' },
  ]);
  app.answer({ status: 503, body: '' });
  await until(() => scrape.targets()[0]?.error === 'the target answered 503 Service Unavailable');
  app.answer({ body: 'a 3\n' });
  await until(() => values('a{}').includes(3));
  expect(scrape.targets()).toMatchObject([{ state: 'up', error: undefined, samples: 1 }]);
});

test.each<[string, object, Parameters<Exporter['answer']>[0], RegExp]>([
  ['a page that does not come in time', { scrape_timeout: '50ms' }, () => undefined, /^no answer within 0.05 s$/],
  [
    'a page that does not end in time',
    { scrape_timeout: '50ms' },
    (_, response) => void response.writeHead(200, plainText).write('a 1\n'),
    /^no answer within 0.05 s$/,
  ],
  ['a page that is too large', { body_size_limit: '1KB' }, { body: 'a 1\n'.repeat(1000) }, /larger than 1024 bytes/],
  [
    'a page that unpacks to too much',
    { body_size_limit: '1MB' },
    { headers: { ...plainText, 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(1 << 24)) },
    /larger than 1048576 bytes/,
  ],
  [
    'a page that is not gzip',
    {},
    { headers: { ...plainText, 'content-encoding': 'gzip' }, body: 'a 1\n' },
    /incorrect header check/,
  ],
  ['a page without a type', {}, { headers: {}, body: 'a 1\n' }, /no Content-Type.*fallback_scrape_protocol/],
  [
    'a page of another type',
    {},
    { headers: { 'content-type': 'text/html' }, body: '<p>' },
    /Content-Type "text\/html"/,
  ],
  ['too many samples', { sample_limit: 2 }, { body: 'a 1\nb 2\nc 3\n' }, /more samples \(3\) than sample_limit \(2\)/],
  ['too many labels', { label_limit: 3 }, { body: 'a{b="c"} 1\n' }, /"a" has 4 labels, more than label_limit/],
  ['a long label name', { label_name_length_limit: 8 }, { body: 'a{bbbbbbbbb="c"} 1\n' }, /label_name_length_limit/],
  [
    'a long label value',
    { label_value_length_limit: 20 },
    { body: `a{b="${'é'.repeat(11)}"} 1\n` },
    /label_value_length_limit/,
  ],
  ['bytes that are no text', {}, { body: Buffer.from([97, 0xff, 32, 49, 10]) }, /not valid UTF-8/],
  [
    'names beyond the old rules where these are set',
    { metric_name_validation_scheme: 'legacy' },
    { body: '{"a.b"} 1\n' },
    /"a.b" is no metric name/,
  ],
  [
    'a series that relabelling leaves without a name',
    { metric_relabel_configs: [{ action: 'labeldrop', regex: '__name__' }] },
    { body: 'a 1\n' },
    /without a metric name/,
  ],
  [
    'endless redirects',
    {},
    (_, response) => void response.writeHead(302, { location: '/metrics' }).end(),
    /more than 10 redirects/,
  ],
  [
    'a redirect to a file',
    {},
    (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /no URL of http/,
  ],
])('%s fails the scrape with a sentence', async (_, config, answer, expected) => {
  const app = await exporter();
  app.answer(answer);
  const bugs: unknown[] = [];
  const { values, scrape } = scraping({ ...of(app.address), ...config }, { bugs });
  await until(() => values('up{}').length > 0);
  expect(values('up{}')[0]).toBe(0);
  expect(scrape.targets()[0]?.error).toMatch(expected);
  expect(bugs).toEqual([]);
});

test('a target that nobody listens at is down', async () => {
  const app = await startExporter();
  await app.stop();
  const { scrape } = scraping(of(app.address));
  await until(() => scrape.targets()[0]?.state === 'down');
  expect(scrape.targets()[0]?.error).toContain('ECONNREFUSED');
});

test('labels that page and target both have: the page’s becomes exported_, or stays with honor_labels', async () => {
  const app = await exporter('a{job="page",instance="i",exported_job="x"} 1\n');
  const { samples } = scraping(of(app.address));
  const honest = scraping({ ...of(app.address), honor_labels: true });
  await until(() => samples().length > 0 && honest.samples().length > 0);
  expect(samples()[0]?.series).toBe(
    `a{exported_exported_job="page",exported_instance="i",exported_job="x",instance="${app.address}",job="app"}`,
  );
  expect(honest.samples()[0]?.series).toBe('a{exported_job="x",instance="i",job="page"}');
});

test('honor_timestamps: false takes the time of the scrape, and a series comes once per time', async () => {
  const app = await exporter('a 1 1700000000000\na 2 1700000001000\na 3 1700000001000\n');
  const own = scraping(of(app.address));
  const ours = scraping({ ...of(app.address), honor_timestamps: false });
  await until(() => own.samples().length > 0 && ours.samples().length > 0);
  expect(own.values('a{}').slice(0, 2)).toEqual([1, 2]);
  expect(ours.values('a{}')[0]).toBe(1);
  expect(ours.samples()[0]?.timeMs).toBeGreaterThan(1_700_000_001_000);
});

test('metric_relabel_configs drop and change series; what is dropped is counted as scraped', async () => {
  const app = await exporter('noise_a 1\nnoise_b 2\nkeep{path="/x"} 3\n');
  const { values } = scraping({
    ...of(app.address),
    metric_relabel_configs: [
      { source_labels: ['__name__'], regex: 'noise_.*', action: 'drop' },
      { source_labels: ['path'], target_label: 'route' },
      { regex: 'path', action: 'labeldrop' },
    ],
  });
  await until(() => values('up{}').length > 1);
  expect(values('keep{route="/x"}')[0]).toBe(3);
  expect(values('noise_a{}')).toEqual([]);
  expect([values('scrape_samples_scraped{}')[0], values('scrape_samples_post_metric_relabeling{}')[0]]).toEqual([3, 1]);
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
      { target_label: '__scrape_interval__', replacement: '100ms' },
      { target_label: '__scrape_timeout__', replacement: '50ms' },
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

test('OpenMetrics brings exemplars and starts, protobuf native histograms, and their end is marked as theirs', async () => {
  const app = await exporter();
  const { requests } = scraping({ ...of(app.address), scrape_protocols: ['PrometheusProto', 'PrometheusText0.0.4'] });
  app.answer({
    headers: {
      'content-type': 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
    },
    body: familyBytes([
      {
        name: 'latency',
        type: 4,
        metrics: [
          {
            histogram: {
              count: 3,
              sum: 2,
              schema: 2,
              zeroThreshold: 0.1,
              positiveSpans: [[1, 2]],
              positiveDeltas: [1, 1],
            },
          },
        ],
      },
    ]),
  });
  const histograms = (): ReturnType<typeof histogramsOf> => requests.flatMap(({ bytes }) => histogramsOf(bytes));
  await until(() => histograms().length > 0);
  expect(app.headers().accept).toBe(
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
  );
  expect(histograms()[0]).toMatchObject({
    series: `latency{instance="${app.address}",job="app"}`,
    histogram: { schema: 2, count: 3, positive: { offset: 0, counts: [1, 2] } },
  });
  app.answer({ headers: openMetrics, body: '# EOF\n' });
  await until(() => histograms().some(({ histogram }) => histogram.sumHigh === 0x7ff00000 && histogram.sumLow === 2));
});

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
    { ...of(app.address), scrape_interval: '700ms', scrape_timeout: '300ms' },
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
  await new Promise(resolve => setTimeout(resolve, 250));
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
    }, 90);
  });
  const { samples } = scraping(of(slow.address, quick.address));
  const count = (name: string): number => samples().filter(({ series }) => withoutTarget(series) === name).length;
  await until(() => count('quick{}') >= 8);
  expect(overlapping).toBe(1);
  expect(count('slow{}')).toBeGreaterThan(2);
});

test('a label value of megabytes costs no pattern’s time and no other series', async () => {
  const app = await exporter(`long{a="${'a'.repeat(1 << 21)}"} 1\nshort{a="aab"} 2\n`);
  const { scrape, values, rejections } = scraping({
    ...of(app.address),
    metric_relabel_configs: [{ source_labels: ['a'], regex: '(a|aa)+b', target_label: 'b', replacement: 'fits' }],
  });
  await until(() => values('short{a="aab",b="fits"}').length > 0);
  expect(scrape.targets()[0]).toMatchObject({ state: 'up', error: undefined });
  expect([...rejections]).toEqual([expect.stringContaining('the value of the label "a" is longer than')]);
});

test('a page that breaks off each time leaves nothing in memory, and a good one is read as ever', async () => {
  const app = await exporter();
  let page = 0;
  app.answer((_, response) => {
    const lines = Array.from({ length: 100 }, (_, index) => `m_${page}_${index} 1\n`).join('');
    page++;
    response.writeHead(200, plainText).end(page % 5 === 0 ? 'good 1\n' : `good 1\n${lines}broken`);
  });
  const { values } = scraping({ ...of(app.address), scrape_interval: '20ms' });
  await until(() => values('good{}').length > 3);
  expect(values('good{}').slice(0, 4)).toEqual([1, 'stale', 1, 'stale']);
});

test('a page of 20,000 series is kept in several messages, all of it', async () => {
  const page = Array.from({ length: 20_000 }, (_, index) => `big{n="${index}"} ${index}\n`).join('');
  const app = await exporter(page);
  const { values, requests } = scraping({ ...of(app.address), scrape_interval: '2s' });
  await until(() => values('up{}').length > 0);
  expect(requests.length).toBe(5);
  expect(values('scrape_samples_scraped{}')).toEqual([20_000]);
  expect(values('big{n="19999"}')).toEqual([19_999]);
});

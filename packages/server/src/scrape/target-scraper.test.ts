import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { cpuMs } from '../base/cpu-time.test-support.js';
import { ProtobufWriter } from '../decode/protobuf-writer.js';
import { decodeRemoteWrite2 } from '../decode/remote-write/request-2.js';
import { plainText, startExporter, type Exporter } from './exporter.test-support.js';
import { familyBytes } from './metric-family-bytes.test-support.js';
import { histogramsOf } from './scraped-rows.test-support.js';
import { scraperOf, type ByHand } from './scraping.test-support.js';

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function exporter(body?: string): Promise<Exporter> {
  const started = await startExporter(body);
  cleanups.push(() => started.stop());
  return started;
}

function byHand({ address }: Exporter, config?: object): ByHand {
  const scraper = scraperOf(address, config);
  cleanups.push(() => scraper.close());
  return scraper;
}

const openMetrics = { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' };

test('a page becomes samples with the target’s labels, and five samples tell how the scrape went', async () => {
  const app = await exporter('# TYPE hits counter\nhits{code="200"} 5\nhits{code="500"} 1\nthen 7 1700000000000\n');
  const { samples, scrape, rejections, health } = byHand(app);
  await scrape(1_700_000_500_000);
  expect([...rejections]).toEqual([]);
  const labels = `instance="${app.address}",job="app"`;
  const own = (name: string, value: unknown): object => ({
    series: `${name}{${labels}}`,
    value,
    timeMs: 1_700_000_500_000,
  });
  expect(samples()).toEqual([
    { series: `hits{code="200",${labels}}`, value: 5, timeMs: 1_700_000_500_000 },
    { series: `hits{code="500",${labels}}`, value: 1, timeMs: 1_700_000_500_000 },
    { series: `then{${labels}}`, value: 7, timeMs: 1_700_000_000_000 },
    own('up', 1),
    own('scrape_duration_seconds', expect.any(Number)),
    own('scrape_samples_scraped', 3),
    own('scrape_samples_post_metric_relabeling', 3),
    own('scrape_series_added', 3),
  ]);
  expect(health()).toMatchObject({ state: 'up', lastScrapeMs: 1_700_000_500_000, samples: 3, error: undefined });
  expect(app.headers()).toMatchObject({
    accept:
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
      'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'accept-encoding': 'gzip',
    'x-prometheus-scrape-timeout-seconds': '10',
  });
});

test('a packed page is read as a plain one', async () => {
  const app = await exporter();
  app.answer({ headers: { ...plainText, 'content-encoding': 'gzip' }, body: gzipSync('a 1\n') });
  const { scrape, values } = byHand(app);
  await scrape();
  expect(values('a{}')).toEqual([1]);
});

test('a series that is not exposed any more gets the mark of its end once, and the others go on', async () => {
  const app = await exporter('a 1\nb 1\nold 1 1700000000000\n');
  const { scrape, values } = byHand(app);
  await scrape();
  app.answer({ body: 'a 2\n' });
  await scrape();
  await scrape();
  app.answer({ body: 'a 2\nb 3\n' });
  await scrape();
  expect(values('a{}')).toEqual([1, 2, 2, 2]);
  expect(values('b{}')).toEqual([1, 'stale', 3]);
  expect(values('old{}')).toEqual([1]);
  expect(values('scrape_series_added{}')).toEqual([3, 0, 0, 1]);
});

test('track_timestamps_staleness marks series with times of their own too', async () => {
  const app = await exporter('old 1 1700000000000\n');
  const { scrape, values } = byHand(app, { track_timestamps_staleness: true });
  await scrape();
  app.answer({ body: '' });
  await scrape();
  expect(values('old{}')).toEqual([1, 'stale']);
});

test('a target that fails is down, says why, and all its series end; what it answered so far is not kept', async () => {
  const app = await exporter('a 1\nb 1\n');
  const { scrape, values, health } = byHand(app);
  await scrape();
  app.answer({ body: 'a 2\nb oops\n' });
  await scrape();
  expect(health()).toMatchObject({ state: 'down', error: 'line 2: "oops" is not a number' });
  app.answer({ status: 503, body: '' });
  await scrape();
  expect(health()).toMatchObject({ state: 'down', error: 'the target answered 503 Service Unavailable' });
  app.answer({ body: 'a 3\n' });
  await scrape();
  expect(health()).toMatchObject({ state: 'up', error: undefined, samples: 1 });
  expect(values('a{}')).toEqual([1, 'stale', 3]);
  expect(values('b{}')).toEqual([1, 'stale']);
  expect(values('up{}')).toEqual([1, 0, 0, 1]);
  expect(values('scrape_samples_scraped{}')).toEqual([2, 1, 0, 1]);
});

test('a target that is gone: its series and those about its scrapes end', async () => {
  const app = await exporter('a 1\n');
  const { scrape, end, values } = byHand(app, { extra_scrape_metrics: true, sample_limit: 9 });
  await scrape();
  await end(1_700_000_000_000);
  expect(values('a{}')).toEqual([1, 'stale']);
  expect(values('up{}')).toEqual([1, 'stale']);
  expect(values('scrape_body_size_bytes{}')).toEqual([4, 'stale']);
  expect(values('scrape_timeout_seconds{}')).toEqual([10, 'stale']);
  expect(values('scrape_sample_limit{}')).toEqual([9, 'stale']);
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
  const { scrape, values, health, bugs } = byHand(app, config);
  await scrape();
  expect(values('up{}')).toEqual([0]);
  expect(health()).toMatchObject({ state: 'down', error: expect.stringMatching(expected) });
  expect(bugs).toEqual([]);
});

test('a target that nobody listens at is down', async () => {
  const app = await startExporter();
  await app.stop();
  const { scrape, health } = byHand(app);
  await scrape();
  expect(health()).toMatchObject({ state: 'down', error: expect.stringContaining('ECONNREFUSED') });
});

test('labels that page and target both have: the page’s becomes exported_, or stays with honor_labels', async () => {
  const app = await exporter('a{job="page",instance="i",exported_job="x"} 1\n');
  const [ours, theirs] = [byHand(app), byHand(app, { honor_labels: true })];
  await ours.scrape();
  await theirs.scrape();
  expect(ours.samples()[0]?.series).toBe(
    `a{exported_exported_job="page",exported_instance="i",exported_job="x",instance="${app.address}",job="app"}`,
  );
  expect(theirs.samples()[0]?.series).toBe('a{exported_job="x",instance="i",job="page"}');
});

test('honor_timestamps: false takes the time of the scrape, and a series comes once per time', async () => {
  const app = await exporter('a 1 1700000000000\na 2 1700000001000\na 3 1700000001000\n');
  const [theirs, ours] = [byHand(app), byHand(app, { honor_timestamps: false })];
  await theirs.scrape();
  await ours.scrape(1_700_000_500_000);
  expect(theirs.values('a{}')).toEqual([1, 2]);
  expect(ours.samples()[0]).toMatchObject({ value: 1, timeMs: 1_700_000_500_000 });
  expect(ours.values('a{}')).toEqual([1]);
});

test('a sample with a time of its own, and an exemplar, come once, however often the page shows them', async () => {
  const app = await exporter();
  const show = (value: number, seconds: number): void =>
    app.answer({
      headers: openMetrics,
      body: `# TYPE hits counter\nhits_total ${value} ${seconds} # {trace_id="t${value}"} 1\nplain 1\n# EOF\n`,
    });
  const { scrape, values, requests } = byHand(app);
  // Two scrapes may fall into one millisecond, and a series comes once per time.
  let atMs = Date.now();
  const next = (): Promise<unknown> => scrape((atMs += 1000));
  for (const [value, seconds] of [
    [1, 100],
    [1, 100],
    [2, 200],
    [2, 200],
  ] as const) {
    show(value, seconds);
    await next();
  }
  app.answer({ headers: openMetrics, body: '# TYPE hits counter\nhits_total 3 # {trace_id="t3"} 1\n# EOF\n' });
  await next();
  await next();
  expect(values('hits_total{}')).toEqual([1, 2, 3, 3]);
  expect(values('plain{}')).toEqual([1, 1, 1, 1, 'stale']);
  const traces = requests.flatMap(({ bytes }) =>
    decodeRemoteWrite2(bytes).exemplars.map(({ labels }) => labels[0]?.value),
  );
  expect(traces).toEqual(['t1', 't2', 't3']);
});

test('metric_relabel_configs drop and change series; what is dropped is counted as scraped', async () => {
  const app = await exporter('noise_a 1\nnoise_b 2\nkeep{path="/x"} 3\n');
  const { scrape, values } = byHand(app, {
    metric_relabel_configs: [
      { source_labels: ['__name__'], regex: 'noise_.*', action: 'drop' },
      { source_labels: ['path'], target_label: 'route' },
      { regex: 'path', action: 'labeldrop' },
    ],
  });
  await scrape();
  expect(values('keep{route="/x"}')).toEqual([3]);
  expect(values('noise_a{}')).toEqual([]);
  expect([values('scrape_samples_scraped{}'), values('scrape_samples_post_metric_relabeling{}')]).toEqual([[3], [1]]);
});

test('protobuf brings native histograms, and their end is marked as theirs', async () => {
  const app = await exporter();
  const { scrape, requests } = byHand(app, { scrape_protocols: ['PrometheusProto', 'PrometheusText0.0.4'] });
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
  await scrape();
  expect(app.headers().accept).toBe(
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
  );
  app.answer({ headers: openMetrics, body: '# EOF\n' });
  await scrape();
  const series = `latency{instance="${app.address}",job="app"}`;
  expect(requests.flatMap(({ bytes }) => histogramsOf(bytes))).toMatchObject([
    { series, histogram: { schema: 2, count: 3, positive: { offset: 0, counts: [1, 2] } } },
    { series, histogram: { sumLow: 2, sumHigh: 0x7ff00000 } },
  ]);
});

test('_created of OpenMetrics is when the series of its family and labels began', async () => {
  const app = await exporter();
  app.answer({
    headers: openMetrics,
    body: '# TYPE hits counter\nhits_total{a="b"} 1\nhits_created{a="b"} 1700000000.5\nhits_total{a="c"} 1\n# EOF\n',
  });
  const { scrape, requests, values } = byHand(app);
  await scrape();
  const created = new ProtobufWriter(16);
  created.tag(6, 0);
  created.whole(1_700_000_000_500);
  const start = Buffer.from(created.take());
  const message = Buffer.concat(requests.map(({ bytes }) => bytes));
  expect(values('hits_created{a="b"}')).toEqual([1_700_000_000.5]);
  const places = [...message.keys()].filter(at => message.subarray(at, at + start.length).equals(start));
  // Of `hits_total{a="b"}` and of `hits_created{a="b"}`.
  expect(places).toHaveLength(2);
});

test('a label value of megabytes costs no pattern’s time and no other series', async () => {
  const app = await exporter(`long{a="${'a'.repeat(1 << 21)}"} 1\nshort{a="aab"} 2\n`);
  const { scrape, values, rejections, health } = byHand(app, {
    metric_relabel_configs: [{ source_labels: ['a'], regex: '(a|aa)+b', target_label: 'b', replacement: 'fits' }],
  });
  const startedAt = cpuMs();
  await scrape();
  expect(cpuMs() - startedAt).toBeLessThan(3000);
  expect(values('short{a="aab",b="fits"}')).toEqual([2]);
  expect(health()).toMatchObject({ state: 'up', error: undefined, rejected: 1, rejectedReason: [...rejections][0] });
  expect([...rejections]).toEqual([expect.stringContaining('the value of the label "a" is longer than')]);
});

test('pages that break off, each with other series, leave nothing behind, and a good one is read as ever', async () => {
  const app = await exporter();
  const { scrape, values } = byHand(app);
  for (let page = 0; page < 6; page++) {
    const lines = Array.from({ length: 100 }, (_, index) => `m_${page}_${index} 1\n`).join('');
    app.answer({ body: page % 3 === 0 ? 'good 1\n' : `good 1\n${lines}broken` });
    await scrape();
  }
  expect(values('good{}')).toEqual([1, 'stale', 1, 'stale']);
  expect(values('m_1_0{}')).toEqual([]);
});

test('a page of 20,000 series is kept in several messages, all of it', async () => {
  const page = Array.from({ length: 20_000 }, (_, index) => `big{n="${index}"} ${index}\n`).join('');
  const { scrape, values, requests } = byHand(await exporter(page));
  await scrape();
  expect(requests.length).toBe(5);
  expect(values('scrape_samples_scraped{}')).toEqual([20_000]);
  expect(values('big{n="19999"}')).toEqual([19_999]);
});

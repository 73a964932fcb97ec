// Records what Grafana's own package for Prometheus asks, of a Bellwether that runs: node record.mjs <address of the API> <address of OTLP>
//
// The package's data source, language provider and variables run as in Grafana's pages, in a made-up DOM. What they ask of Grafana's server is
// passed on as its Prometheus plugin does: resources as they are; queries (/api/ds/query) as query and query_range, with frames made of the
// answers. What the package makes of them is checked here; the calls and answers go to calls.json, for the test that replays them.
import { writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { endS, madeUpMetrics } from './made-up.mjs';

const [api, otlp] = process.argv.slice(2);
if (otlp === undefined)
  throw new Error('node record.mjs <address of the API> <address of OTLP>, of an empty Bellwether');

const require = createRequire(import.meta.url);
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<!doctype html>', { url: 'http://localhost/', pretendToBeVisual: true });
const matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {} });
class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}
Object.assign(window, { matchMedia, ResizeObserver: Observer, IntersectionObserver: Observer });
for (const name of ['Event', 'CustomEvent', 'EventTarget', 'KeyboardEvent', 'MouseEvent'])
  globalThis[name] = window[name];
Object.defineProperty(globalThis, 'navigator', { value: window.navigator, configurable: true });
for (const name of Object.getOwnPropertyNames(window)) if (!(name in globalThis)) globalThis[name] = window[name];
globalThis.window = window;
// Styles and the editor are of no use here.
require.extensions['.css'] = () => {};
const load = Module._load;
Module._load = function (name, ...rest) {
  return name.startsWith('monaco-') ? { promLanguageDefinition: { id: 'promql' } } : load.call(this, name, ...rest);
};

const { from, lastValueFrom } = require('rxjs');
const { dateTime, getDefaultTimeRange, CoreApp } = require('@grafana/data');
const runtime = require('@grafana/runtime');
const { PrometheusDatasource } = require('@grafana/prometheus');

const calls = [];
let doing = '';

/** Asks Bellwether and writes down both sides. Times of now are told apart: they are different in every run. */
async function call(method, path, params) {
  const form = new URLSearchParams(
    Object.entries(params ?? {}).flatMap(([key, value]) => [value].flat().map(one => [key, String(one)])),
  );
  const asked = form.toString();
  const answered = await fetch(
    `${api}/${path}${method === 'GET' && asked !== '' ? `?${asked}` : ''}`,
    method === 'GET' ? {} : { method, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: asked },
  );
  const answer = await answered.json();
  calls.push({
    doing,
    method,
    path: `/${path}`,
    params: asked,
    status: answered.status,
    answer: structuredClone(answer),
  });
  return { ok: answered.ok, status: answered.status, data: answer };
}

/** A query as Grafana's server hands it to Prometheus: steps of the interval, times at multiples of it. */
async function ask({ expr, refId, intervalMs, instant, range }, fromMs, toMs) {
  const stepS = Math.max(Math.round((intervalMs ?? 15_000) / 1000), 1);
  const align = ms => Math.floor(ms / 1000 / stepS) * stepS;
  const { data } =
    range === false || (instant === true && range !== true)
      ? await call('POST', 'api/v1/query', { query: expr, time: toMs / 1000 })
      : await call('POST', 'api/v1/query_range', { query: expr, start: align(fromMs), end: align(toMs), step: stepS });
  if (data.status !== 'success') return { error: data.error, status: 400 };
  const { result, resultType } = data.data;
  return {
    status: 200,
    frames: result.map(({ metric, values, value }) => {
      const samples = values ?? [value];
      return {
        schema: {
          refId,
          meta: { type: 'timeseries-multi', custom: { resultType } },
          fields: [
            { name: 'Time', type: 'time', typeInfo: { frame: 'time.Time' } },
            { name: 'Value', type: 'number', typeInfo: { frame: 'float64' }, labels: metric },
          ],
        },
        data: { values: [samples.map(([atS]) => atS * 1000), samples.map(([, number]) => Number(number))] },
      };
    }),
  };
}

async function serve({ url, method = 'GET', params, data }) {
  const resource = /\/resources\/(.*)$/.exec(url)?.[1];
  if (resource !== undefined) {
    const [path, query = ''] = resource.replace(/^\//, '').split('?');
    return call(method, path, {
      ...Object.fromEntries(new URLSearchParams(query)),
      ...params,
      ...(typeof data === 'object' ? data : {}),
    });
  }
  if (url.includes('/api/ds/query')) {
    const results = {};
    for (const query of data.queries) results[query.refId] = await ask(query, Number(data.from), Number(data.to));
    return { ok: true, status: 200, data: { results } };
  }
  throw new Error(`the package asks for ${method} ${url}, which this script does not know`);
}

const backend = {
  fetch: options => from(serve(options)),
  get: async (url, params) => (await serve({ url, params })).data,
  post: async (url, data) => (await serve({ url, method: 'POST', data })).data,
  datasourceRequest: serve,
  resolveCancelerIfExists() {},
};
const replace = (text, scoped) =>
  (text ?? '').replaceAll(/\$\{?(\w+)\}?/g, (whole, name) => scoped?.[name]?.value ?? whole);
const templates = {
  replace,
  getVariables: () => [],
  containsTemplate: () => false,
  updateTimeRange() {},
  getAdhocFilters: () => [],
};
const settings = {
  id: 1,
  uid: 'prom',
  type: 'prometheus',
  name: 'Bellwether',
  url: '/api/datasources/proxy/uid/prom',
  access: 'proxy',
  meta: { id: 'prometheus', name: 'Prometheus', info: { version: '13' }, module: '', baseUrl: '' },
  readOnly: false,
  jsonData: { httpMethod: 'POST', prometheusType: 'Prometheus', prometheusVersion: '3.5.0', timeInterval: '60s' },
};
runtime.setBackendSrv(backend);
runtime.setTemplateSrv(templates);
runtime.setDataSourceSrv({ get: async () => source, getInstanceSettings: () => settings, getList: () => [settings] });

const sent = madeUpMetrics();
const kept = await fetch(`${otlp}/v1/metrics`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(sent),
});
assert.equal(kept.status, 200);
assert.equal((await fetch(`${api}/api/bw/v1/flush`, { method: 'POST' })).status, 200);

const hour = { from: dateTime((endS - 3600) * 1000), to: dateTime(endS * 1000) };
const timeRange = { ...getDefaultTimeRange(), ...hour, raw: hour };
const source = new PrometheusDatasource(settings, templates);
const { languageProvider } = source;

doing = 'opens the data source';
await source.init();
doing = 'opens the editor';
await languageProvider.start(timeRange);
assert.deepEqual(
  languageProvider
    .retrieveMetrics()
    .filter(name => !name.startsWith('target'))
    .toSorted(),
  ['queue_depth', 'shop_orders_total'],
);
assert.equal(languageProvider.retrieveMetricsMetadata()['queue_depth'].type, 'gauge');
doing = 'completes labels';
assert.ok((await languageProvider.queryLabelKeys(timeRange, '{__name__="shop_orders_total"}')).includes('channel'));
doing = 'completes values';
assert.deepEqual(await languageProvider.queryLabelValues(timeRange, 'channel', '{__name__="shop_orders_total"}'), [
  'app',
  'web',
]);
doing = 'fills variables';
for (const [query, expected] of [
  ['label_values(shop_orders_total, channel)', ['app', 'web']],
  ['label_values(queue_name)', ['mail']],
  ['label_names()', undefined],
  ['metrics(shop.*)', ['shop_orders_total']],
  ['query_result(sum by (channel) (shop_orders_total))', undefined],
  ['shop_orders_total{channel="web"}', undefined],
]) {
  const found = await source.metricFindQuery(query, { range: timeRange });
  assert.ok(found.length > 0, `${query} found nothing`);
  if (expected !== undefined)
    assert.deepEqual(
      found.map(({ text }) => text),
      expected,
    );
}
doing = 'filters ad hoc';
assert.ok((await source.getTagKeys({ timeRange, filters: [] })).some(({ text }) => text === 'channel'));
assert.ok((await source.getTagValues({ key: 'channel', timeRange, filters: [] })).some(({ text }) => text === 'web'));
doing = 'draws a panel';
const drawn = await lastValueFrom(
  source.query({
    app: CoreApp?.Dashboard ?? 'dashboard',
    requestId: 'Q1',
    interval: '1m',
    intervalMs: 60_000,
    maxDataPoints: 1000,
    range: timeRange,
    scopedVars: { __interval: { text: '1m', value: '1m' }, __interval_ms: { text: 60_000, value: 60_000 } },
    startTime: Date.now(),
    timezone: 'utc',
    targets: [
      {
        refId: 'A',
        expr: 'sum by (channel) (rate(shop_orders_total[5m]))',
        range: true,
        intervalMs: 60_000,
        legendFormat: '{{channel}} orders',
      },
      { refId: 'B', expr: 'queue_depth', instant: true, range: false, format: 'table' },
    ],
  }),
);
assert.equal(drawn.error, undefined);
const series = drawn.data.filter(({ refId }) => refId === 'A');
assert.deepEqual(series.map(frame => frame.fields[1].labels.channel).toSorted(), ['app', 'web']);
assert.ok(series.every(frame => frame.length > 50));
const table = drawn.data.find(({ refId }) => refId === 'B');
assert.ok(table.fields.some(({ name }) => name === 'queue_name'));

const { version } = require('@grafana/prometheus/package.json');
writeFileSync(
  new URL('calls.json', import.meta.url),
  `${JSON.stringify({ package: `@grafana/prometheus ${version}`, sent, calls })}\n`,
);
console.log(`${calls.length} calls of @grafana/prometheus ${version} are in calls.json`);
process.exit(0);

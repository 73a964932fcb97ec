// Records the page of prom-client, as OpenMetrics, for the metrics of the shop of ../../test-support/apps/providers.mjs, with the bounds of our own pages:
// `node record-prom-client.mjs` writes prom-client-<version>.txt beside itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const register = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
const registers = [register];
const bound = value => (Number.isInteger(value) ? value : Number(value.toPrecision(6)));
const powers = (from, to, scale) => Array.from({ length: to - from + 1 }, (_, at) => bound(2 ** ((from + at) / scale)));
const exemplarLabels = { trace_id: '635fd7db9b49304ea17d21f28dc8eab8', span_id: 'ff5a66a96d1846c1' };
const common = { labelNames: ['genre'], registers, enableExemplars: true };

const sold = new Counter({ ...common, name: 'books_sold', help: 'Books sold' });
const basket = new Histogram({
  ...common,
  name: 'basket_size',
  help: 'Books in a basket',
  buckets: powers(0, 31, 1),
});
const wait = new Histogram({
  ...common,
  name: 'basket_wait_seconds',
  help: 'Time in a basket',
  buckets: powers(-20, 14, 2),
});
new Gauge({ name: 'shelf_free', help: 'Free places', registers }).set(12.5);
for (const genre of ['crime', 'crime', 'poetry']) sold.inc({ labels: { genre }, value: 1, exemplarLabels });
for (const value of [1, 3, 40]) basket.observe({ labels: { genre: 'crime' }, value, exemplarLabels });
for (const genre of ['cri|me, "#1"', 'cri|me, "#1"']) wait.observe({ labels: { genre }, value: 7, exemplarLabels });

const { version } = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('prom-client/package.json'), 'utf8'),
);
// Without the times of its exemplars: who reads the page later takes them for its own time then.
const page = (await register.metrics()).replaceAll(/( # \{[^}]*\} [\d.]+) [\d.]+$/gm, '$1');
writeFileSync(new URL(`prom-client-${version}.txt`, import.meta.url), page);

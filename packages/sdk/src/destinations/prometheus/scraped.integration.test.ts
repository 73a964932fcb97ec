import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ChildApp, startApp } from '../../test-support/child-app.js';
import { freePort } from '../../test-support/free-port.js';
import { contentTypes } from './text.js';

/** Prometheus of the system, or as `scripts/test-tools.mjs` unpacked it. */
const prometheus = [
  '/usr/bin/prometheus',
  new URL('../../../../../.peers/root/usr/bin/prometheus', import.meta.url).pathname,
].find(existsSync);

/** A scrape may come late on a busy machine. */
const patience = { timeout: 30_000, interval: 200 } as const;

/** The page of prom-client 15.1 for the same metrics, which Prometheus scrapes beside ours. */
const recorded = readFileSync(new URL('../recorded/prom-client-15.1.3.txt', import.meta.url), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'bellwether-scraped-'));
let app: ChildApp;
let peer: ChildProcess;
let base: string;
const theirs = http.createServer((_, response) => {
  response.writeHead(200, { 'content-type': contentTypes.openmetrics }).end(recorded);
});

function portOf(server: net.Server): number {
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return port;
}

/** `data` of an answer of Prometheus' API. */
async function ask<Data>(path: string, parameters: Readonly<Record<string, string>>): Promise<Data> {
  const answer = await fetch(`${base}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
  // Prometheus' own form of its answers.
  const { data } = (await answer.json()) as { readonly data: Data };
  return data;
}

type Labels = Readonly<Record<string, string>>;

/** The value of each series of a job, by its name and labels; without who was scraped, and without the scope, which prom-client does not know. */
async function seriesOf(job: string): Promise<Readonly<Record<string, string>>> {
  const query = `{job="${job}",__name__=~"(books|basket|shelf)_.+"}`;
  const { result } = await ask<{ readonly result: readonly { metric: Labels; value: readonly [number, string] }[] }>(
    'query',
    { query },
  );
  return Object.fromEntries(
    result.map(({ metric, value }) => {
      const labels = Object.keys(metric).filter(name => !['job', 'instance', 'otel_scope_name'].includes(name));
      return [JSON.stringify(metric, labels.toSorted()), value[1]];
    }),
  );
}

/** How each target is, and what was wrong with its last scrape. */
async function targets(): Promise<readonly unknown[]> {
  const { activeTargets } = await ask<{ readonly activeTargets: readonly Labels[] }>('targets', { state: 'active' });
  return activeTargets.map(({ health, lastError }) => [health, lastError]);
}

beforeAll(async () => {
  theirs.listen(0, '127.0.0.1');
  await once(theirs, 'listening');
  const scrapePort = await freePort();
  app = await startApp('providers', {
    BELLWETHER_DESTINATIONS: 'prometheus',
    BELLWETHER_PROMETHEUS_LISTEN: `127.0.0.1:${scrapePort}`,
  });
  await app.get('/orders/42');
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - { job_name: ours, static_configs: [{ targets: ['127.0.0.1:${scrapePort}'] }] }
  - { job_name: theirs, static_configs: [{ targets: ['127.0.0.1:${portOf(theirs)}'] }] }
`,
  );
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  peer = spawn(
    prometheus ?? 'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  await vi.waitFor(
    async () => {
      for (const job of ['ours', 'theirs'])
        if (Object.keys(await seriesOf(job)).length === 0) throw new Error(`nothing is scraped of ${job}`);
    },
    { timeout: 60_000, interval: 200 },
  );
});

afterAll(async () => {
  const ended = [once(peer, 'exit'), app.stop('SIGKILL')];
  peer.kill('SIGKILL');
  await Promise.all(ended);
  theirs.closeAllConnections();
  theirs.close();
  rmSync(folder, { recursive: true, force: true });
});

test('[A2] Prometheus reads the same series with the same values from us as from prom-client', async () => {
  const expected = await seriesOf('theirs');
  expect(Object.keys(expected)).toHaveLength(2 + 1 + (32 + 3) + (35 + 3));
  await expect.poll(() => seriesOf('ours'), patience).toEqual(expected);
});

test('[A2] it knows of the same types and help, and finds no fault with the target', async () => {
  interface Metadata {
    readonly target: Labels;
    readonly metric: string;
    readonly type: string;
    readonly help: string;
  }
  const of = async (job: string) => {
    const all = await ask<readonly Metadata[]>('targets/metadata', { match_target: `{job="${job}"}` });
    const known = all.filter(({ metric }) => /^(books|basket|shelf)_/.test(metric));
    return known.map(({ metric, type, help }) => `${metric} ${type} ${help}`).toSorted();
  };
  const expected = await of('theirs');
  expect(expected).toHaveLength(4);
  await expect.poll(() => of('ours'), patience).toEqual(expected);
  await expect.poll(targets, patience).toEqual([
    ['up', ''],
    ['up', ''],
  ]);
});

test('[A2] it keeps our exemplars, which lead to the trace by the labels that prom-client was given', async () => {
  interface Exemplars {
    readonly seriesLabels: Labels;
    readonly exemplars: readonly { readonly labels: Labels; readonly value: string }[];
  }
  const of = async (job: string) => {
    const all = await ask<readonly Exemplars[]>('query_exemplars', {
      query: `basket_size_bucket{job="${job}"}`,
      start: String(Date.now() / 1000 - 3600),
      end: String(Date.now() / 1000 + 60),
    });
    return all.flatMap(({ exemplars }) => exemplars);
  };
  await expect.poll(() => of('ours'), patience).not.toHaveLength(0);
  const [[exemplar], expected] = [await of('ours'), await of('theirs')];
  expect(Object.keys(exemplar?.labels ?? {}).toSorted()).toEqual(Object.keys(expected[0]?.labels ?? {}).toSorted());
  expect(exemplar?.labels).toEqual({
    trace_id: expect.stringMatching(/^[\da-f]{32}$/),
    span_id: expect.stringMatching(/^[\da-f]{16}$/),
  });
  expect(['1', '3', '40']).toContain(exemplar?.value);
});

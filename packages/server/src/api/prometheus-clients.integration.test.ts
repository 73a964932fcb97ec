import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningProgram, startProgram } from '../running-program.test-support.js';

const run = promisify(execFile);

/** Unpacked by `scripts/test-tools.mjs`. */
const promtool = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(folder, '.peers', 'root', 'usr', 'bin', 'promtool');
})();

let program: RunningProgram;
let folder: string;
let sentAtS: number;

const exposition = `# HELP shop_orders_total Orders.
# TYPE shop_orders_total counter
shop_orders_total{channel="web"} 12
shop_orders_total{channel="app"} 5
# HELP shop_wait_seconds Wait.
# TYPE shop_wait_seconds histogram
shop_wait_seconds_bucket{le="0.1"} 3
shop_wait_seconds_bucket{le="+Inf"} 4
shop_wait_seconds_sum 0.7
shop_wait_seconds_count 4
`;

beforeAll(async () => {
  program = await startProgram();
  folder = mkdtempSync(join(tmpdir(), 'bellwether-promtool-'));
  const file = join(folder, 'metrics.prom');
  writeFileSync(file, exposition);
  await run(promtool, ['push', 'metrics', `${program.ingest}/api/v1/write`, file]);
  sentAtS = Math.ceil(Date.now() / 1000);
  await fetch(`${program.ingest}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'queue.depth',
                  gauge: {
                    dataPoints: [
                      {
                        // Whole seconds that are over: what is asked for now must not lie ahead.
                        timeUnixNano: `${sentAtS - 1}000000000`,
                        asDouble: 7,
                        attributes: [{ key: 'queue.name', value: { stringValue: 'mail' } }],
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  });
  await program.flush();
});
afterAll(async () => {
  await program.stop();
  rmSync(folder, { recursive: true });
});

async function prom(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(promtool, [...args]);
  return stdout.trim();
}

test('promtool asks at one time, over a range, and for series and labels', async () => {
  const { api } = program;
  const instant = await prom('query', 'instant', api, 'sum by (channel) (shop_orders_total)');
  expect(
    instant
      .split('\n')
      .map(line => line.replace(/ @.*/, ''))
      .toSorted(),
  ).toEqual(['{channel="app"} => 5', '{channel="web"} => 12']);
  const times = [`--start=${sentAtS}`, `--end=${sentAtS + 30}`, '--step=15s'];
  const range = await prom('query', 'range', ...times, api, 'shop_orders_total{channel="web"} * 2');
  expect(
    range
      .split('\n')
      .slice(1)
      .map(line => line.replace(/ @.*/, '')),
  ).toEqual(['24', '24', '24']);
  const series = await prom('query', 'series', '--match=shop_orders_total', api);
  expect(series.split('\n')).toEqual([
    '{__name__="shop_orders_total", channel="app", job="promtool"}',
    '{__name__="shop_orders_total", channel="web", job="promtool"}',
  ]);
  expect((await prom('query', 'labels', api, 'channel')).split('\n')).toEqual(['app', 'web']);
  expect(await prom('query', 'instant', '-o', 'json', api, 'queue_depth')).toContain('"queue_name":"mail"');
});

test('promtool hears in its own words what is wrong', async () => {
  await expect(prom('query', 'instant', program.api, 'sum(')).rejects.toThrow(
    'bad_data: invalid parameter "query": 1:5: parse error: unclosed left parenthesis',
  );
});

const answer = z.object({ status: z.literal('success'), data: z.unknown() });

/** A call as Grafana's data source "Prometheus" makes it: forms from its server, addresses from its editor. */
async function grafana(method: 'GET' | 'POST', path: string, params: Readonly<Record<string, string>>) {
  const form = new URLSearchParams(params).toString();
  const answered = await fetch(
    `${program.api}${path}${method === 'GET' && form !== '' ? `?${form}` : ''}`,
    method === 'GET'
      ? { headers: { 'accept-encoding': 'gzip' } }
      : { method, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form },
  );
  return answer.parse(await answered.json()).data;
}

test('Grafana: saving and testing the data source asks for 1+1 and for the version', async () => {
  expect(await grafana('POST', '/api/v1/query', { query: '1+1', time: '4' })).toEqual({
    resultType: 'scalar',
    result: [4, '2'],
  });
  expect(await grafana('GET', '/api/v1/status/buildinfo', {})).toMatchObject({ version: '3.5.0' });
});

test('Grafana: the editor completes metrics, labels and values, also those with dots', async () => {
  const range = { start: String(sentAtS - 3600), end: String(sentAtS + 60) };
  expect(await grafana('GET', '/api/v1/label/__name__/values', { limit: '40000', ...range })).toEqual([
    'queue_depth',
    'shop_orders_total',
    'shop_wait_seconds_bucket',
    'shop_wait_seconds_count',
    'shop_wait_seconds_sum',
    'target_info',
  ]);
  expect(await grafana('POST', '/api/v1/labels', { limit: '40000', ...range, 'match[]': '{__name__!=""}' })).toEqual([
    '__name__',
    'channel',
    'job',
    'le',
    'queue_name',
  ]);
  expect(
    await grafana('GET', '/api/v1/label/channel/values', { ...range, 'match[]': '{__name__="shop_orders_total"}' }),
  ).toEqual(['app', 'web']);
  expect(await grafana('GET', '/api/v1/label/U__queue_2e_name/values', range)).toEqual(['mail']);
  expect(await grafana('POST', '/api/v1/series', { ...range, 'match[]': '{"queue.depth"}', limit: '40000' })).toEqual([
    { __name__: 'queue.depth', job: 'checkout', 'queue.name': 'mail' },
  ]);
  expect(await grafana('GET', '/api/v1/metadata', { limit: '40000' })).toMatchObject({
    queue_depth: [{ type: 'gauge' }],
  });
});

test('Grafana: a panel asks over a range, for exemplars, and an alert list for rules', async () => {
  const range = { start: String(sentAtS), end: String(sentAtS + 30) };
  expect(
    await grafana('POST', '/api/v1/query_range', { query: 'sum(shop_orders_total)', step: '15', ...range }),
  ).toMatchObject({ resultType: 'matrix', result: [{ values: [[sentAtS, '17'], {}, {}] }] });
  expect(await grafana('POST', '/api/v1/query_exemplars', { query: 'shop_wait_seconds_bucket', ...range })).toEqual([]);
  expect(await grafana('GET', '/api/v1/rules', {})).toEqual({ groups: [] });
  expect(await grafana('GET', '/api/v1/alerts', {})).toEqual({ alerts: [] });
});

const recorded = z.object({
  package: z.string(),
  /** What was stored, as OTLP. */
  sent: z.unknown(),
  calls: z.array(
    z.object({
      doing: z.string(),
      method: z.enum(['GET', 'POST']),
      path: z.string(),
      params: z.string(),
      answer: z.object({ status: z.literal('success'), data: z.unknown() }),
    }),
  ),
});

/** Series come in any order. */
function sorted(data: unknown): unknown {
  if (Array.isArray(data)) return data.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof data !== 'object' || data === null || !('result' in data)) return data;
  return { ...data, result: sorted(data.result) };
}

test("Grafana's own package: its calls, recorded by tests/grafana/record.mjs, are answered with what it understood", async () => {
  const { sent, calls } = recorded.parse(
    JSON.parse(readFileSync(new URL('../../tests/grafana/calls.json', import.meta.url), 'utf8')),
  );
  const workspace = { 'x-scope-orgid': 'grafana' };
  const kept = await fetch(`${program.ingest}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...workspace },
    body: JSON.stringify(sent),
  });
  expect(kept.status).toBe(200);
  await program.flush();
  expect(calls.length).toBeGreaterThan(12);
  for (const { doing, method, path, params, answer: understood } of calls) {
    const answered = await fetch(
      `${program.api}${path}${method === 'GET' && params !== '' ? `?${params}` : ''}`,
      method === 'GET'
        ? { headers: workspace }
        : { method, headers: { 'content-type': 'application/x-www-form-urlencoded', ...workspace }, body: params },
    );
    const body: unknown = await answered.json();
    expect(body, `${doing}: ${path}`).toMatchObject({ status: 'success' });
    const { data } = answer.parse(body);
    expect([doing, path, sorted(data)]).toEqual([doing, path, sorted(understood.data)]);
  }
});

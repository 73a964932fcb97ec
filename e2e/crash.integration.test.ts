import { afterAll, expect, test } from 'vitest';
import { prepareSpans } from '../bench/otlp-spans.mjs';
import { type Instance, newDataDir, removeDataDir, sleep, startInstance, stored, until } from './src/instance.ts';

/** The long form kills 50 times, the short one a few times; both at random moments. */
const kills = process.env['BELLWETHER_FULL'] === '1' ? 50 : 3;
const spansPerRequest = 40;
const folders: string[] = [];
afterAll(() => folders.forEach(removeDataDir));

const logsBody = (request: number): string =>
  JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'crash' } }] },
        scopeLogs: [
          {
            logRecords: Array.from({ length: 10 }, (_, line) => ({
              timeUnixNano: `${Date.now()}000000`,
              severityNumber: 9,
              body: { stringValue: `request ${request} line ${line}` },
              attributes: [{ key: 'request', value: { stringValue: String(request) } }],
            })),
          },
        ],
      },
    ],
  });

const metricsBody = (request: number): string =>
  JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'crash' } }] },
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'crash.test',
                gauge: {
                  dataPoints: Array.from({ length: 5 }, (_, point) => ({
                    timeUnixNano: `${Date.now() + point}000000`,
                    asDouble: request,
                    attributes: [{ key: 'request', value: { stringValue: String(request) } }],
                  })),
                },
              },
            ],
          },
        ],
      },
    ],
  });

/** Sends requests of the three signals, one after the other, until told to stop; remembers which were acknowledged. */
class Load {
  readonly acknowledged = { spans: new Set<number>(), logs: new Set<number>(), metrics: new Set<number>() };
  readonly refused: number[] = [];
  #serial = 0;
  #stopped = false;
  #done: Promise<unknown> = Promise.resolve();

  start(otlp: string): void {
    this.#stopped = false;
    this.#done = Promise.all([this.#connection(otlp, 1), this.#connection(otlp, 2)]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #connection(otlp: string, seed: number): Promise<void> {
    const prepared = prepareSpans(spansPerRequest, seed);
    while (!this.#stopped) {
      const serial = ++this.#serial;
      try {
        await this.#send(
          `${otlp}/v1/traces`,
          'application/x-protobuf',
          Buffer.from(prepared.stamp(serial, Date.now())),
        );
        this.acknowledged.spans.add(serial);
        await this.#send(`${otlp}/v1/logs`, 'application/json', logsBody(serial));
        this.acknowledged.logs.add(serial);
        await this.#send(`${otlp}/v1/metrics`, 'application/json', metricsBody(serial));
        this.acknowledged.metrics.add(serial);
      } catch {
        this.refused.push(serial);
        await sleep(20);
      }
    }
  }

  async #send(url: string, type: string, body: string | Buffer<ArrayBuffer>): Promise<void> {
    const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': type } });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(String(answer.status));
  }
}

/** Every acknowledged request is stored whole and once; every other one whole and once, or not at all. */
async function expectExactlyOnce(dataDir: string, load: Load): Promise<void> {
  const questions = {
    spans: {
      perRequest: spansPerRequest,
      sql: `SELECT reinterpretAsUInt32(reverse(substring(trace_id, 5, 4))) AS request, count() AS c, uniqExact(span_id) AS u
            FROM bellwether.spans GROUP BY request, substring(trace_id, 1, 4)`,
    },
    logs: {
      perRequest: 10,
      sql: `SELECT attrs['request'] AS request, count() AS c, uniqExact(body) AS u FROM bellwether.logs GROUP BY request`,
    },
    metrics: {
      perRequest: 5,
      sql: `SELECT value AS request, count() AS c, uniqExact(ts) AS u FROM bellwether.metric_samples WHERE metric = 'crash.test' GROUP BY request`,
    },
  } as const;
  for (const signal of ['spans', 'logs', 'metrics'] as const) {
    const { perRequest, sql } = questions[signal];
    const rows = await stored(dataDir, sql);
    const whole = rows.filter(row => Number(row['c']) === perRequest && Number(row['u']) === perRequest);
    expect(whole.length, `${signal}: requests stored in part or twice`).toBe(rows.length);
    const present = new Set(rows.map(row => Number(row['request'])));
    const lost = [...load.acknowledged[signal]].filter(request => !present.has(request));
    expect(lost, `${signal}: acknowledged and lost`).toEqual([]);
    expect(load.acknowledged[signal].size).toBeGreaterThan(0);
  }
}

test(`after kill -9 of everything ${kills} times under load, all that was acknowledged is stored exactly once`, async () => {
  const dataDir = newDataDir();
  folders.push(dataDir);
  const load = new Load();
  for (let kill = 0; kill < kills; kill++) {
    const instance = await startInstance(dataDir);
    load.start(instance.otlp);
    await sleep(200 + Math.random() * 2000);
    await instance.killAll();
    await load.stop();
  }
  const last = await startInstance(dataDir);
  await last.flush();
  expect(await last.stop()).toBe(0);
  await expectExactlyOnce(dataDir, load);
}, 600_000);

test(`[A6] after kill -9 of the server alone ${kills} times, no request was refused meanwhile, and questions are answered again`, async () => {
  const dataDir = newDataDir();
  folders.push(dataDir);
  const load = new Load();
  const instance: Instance = await startInstance(dataDir);
  load.start(instance.otlp);
  const backMs: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    await sleep(300 + Math.random() * 1500);
    const pid = await until('the server process runs', 60_000, () => instance.serverPid());
    const before = load.acknowledged.spans.size;
    process.kill(pid, 'SIGKILL');
    const start = performance.now();
    await until('the API answers again', 60_000, async () => {
      if (instance.serverPid() === pid) return undefined;
      const answer = await fetch(`${instance.api}/health/ready`).catch(() => undefined);
      return answer?.ok === true ? true : undefined;
    });
    backMs.push(performance.now() - start);
    expect(load.acknowledged.spans.size).toBeGreaterThan(before);
  }
  await load.stop();
  expect(load.refused).toEqual([]);
  await instance.flush();
  expect(await instance.stop()).toBe(0);
  await expectExactlyOnce(dataDir, load);
  backMs.sort((a, b) => a - b);
  console.log(
    `the API was back after (ms): median ${backMs[backMs.length >> 1]?.toFixed(0)}, worst ${backMs.at(-1)?.toFixed(0)}`,
  );
}, 600_000);

import { ledgerAnswer, type LedgerAnswer } from '@bellwether/model';
import { afterAll, expect, test } from 'vitest';
import { prepareSpans } from '../bench/otlp-spans.mjs';
import { type Instance, newDataDir, removeDataDir, sleep, startInstance, stored, until } from './src/instance.ts';

/** The long form kills 50 times, the short one four times; both at random moments. */
const kills = process.env['BELLWETHER_FULL'] === '1' ? 50 : 4;
const spansPerRequest = 40;
const folders: string[] = [];
afterAll(() => folders.forEach(removeDataDir));

const service = { attributes: [{ key: 'service.name', value: { stringValue: 'ledger' } }] };

const logsBody = (request: number): string =>
  JSON.stringify({
    resourceLogs: [
      {
        resource: service,
        scopeLogs: [
          {
            logRecords: Array.from({ length: 10 }, (_, line) => ({
              timeUnixNano: `${Date.now()}000000`,
              body: { stringValue: `request ${request} line ${line}` },
            })),
          },
        ],
      },
    ],
  });

/** Delta counters: a copy that counted twice would show in the total. Each series has one writer, as OpenTelemetry wants it. */
const metricsBody = (request: number, writer: number): string =>
  JSON.stringify({
    resourceMetrics: [
      {
        resource: service,
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'ledger.test',
                sum: {
                  aggregationTemporality: 1,
                  isMonotonic: true,
                  dataPoints: [0, 1, 2].map(point => ({
                    timeUnixNano: `${Date.now()}000000`,
                    asInt: '1',
                    attributes: [{ key: 'point', value: { stringValue: `${writer}-${request % 5}-${point}` } }],
                  })),
                },
              },
            ],
          },
        ],
      },
    ],
  });

/** Where to send; undefined while nothing runs. */
interface Target {
  otlp: string | undefined;
}

/** Sends requests of three signals, each again and again until it is acknowledged. Returns how many of each were. */
async function send(target: Target, isStopped: () => boolean, seed: number): Promise<number> {
  const prepared = prepareSpans(spansPerRequest, seed);
  const until200 = async (path: string, type: string, body: string | Buffer<ArrayBuffer>): Promise<void> => {
    for (;;) {
      try {
        if (target.otlp !== undefined) {
          const headers = { 'content-type': type };
          const answer = await fetch(`${target.otlp}/v1/${path}`, { method: 'POST', body, headers });
          await answer.arrayBuffer();
          if (answer.status === 200) return;
        }
      } catch {
        // It was killed; the sender keeps what was not acknowledged.
      }
      await sleep(15);
    }
  };
  let requests = 0;
  while (!isStopped()) {
    const serial = seed * 1_000_000 + ++requests;
    await until200('traces', 'application/x-protobuf', Buffer.from(prepared.stamp(serial, Date.now())));
    await until200('logs', 'application/json', logsBody(serial));
    await until200('metrics', 'application/json', metricsBody(serial, seed));
  }
  return requests;
}

const sum = (counts: readonly { readonly items: number }[]): number =>
  counts.reduce((all, { items }) => all + items, 0);

async function settledLedger(instance: Instance): Promise<LedgerAnswer> {
  await instance.flush();
  return until('nothing is pending any more', 60_000, async () => {
    const ledger = ledgerAnswer.parse(await instance.get('/api/bw/v1/ledger'));
    return ledger.rows.length === 3 && ledger.rows.every(({ pending }) => pending === 0) ? ledger : undefined;
  });
}

test(`after kill -9 of everything ${kills} times, with senders that send again: all of it is stored once, and the ledger says exactly that`, async () => {
  const dataDir = newDataDir();
  folders.push(dataDir);
  const target: Target = { otlp: undefined };
  let isStopped = false;
  let acknowledged = 0;
  const isEnough = (): boolean => {
    acknowledged++;
    return isStopped;
  };
  const senders = [1, 2].map(seed => send(target, isEnough, seed));
  for (let kill = 0; kill < kills; kill++) {
    const instance = await startInstance(dataDir);
    target.otlp = instance.otlp;
    await sleep(200 + Math.random() * 1500);
    await instance.killAll();
  }
  const last = await startInstance(dataDir);
  target.otlp = last.otlp;
  // However slow the machine is: more than one between two kills.
  await until('enough was acknowledged', 120_000, () => (acknowledged > kills ? true : undefined));
  isStopped = true;
  const requests = (await Promise.all(senders)).reduce((all, count) => all + count, 0);
  const ledger = await settledLedger(last);
  expect(await last.stop()).toBe(0);

  for (const row of ledger.rows) {
    const { received, stored, pending, duplicate, sampledOut, refused, dropped } = row;
    expect(received).toBe(stored + pending + duplicate + sampledOut + sum(refused) + sum(dropped));
    expect([dropped, refused]).toEqual([[], []]);
  }
  const storedOf = (signal: string): number | undefined => ledger.rows.find(row => row.signal === signal)?.stored;
  const counts = await stored(
    dataDir,
    `SELECT (SELECT count() FROM bellwether.spans) AS spans, (SELECT uniqExact(span_id, trace_id) FROM bellwether.spans) AS different,
       (SELECT count() FROM bellwether.logs) AS logs, (SELECT uniqExact(body) FROM bellwether.logs) AS lines,
       (SELECT countIf(value > 0) FROM bellwether.metric_samples WHERE metric = 'ledger.test') AS samples,
       (SELECT sum(value - if(value < before, 0, before)) FROM
         (SELECT value, lagInFrame(value, 1, 0) OVER (PARTITION BY id ORDER BY ts, value) AS before
          FROM bellwether.metric_samples WHERE metric = 'ledger.test')) AS counted`,
  );
  expect(counts.map(row => Object.fromEntries(Object.entries(row).map(([name, n]) => [name, Number(n)])))).toEqual([
    {
      spans: requests * spansPerRequest,
      different: requests * spansPerRequest,
      logs: requests * 10,
      lines: requests * 10,
      samples: requests * 3,
      counted: requests * 3,
    },
  ]);
  expect([storedOf('traces'), storedOf('logs'), storedOf('metrics')]).toEqual([
    requests * spansPerRequest,
    requests * 10,
    requests * 3,
  ]);
  expect(requests).toBeGreaterThan(kills);
}, 600_000);

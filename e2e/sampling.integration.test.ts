import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledgerAnswer, traceHistogramAnswer } from '@bellwether/model';
import { afterAll, expect, test } from 'vitest';
import { newDataDir, removeDataDir, startInstance, stored, until } from './src/instance.ts';

const dataDir = newDataDir();
afterAll(() => removeDataDir(dataDir));

const traces = 2000;
const requestTraces = 20;

/** The same ids every time: what chance decides is decided once for all runs. */
const id = (text: string, digits: number): string => createHash('sha256').update(text).digest('hex').slice(0, digits);

interface Trace {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly ms: number;
  readonly isError: boolean;
}

/** One in a hundred fails, one in two hundred is slow for its route, and every four hundredth is of an operation that is seldom asked for. */
const sent: readonly Trace[] = Array.from({ length: traces }, (_, number) => ({
  number,
  id: id(`trace ${number}`, 32),
  name: number % 400 === 7 ? `GET /rare/${['a', 'b', 'c', 'd', 'e'][Math.floor(number / 400)] ?? ''}` : 'GET /orders',
  ms: number > 200 && number % 200 === 150 ? 900 : 10 + (number % 10),
  isError: number % 100 === 42,
}));
const isSlow = ({ ms }: Trace): boolean => ms === 900;
const isRare = ({ name }: Trace): boolean => name.startsWith('GET /rare');
const toKeep = sent.filter(trace => trace.isError || isSlow(trace) || isRare(trace));

interface SpanOf {
  readonly part: number;
  readonly kind: number;
  readonly name?: string;
  readonly ms: number;
  readonly code?: number;
}

function span({ number, id: traceId, name }: Trace, { part, kind, name: own = name, ms, code = 0 }: SpanOf): object {
  const start = BigInt(Date.now()) * 1_000_000n;
  return {
    traceId,
    spanId: id(`span ${number} ${part}`, 16),
    ...(part > 1 && { parentSpanId: id(`span ${number} ${part - 1}`, 16) }),
    name: own,
    kind,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(ms) * 1_000_000n),
    status: { code },
  };
}

async function send(url: string, service: string, spans: readonly object[]): Promise<void> {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
  });
  expect([answer.status, await answer.text()]).toEqual([200, '{}']);
}

test('[B5] [W31] of 2,000 traces every failed, slow and rare one is kept whole; counts by weight are true, rates are exact, and the ledger knows', async () => {
  const config = join(dataDir, 'bellwether.yaml');
  writeFileSync(config, 'tailSampling: {share: 0.1, keepRarePerMinute: 1, holdSeconds: 3}\n');
  const instance = await startInstance(dataDir, ['--config', config]);
  const fromMs = Date.now() - 60_000;
  for (let at = 0; at < traces; at += requestTraces) {
    const some = sent.slice(at, at + requestTraces);
    await send(
      instance.otlp,
      'gateway',
      some.flatMap(trace => [
        span(trace, { part: 1, kind: 2, ms: trace.ms }),
        span(trace, { part: 2, kind: 3, name: 'GET', ms: 5 }),
      ]),
    );
    // The error is in a span that another service sends, later.
    const called = some.map(trace =>
      span(trace, { part: 3, kind: 2, name: 'GET /items', ms: 4, code: trace.isError ? 2 : 0 }),
    );
    await send(instance.otlp, 'checkout', called);
  }
  const rows = await until('everything is decided by itself', 60_000, async () => {
    const { rows } = ledgerAnswer.parse(await instance.get('/api/bw/v1/ledger'));
    const isDone = rows.length > 0 && rows.every(({ pending, received }) => pending === 0 && received === traces * 3);
    return isDone ? rows : undefined;
  });
  const [row] = rows;
  const kept = row?.stored ?? 0;
  expect(row).toMatchObject({ received: traces * 3, sampledOut: traces * 3 - kept, refused: [], dropped: [] });

  const range = `from=${fromMs}&to=${Date.now() + 1000}`;
  const counted = traceHistogramAnswer.parse(await instance.get(`/api/bw/v1/traces/histogram?${range}`));
  expect(counted.stored).toBe(kept);
  // Three standard deviations: of traces of three spans a tenth is kept, and stands for ten.
  expect(Math.abs(counted.total - traces * 3)).toBeLessThan(3 * Math.sqrt(traces * 9 * 9));
  const failed = counted.errors.reduce((sum, count) => sum + count, 0);
  expect(failed).toBe(sent.filter(({ isError }) => isError).length);
  expect(await instance.stop()).toBe(0);

  const spans = await stored(
    dataDir,
    `SELECT lower(hex(trace_id)) AS trace, count() AS spans, uniqExact(span_id) AS different, min(weight) AS least, max(weight) AS most
     FROM bellwether.spans GROUP BY trace_id`,
  );
  const byTrace = new Map(spans.map(found => [found['trace'], found]));
  expect(spans.filter(found => Number(found['spans']) !== 3 || Number(found['different']) !== 3)).toEqual([]);
  const isWhole = ({ id }: Trace): boolean => Number(byTrace.get(id)?.['least'] ?? 0) === 1;
  expect(toKeep.filter(trace => !isWhole(trace))).toEqual([]);
  const others = sent.filter(trace => !toKeep.includes(trace));
  const share = others.filter(trace => Number(byTrace.get(trace.id)?.['most'] ?? 0) === 10).length;
  expect(Math.abs(share - others.length / 10)).toBeLessThan(3 * Math.sqrt(others.length * 0.09));
  // Those of ordinary traces that count for themselves were the first of their operation in a minute, or above what was known of it until then.
  expect(others.filter(isWhole).length).toBeLessThan(traces / 50);

  const red = await stored(
    dataDir,
    `SELECT service, operation, toUInt32(sum(count)) AS n, toUInt32(sum(errors)) AS failed, sum(duration_ns) / 1000000 AS ms FROM bellwether.red_minutes
     WHERE operation IN ('GET /orders', 'GET /items') GROUP BY service, operation ORDER BY operation`,
  );
  const orders = sent.filter(({ name }) => name === 'GET /orders');
  expect(red).toEqual([
    { service: 'checkout', operation: 'GET /items', n: traces, failed: failed, ms: traces * 4 },
    {
      service: 'gateway',
      operation: 'GET /orders',
      n: orders.length,
      failed: 0,
      ms: orders.reduce((sum, { ms }) => sum + ms, 0),
    },
  ]);
}, 240_000);

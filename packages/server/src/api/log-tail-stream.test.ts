import { chmod, mkdir } from 'node:fs/promises';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { parseSearch } from '@bellwether/model';
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BlockFile } from '../handover/messages.js';
import type { ReceiverLink } from '../handover/receiver-link.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { serverSideLink } from './receiver-link.test.support.js';
import { scopeOf } from '../store/store.js';
import { streamLogTail } from './log-tail-stream.js';
import { emptyStore } from './sample-store.test.support.js';
import { startApi } from './start-api.js';

let store: ChdbStore;
let dataDir: string;
let url: string;
let close: () => Promise<void>;
const listeners = new Set<(files: readonly BlockFile[]) => Promise<void>>();

beforeAll(async () => {
  const empty = await emptyStore();
  ({ store, dataDir } = empty);
  await mkdir(join(dataDir, 'blocks'), { recursive: true });
  await chmod(join(dataDir, 'blocks'), 0o700);
  const receiver: ReceiverLink = {
    ...serverSideLink(),
    onBlock(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const api = await startApi(
    {
      store,
      receiver,
      listen: { host: '127.0.0.1', port: 0 },
      version: '0.0.0',
      startedAtMs: 0,
      demo: false,
      uiDir: undefined,
      dataDir,
      log: Fastify({ logger: { level: 'error' } }).log,
    },
    new AbortController().signal,
  );
  url = `http://127.0.0.1:${api.port}`;
  close = async () => {
    await api.stop();
    await empty.close();
  };
});

afterAll(() => close());

let blocks = 0;

/** Hands a block of log lines over, as the receiver does, long after the time they say. */
async function arrive(rows: string, resources?: string): Promise<void> {
  blocks += 1;
  const write = async (table: string, sql: string): Promise<BlockFile> => {
    const path = join(dataDir, 'blocks', `${blocks}-${table}.native`);
    await store.command(`INSERT INTO FUNCTION file('${path}', Native) ${sql}`);
    return { table, path, rows: 1, bytes: 0 };
  };
  const files = [await write('logs', rows)];
  if (resources !== undefined) files.push(await write('resources', resources));
  await Promise.all([...listeners].map(listener => listener(files)));
}

const lines = (
  count: number,
  body: string,
  resource = 0,
): string => `SELECT 'default' AS workspace, toDateTime64('2001-01-01 00:00:00', 9, 'UTC') AS ts, toUInt64(number) AS id,
  toFixedString(unhex('${'0'.repeat(32)}'), 16) AS trace_id, toFixedString(unhex('${'0'.repeat(16)}'), 8) AS span_id, toUInt32(0) AS trace_flags, toUInt8(9) AS severity_number,
  toLowCardinality('INFO') AS severity_text, ${body} AS body, toLowCardinality('') AS event_name, toLowCardinality('shop') AS service, toLowCardinality('production') AS environment,
  toLowCardinality('') AS version, toLowCardinality('') AS tenant_id, toLowCardinality('') AS scope_name, toLowCardinality('') AS scope_version, toUInt64(${resource}) AS resource_id,
  CAST(map('n', toString(number)), 'Map(LowCardinality(String), String)') AS attrs, toLowCardinality('i') AS attr_types, today() AS received
FROM numbers(${count})`;

/** Reads events until `wanted` of them came. */
async function events(query: string, wanted: number, meanwhile: () => Promise<void>): Promise<readonly string[]> {
  const gone = new AbortController();
  const response = await fetch(`${url}/api/bw/v1/logs/tail?${query}`, { signal: gone.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const found: string[] = [];
  let text = '';
  const decoder = new TextDecoder();
  const work = meanwhile();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    found.push(...parts.filter(part => part.startsWith('event:')));
    if (found.length >= wanted) break;
  }
  await work;
  gone.abort();
  return found;
}

const listening = async (): Promise<void> => {
  while (listeners.size === 0) await new Promise(resolve => setTimeout(resolve, 5));
};

test('a matching line is shown as its block arrives, whatever its time', async () => {
  const [event = ''] = await events('q=declined', 1, async () => {
    await listening();
    await arrive(lines(2, "'all is well'"));
    await arrive(lines(2, "concat('Card DECLINED ', toString(number))"));
  });
  expect(event.split('\n')[0]).toBe('event: logs');
  const { logs } = JSON.parse(event.slice(event.indexOf('{'))) as { logs: { body: string; timeNs: string }[] };
  expect(logs.map(line => [line.body, line.timeNs])).toEqual([
    ['Card DECLINED 0', '978307200000000000'],
    ['Card DECLINED 1', '978307200000000000'],
  ]);
});

test('a resource that comes with the block is known to the filter', async () => {
  const [event = ''] = await events(`q=${encodeURIComponent('host.name:new-host n:0')}`, 1, async () => {
    await listening();
    await arrive(
      lines(3, "'hello'", 77),
      "SELECT 'default' AS workspace, toUInt64(77) AS id, CAST(map('host.name', 'new-host'), 'Map(LowCardinality(String), String)') AS attrs",
    );
  });
  expect(JSON.parse(event.slice(event.indexOf('{')))).toMatchObject({ logs: [{ body: 'hello' }] });
});

test('more lines than a reader can take are counted, not sent', async () => {
  const [first = '', second = ''] = await events('q=', 2, async () => {
    await listening();
    await arrive(lines(5000, "'noise'"));
  });
  expect((JSON.parse(first.slice(first.indexOf('{'))) as { logs: unknown[] }).logs.length).toBe(2000);
  expect(second).toBe('event: dropped\ndata: {"count":3000}');
});

test('a tail ends with its reader', async () => {
  await events('q=x', 0, async () => undefined).catch(() => undefined);
  for (let i = 0; i < 100 && listeners.size > 0; i += 1) await new Promise(resolve => setTimeout(resolve, 10));
  expect(listeners.size).toBe(0);
});

test('a tail that failed says so once, and nothing is written behind its end while the reader takes its time', async () => {
  const heard = new Set<(files: readonly BlockFile[]) => Promise<void>>();
  const receiver: ReceiverLink = {
    ...serverSideLink(),
    onBlock(listener) {
      heard.add(listener);
      return () => heard.delete(listener);
    },
  };
  // Without a connection nothing that is written ever leaves: the slowest reader there is.
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const faults: Error[] = [];
  response.on('error', fault => faults.push(fault));
  streamLogTail(
    response,
    { store, scope: scopeOf('default'), signal: new AbortController().signal },
    receiver,
    { search: parseSearch('', 'logs'), env: undefined },
    { requestId: 'r1', log: Fastify({ logger: { level: 'silent' } }).log },
  );
  const gone = [{ table: 'logs', path: join(dataDir, 'blocks', 'gone.native'), rows: 1, bytes: 0 }];
  await Promise.all([...heard].flatMap(listener => [listener(gone), listener(gone)]));
  await new Promise(resolve => setImmediate(resolve));
  expect([faults, response.writableEnded, heard.size]).toEqual([[], true, 0]);
  response.emit('close');
});

test('a query that can not be read is refused before the stream begins', async () => {
  const response = await fetch(`${url}/api/bw/v1/logs/tail?q=level:loud`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'bad-query', position: { from: 6, to: 10 } } });
});

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiveAndStore, type StoredHere } from './stored-here.test-support.js';

/** `../shared/suites` beside the project's root. */
const suites = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites');
})();

interface Recorded {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The requests of a recording, as their client sent them. */
function recorded(file: string): readonly Recorded[] {
  return readFileSync(join(suites, 'client-captures', file), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const { url, h, body, b64 } = JSON.parse(line);
      const { 'content-type': type, 'x-scope-orgid': workspace } = h;
      return {
        url,
        headers: { 'content-type': type, ...(workspace && { 'x-scope-orgid': workspace }) },
        body: body === undefined ? Buffer.from(b64, 'base64') : Buffer.from(body),
      };
    });
}

let here: StoredHere;
beforeAll(async () => {
  here = await receiveAndStore();
}, 30_000);
afterAll(() => here.close());

async function replay(file: string): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const { url, headers, body } of recorded(file)) {
    const answer = await fetch(here.url + url, { method: 'POST', headers, body });
    statuses.push(answer.status);
  }
  return statuses;
}

const isSource = (name: string): boolean => /^(service|os|host|process|telemetry)\./.test(name);

test('[B8] the recorded request of exporter-zipkin 3 is stored as it was meant', async () => {
  expect(await replay('zip.jsonl')).toEqual([202]);
  const sent = JSON.parse(recorded('zip.jsonl')[0]?.body.toString() ?? '[]')[0];
  const tags = Object.entries<string>(sent.tags);
  expect(await here.spans()).toEqual([
    {
      ts: `${sent.timestamp}000`,
      duration_ns: `${sent.duration}000`,
      trace_id: sent.traceId,
      span_id: sent.id,
      parent_span_id: '0'.repeat(16),
      trace_state: '',
      service: 'shop',
      version: '',
      name: 'op',
      kind: 3,
      status_code: 0,
      status_message: '',
      scope_name: '',
      scope_version: '',
      attributes: [['a', 's', '1']],
      resource: tags
        .filter(([name]) => isSource(name))
        .map(([name, value]) => [name, name === 'process.pid' ? 'i' : 's', value])
        .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      events: [{ t: `${sent.annotations[0].timestamp}000`, n: 'ev', a: [] }],
      links: [],
    },
  ]);
});

const line = (ts: string, level: string, body: string, attributes: readonly (readonly string[])[]): object => ({
  ts,
  trace_id: '0'.repeat(32),
  span_id: '0'.repeat(16),
  trace_flags: 0,
  severity_number: level === 'info' ? 9 : 17,
  severity_text: level,
  body,
  event_name: '',
  service: 'shop',
  version: '',
  scope_name: '',
  scope_version: '',
  attributes,
  resource: [['service.name', 's', 'shop']],
});

test('[J6] [B8] the recorded requests of winston-loki, JSON and snappy protobuf, are stored as they were meant', async () => {
  expect(await replay('loki.jsonl')).toEqual([204, 204]);
  const hello = 'hello loki {"k":1,"level":"info"}';
  const bad = 'bad {"level":"error"}';
  const rows = (await here.logs('t1')).map(row => JSON.stringify(row)).toSorted();
  const expected = [
    line('1795235881479000000', 'info', hello, [
      ['route', 's', '/x'],
      ['k', 's', '1'],
    ]),
    line('1795235881480000000', 'error', bad, []),
    line('1795235881517000000', 'info', hello, [['route', 's', '/x']]),
    line('1795235881517000000', 'error', bad, []),
  ];
  expect(rows.map(row => JSON.parse(row))).toEqual(expect.arrayContaining(expected));
  expect(rows).toHaveLength(4);
});

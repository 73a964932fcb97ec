import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytes, int } from '../decode/protobuf.test-support.js';
import { snappy } from '../decode/snappy.test-support.js';
import { receiveAndStore, runClient, type StoredHere } from './stored-here.test-support.js';

let here: StoredHere;
beforeAll(async () => {
  here = await receiveAndStore();
}, 30_000);
afterAll(() => here.close());

const plain = {
  trace_flags: 0,
  event_name: '',
  version: '',
  scope_name: '',
  scope_version: '',
  trace_id: '0'.repeat(32),
  span_id: '0'.repeat(16),
};

test.each(['json', 'protobuf'])(
  '[J6] [B8] winston-loki’s lines, as %s, are stored as they were meant',
  async encoding => {
    await runClient('loki.mjs', here.url, encoding);
    const service = `shop-${encoding}`;
    const rows = (await here.logs('winston')).filter(row => Object(row).service === service);
    const resource = [
      ['deployment.environment.name', 's', 'production'],
      ['service.name', 's', service],
    ];
    // In protobuf winston-loki leaves structured metadata out; what the line ends with has it.
    const metadata = (...attributes: readonly (readonly string[])[]): unknown =>
      encoding === 'json' ? attributes : [];
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(
      expect.arrayContaining([
        {
          ...plain,
          ts: '1790000000123000000',
          severity_number: 9,
          severity_text: 'info',
          body: 'order placed {"order":17,"level":"info"}',
          service,
          attributes: [['route', 's', '/orders'], ...Object(metadata(['order', 's', '17']))],
          resource,
        },
        {
          ...plain,
          ts: '1790000001000000000',
          trace_id: '5b8efff798038103d269b633813fc60c',
          severity_number: 17,
          severity_text: 'error',
          body: 'it “failed”\n\nDROP TABLE logs {"trace_id":"5b8efff798038103d269b633813fc60c","level":"error"}',
          service,
          attributes: [],
          resource,
        },
      ]),
    );
  },
);

const post = (
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  path = '/loki/api/v1/push',
): Promise<Response> =>
  fetch(here.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scope-orgid': 'hand', ...headers },
    body,
  });

const push = (line: string): string =>
  JSON.stringify({ streams: [{ stream: { service_name: 'hand' }, values: [['1790000000000000001', line]] }] });

test('a batch that is sent again is kept once; gzip and the older path are understood', async () => {
  const answers = [
    await post(push('once')),
    await post(push('once')),
    await post(gzipSync(push('packed')), { 'content-encoding': 'gzip' }),
    await post(push('older path'), {}, '/api/prom/push'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
  const lines = (await here.logs('hand')).map(row => String(Object(row).body));
  expect(lines.toSorted()).toEqual(['older path', 'once', 'packed']);
});

const entry = (line: string): Buffer => bytes(2, bytes(1, int(1, 1_790_000_000)), bytes(2, line));
const request = (line: string): Buffer => snappy(bytes(1, bytes(1, '{app="hand"}'), entry(line)));

test('protobuf says that it is snappy in a header, or does not; both are understood', async () => {
  const type = { 'content-type': 'application/x-protobuf' };
  const answers = [
    await post(request('with the header'), { ...type, 'content-encoding': 'snappy' }),
    await post(request('without it'), type),
  ];
  expect(answers.map(({ status }) => status)).toEqual([204, 204]);
  const lines = (await here.logs('hand')).map(row => String(Object(row).body));
  expect(lines).toEqual(expect.arrayContaining(['with the header', 'without it']));
});

test.each([
  ['{"streams":[{"stream":{},"values":[["soon","x"]]}]}', {}, 400, 'an entry is not ["<nanoseconds'],
  ['{', {}, 400, 'the body is not JSON'],
  ['no snappy', { 'content-type': 'application/x-protobuf' }, 400, 'not in snappy’s block format'],
  ['a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'Send application/json'],
] as const)('%j is answered with a line that says what to do', async (body, headers, status, says) => {
  const answer = await post(body, headers);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/plain; charset=utf-8']);
  expect(await answer.text()).toContain(says);
});

test('snappy that unpacks to more than a body may have is refused before it is unpacked', async () => {
  const bomb = snappy(Buffer.alloc(65 << 20));
  const answer = await post(bomb, { 'content-type': 'application/x-protobuf' });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('raise ingest.maxBodyBytes')]);
});

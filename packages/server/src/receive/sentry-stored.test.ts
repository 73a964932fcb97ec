import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiveAndStore, type StoredHere } from './stored-here.test-support.js';

let here: StoredHere;
beforeAll(async () => {
  here = await receiveAndStore();
});
afterAll(() => here.close());

const traceId = '90029cbc815e49f9840474f02b8eaa23';
const spanId = '9b0436fff670df84';

async function send(
  workspace: string,
  items: readonly (readonly [object, object])[],
  header: object = {},
): Promise<void> {
  const lines = [header, ...items.flat()].map(line => JSON.stringify(line));
  const answer = await fetch(`${here.url}/api/42/envelope/`, {
    method: 'POST',
    headers: { 'x-scope-orgid': workspace },
    body: lines.join('\n'),
  });
  expect(answer.status).toBe(200);
}

/** Every item that has texts, with `text` in each of them. */
const everywhere = (text: string): readonly (readonly [object, object])[] => {
  const nowS = Date.now() / 1000;
  const tree = { [text]: text, list: [text, { [text]: text }] };
  const common = {
    release: text,
    environment: text,
    server_name: text,
    dist: text,
    platform: text,
    tags: { [text]: text },
    user: { id: text, email: text, username: text, [text]: text },
    request: { url: text, method: text, headers: { [text]: text }, query_string: text, data: tree },
    contexts: {
      trace: { trace_id: traceId, span_id: spanId, op: text, data: tree },
      [text]: tree,
      runtime: { name: text },
    },
    extra: tree,
    breadcrumbs: [{ message: text, category: text, data: tree }],
    sdk: { name: text, version: text },
    transaction: text,
    timestamp: nowS,
    start_timestamp: nowS - 1,
  };
  const typed = { [text]: { value: text, type: 'string' } };
  const exception = [
    { type: text, value: text, module: text, stacktrace: { frames: [{ function: text, filename: text, vars: tree }] } },
  ];
  const ids = { trace_id: traceId, span_id: spanId };
  return [
    [{ type: 'event' }, { ...common, exception, logger: text, culprit: text, fingerprint: [text], level: text }],
    [{ type: 'event' }, { ...common, message: text }],
    [
      { type: 'transaction' },
      {
        ...common,
        measurements: { [text]: { value: 1, unit: text } },
        spans: [
          { ...ids, start_timestamp: nowS, timestamp: nowS, op: text, description: text, status: text, data: tree },
        ],
      },
    ],
    [
      { type: 'span' },
      { items: [{ ...ids, start_timestamp: nowS, end_timestamp: nowS, name: text, status: text, attributes: typed }] },
    ],
    [{ type: 'log' }, { items: [{ body: text, level: text, timestamp: nowS, attributes: typed }] }],
    [
      { type: 'trace_metric' },
      { items: [{ name: text, type: 'counter', value: 1, unit: text, timestamp: nowS, attributes: typed }] },
    ],
    [{ type: 'check_in' }, { monitor_slug: text, status: text, check_in_id: text, monitor_config: tree }],
    [{ type: 'feedback' }, { ...common, contexts: { feedback: { message: text, name: text, contact_email: text } } }],
    [{ type: 'client_report' }, { discarded_events: [{ reason: text, category: text, quantity: 1 }] }],
    [{ type: 'attachment', filename: text, content_type: text, attachment_type: text }, {}],
    [{ type: text }, {}],
  ];
};

test('SQL in any text of any item is text', async () => {
  const text = `x'); \n\nDROP TABLE logs; -- " \` \\ {a:b}`;
  await send('hostile', everywhere(text));
  const logs = await here.logs('hostile');
  expect(logs.map(row => Object(row).body)).toEqual(expect.arrayContaining([text]));
  expect([logs.length, (await here.spans('hostile')).length]).toEqual([5, 3]);
  const points = (await here.points('hostile')).map(row => Object(row).metric);
  expect(points).toEqual(expect.arrayContaining([text, 'sentry.client_report.discarded']));
  const files = await here.rows(`SELECT kind, name FROM raw_files WHERE workspace = 'hostile' ORDER BY kind`);
  expect(files).toEqual([
    { kind: 'attachment', name: text },
    { kind: `sentry.${text}`, name: '' },
  ]);
});

test('[Q2] [W15] secrets are not stored, wherever a Sentry event carries them', async () => {
  const secret = 'hunter2-s3cr3t-9f8e7d';
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
  await send('secrets', [
    [
      { type: 'event' },
      {
        exception: [
          {
            type: 'Error',
            value: `password=${secret} was refused`,
            stacktrace: { frames: [{ function: 'login', vars: { password: secret, token: jwt, user: 'ann' } }] },
          },
        ],
        request: {
          url: `https://shop.example/login?token=${secret}&page=2`,
          query_string: `api_key=${secret}`,
          headers: { Authorization: `Bearer ${jwt}`, Cookie: `session=${secret}` },
          cookies: { session: secret },
          data: { username: 'ann', password: secret },
        },
        extra: { api_key: secret, nested: { client_secret: secret } },
        contexts: { login: { password: secret, attempt: 3 } },
        tags: { access_token: secret },
        user: { id: 'u1', data: { password: secret } },
        breadcrumbs: [
          { message: `Authorization: Bearer ${jwt}`, data: { password: secret, url: `/x?token=${secret}` } },
        ],
      },
    ],
  ]);
  const [log] = await here.logs('secrets');
  const stored = JSON.stringify(log);
  expect(stored.split(secret).length - 1).toBe(0);
  expect(stored).not.toContain(jwt);
  expect(stored).toContain('"login.attempt"');
  expect(stored).toContain('page=2');
});

import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { receiveAndStore, runClient, type StoredHere } from './stored-here.test-support.js';

/** The DSN's public key is the ingest key; SDKs take letters and digits only. */
const key = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const sdks = [
  { module: 'sentry-node-10', version: '10.78.0', workspace: 'ten' },
  { module: '@sentry/node', version: '11.11.0', workspace: 'eleven' },
];

let here: StoredHere;
beforeAll(async () => {
  here = await receiveAndStore({
    keys: sdks.map(({ workspace }) => ({ name: workspace, workspace, sha256: sha256(key + workspace) })),
  });
}, 30_000);
afterAll(() => here.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Row {
  readonly ts: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly attributes: readonly (readonly [key: string, type: string, text: string])[];
  readonly resource: readonly (readonly [key: string, type: string, text: string])[];
}

const attributesOf = ({ attributes }: Row): Record<string, string> =>
  Object.fromEntries(attributes.map(([name, , text]) => [name, text]));

const resourceOf = ({ resource }: Row): Record<string, string> =>
  Object.fromEntries(resource.map(([name, , text]) => [name, text]));

describe.each(sdks)('@sentry/node $version', ({ module, version, workspace }) => {
  const dsn = (): string => `${here.url.replace('http://', `http://${key}${workspace}@`)}/42`;
  const run = async (what: string): Promise<Record<string, string>> =>
    JSON.parse(await runClient('sentry.mjs', module, dsn(), what));
  // The statements of the support file name these columns.
  const logs = async (): Promise<readonly Row[]> => (await here.logs(workspace)) as readonly Row[];
  const spans = async (): Promise<readonly Row[]> => (await here.spans(workspace)) as readonly Row[];
  const withEventId = async (id: string | undefined): Promise<Row> => {
    const found = (await logs()).filter(row => attributesOf(row)['sentry.event_id'] === id);
    if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} records of event ${id}`);
    return found[0];
  };

  const shop = {
    'deployment.environment.name': 'production',
    'sentry.project': '42',
    'sentry.release': 'shop@1.2.3',
    'service.name': 'shop',
    'service.version': '1.2.3',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'sentry.javascript.node',
    'telemetry.sdk.version': version,
  };
  const process10 = {
    'host.name': 'shop-1',
    'os.name': expect.any(String),
    'os.version': expect.any(String),
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'sentry.dist': 'd7',
  };

  test('[I1] [I2] [I3] [I4] [I5] [I7] [I8] [I11] [B8] exceptions and messages arrive with all that was said of them', async () => {
    const made = await run('errors');
    const exception = await withEventId(made.exception);
    expect(exception).toMatchObject({
      event_name: 'exception',
      severity_number: 17,
      severity_text: 'error',
      body: 'the order is not complete',
      service: 'shop',
      version: '1.2.3',
      trace_id: expect.stringMatching(/^(?!0+$)[0-9a-f]{32}$/),
    });
    expect(resourceOf(exception)).toMatchObject({ ...shop, ...process10 });
    const attributes = attributesOf(exception);
    expect(attributes).toMatchObject({
      'exception.type': 'TypeError',
      'exception.message': 'the order is not complete',
      'sentry.mechanism.type': 'generic',
      'sentry.mechanism.handled': 'true',
      'sentry.fingerprint': '["checkout","declined"]',
      'sentry.transaction': 'POST /orders/:id',
      'user.id': 'u-17',
      'user.name': 'ann',
      'user.plan': 'pro',
      'tenant.id': 'acme',
      area: 'checkout',
      'payment.provider': 'stripe',
      'payment.amount': '1299',
      'payment.currency': 'EUR',
      'payment.state': 'declined',
      'sentry.extra.cart': '{"items":3}',
    });
    expect(exception.attributes.find(([name]) => name === 'payment.amount')?.[1]).toBe('i');
    const stack = attributes['exception.stacktrace']?.split('\n') ?? [];
    expect(stack[0]).toBe('TypeError: the order is not complete');
    expect(stack[1]).toMatch(/^ {4}at .*sentry\.mjs:\d+:\d+\)?$/);
    expect(stack).toContain('Caused by: Error: no card');
    expect(JSON.parse(attributes['sentry.exception'] ?? '').map((value: { type: string }) => value.type)).toEqual([
      'Error',
      'TypeError',
    ]);
    expect(JSON.parse(attributes['sentry.breadcrumbs'] ?? '')).toMatchObject([
      { category: 'cart', message: 'added sku-1', level: 'info', data: { sku: 'sku-1' } },
      { category: 'console', message: 'stock is low', level: 'warning' },
    ]);

    const message = await withEventId(made.message);
    expect(message).toMatchObject({
      event_name: 'message',
      severity_number: 13,
      severity_text: 'warning',
      body: 'disk is nearly full\n\nDROP TABLE logs',
    });
    expect(attributesOf(message)['exception.type']).toBeUndefined();
    expect(attributesOf(message)['exception.stacktrace']).toMatch(/\n {4}at .*sentry\.mjs:\d+/);
  });

  test('an attachment is kept as it came, beside its event', async () => {
    const made = await run('errors');
    const event = await withEventId(made.withAttachment);
    const files = await here.rows(
      `SELECT kind, name, content_type, service, environment, version, lower(hex(trace_id)) AS trace, attrs, data FROM raw_files
       WHERE workspace = '${workspace}' AND attrs['sentry.event_id'] = '${made.withAttachment}'`,
    );
    expect(files).toEqual([
      {
        kind: 'attachment',
        name: 'state.json',
        content_type: 'application/json',
        service: 'shop',
        environment: 'production',
        version: '1.2.3',
        trace: event.trace_id,
        attrs: {
          'sentry.event_id': made.withAttachment,
          'sentry.project': '42',
          'sentry.item_type': 'attachment',
        },
        data: '{"a":1}',
      },
    ]);
  });

  test('[B8] a tree of spans is one trace, by OpenTelemetry’s names, and an exception inside it belongs to its span', async () => {
    const made = await run('spans');
    const trace = (await spans()).filter(row => row.trace_id === made.traceId);
    const spanNamed = (...wanted: readonly unknown[]): Row & Record<string, unknown> => {
      const found = trace.find(row => wanted.includes(row.span_id) || wanted.includes(Object(row).name));
      if (found === undefined) throw new Error(`no span ${wanted.join()}`);
      return Object(found);
    };
    const root = spanNamed(made.rootId);
    expect(root).toMatchObject({
      name: 'POST /orders/:id',
      kind: 2,
      status_code: 0,
      parent_span_id: '0'.repeat(16),
      service: 'shop',
      version: '1.2.3',
    });
    expect(resourceOf(root)).toMatchObject(shop);
    expect(attributesOf(root)).toMatchObject({
      'sentry.op': 'http.server',
      'http.route': '/orders/:id',
      'order.total': '12.5',
      'sentry.sample_rate': '1',
    });

    const statement = spanNamed(made.dbId);
    expect(statement).toMatchObject({
      name: 'SELECT orders',
      kind: 3,
      parent_span_id: made.rootId,
      links: [{ t: made.traceId, s: made.rootId }],
    });
    expect(attributesOf(statement)).toMatchObject({
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
      'db.query.text': 'SELECT * FROM orders WHERE customer = ?',
    });

    expect(spanNamed('orders')).toMatchObject({ kind: 4, parent_span_id: made.rootId });
    expect(spanNamed(made.failedId)).toMatchObject({ kind: 1, status_code: 2, status_message: 'internal_error' });

    const call = spanNamed('GET 127.0.0.1');
    expect(call).toMatchObject({ kind: 3, parent_span_id: made.rootId });
    expect(attributesOf(call)).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': '200',
      'url.full': expect.stringMatching(/\/stock\?sku=1$/),
      'server.address': '127.0.0.1',
    });
    const served = trace.find(row => Object(row).parent_span_id === call.span_id);
    expect(served).toMatchObject({ kind: 2, service: 'shop' });

    for (const row of trace) {
      // Microseconds and finer, as the SDK measured them.
      expect(Number(Object(row).duration_ns)).toBeGreaterThan(0);
      expect(Number(row.ts) / 1e6).toBeGreaterThan(Date.now() - 60_000);
    }
    const exception = await withEventId(made.inTrace);
    expect([exception.trace_id, exception.span_id]).toEqual([made.traceId, made.activeId]);
  });

  test('[W47] logs, metrics, check-ins and feedback arrive as what they are; a log is no exception', async () => {
    const made = await run('others');
    const rows = await logs();
    const find = (body: string): Row => {
      const found = rows.find(row => Object(row).body === body);
      if (found === undefined) throw new Error(`no record "${body}"`);
      return found;
    };
    const placed = find('order placed');
    expect(placed).toMatchObject({ event_name: '', severity_number: 9, severity_text: 'info', service: 'shop' });
    expect(resourceOf(placed)).toEqual({ ...shop, 'host.name': 'shop-1' });
    expect(placed.attributes).toEqual(
      expect.arrayContaining([
        ['order', 'i', '17'],
        ['total', 'd', '12.5'],
        ['paid', 'b', 'true'],
      ]),
    );
    const failed = find('payment of ann failed');
    expect(failed).toMatchObject({ event_name: '', severity_number: 17 });
    expect(attributesOf(failed)).toMatchObject({
      'sentry.message.template': 'payment of %s failed',
      'sentry.message.parameter.0': 'ann',
    });

    expect(find('nightly: in_progress')).toMatchObject({ event_name: 'sentry.check_in', severity_number: 9 });
    const checkIn = find('nightly: error');
    expect(checkIn).toMatchObject({ event_name: 'sentry.check_in', severity_number: 17 });
    expect(attributesOf(checkIn)).toEqual({
      'sentry.monitor.slug': 'nightly',
      'sentry.check_in.status': 'error',
      'sentry.check_in.id': made.checkIn,
      'sentry.check_in.duration_s': '1.25',
    });
    const feedback = find('it is slow');
    expect(feedback).toMatchObject({ event_name: 'user.feedback', severity_number: 9 });
    expect(attributesOf(feedback)).toHaveProperty(['user.full_name']);

    const points = await here.points(workspace);
    // Deltas are added up on arrival: the newest point has all of them.
    const metric = (name: string): Record<string, unknown> => {
      const found = points.filter(row => Object(row).metric === name).map(row => Object(row));
      return found.sort((a, b) => Number(a.ms) - Number(b.ms)).at(-1);
    };
    expect(metric('orders.placed')).toMatchObject({
      type: 'sum',
      temporality: 'cumulative',
      monotonic: true,
      service: 'shop',
      point: '5',
      attributes: [['plan', 'pro']],
    });
    expect(metric('queue.depth')).toMatchObject({ type: 'gauge', point: '7', attributes: [['queue', 'mail']] });
    const { point, unit, type } = Object(metric('checkout.time'));
    expect([type, unit]).toEqual(['exponential_histogram', 'ms']);
    // Count, sum, smallest and largest.
    expect(point.slice(1, 5)).toEqual(['3', '70', '10', '40']);
  });

  test('[I6] what the SDK was told to leave out does not arrive, and is counted with its reason', async () => {
    const made = await run('filtered');
    await withEventId(made.kept);
    expect((await logs()).filter(row => String(Object(row).body).startsWith('not valid'))).toEqual([]);
    const discarded = (await here.points(workspace))
      .map(row => Object(row))
      .filter(({ metric, attributes }) => {
        return metric === 'sentry.client_report.discarded' && JSON.stringify(attributes).includes('"error"');
      });
    expect(discarded.map(({ point }) => point)).toContain('2');
    expect(discarded[0]).toMatchObject({ type: 'sum', monotonic: true, unit: '{item}' });
  });

  test('[I1] rejections that nobody handles, errors in workers and those that end the process arrive', async () => {
    await run('rejection');
    await run('worker');
    const client = fileURLToPath(new URL('test-support/clients/sentry.mjs', import.meta.url));
    const died = promisify(execFile)(process.execPath, [client, module, dsn(), 'throw'], { timeout: 20_000 });
    await expect(died).rejects.toMatchObject({ code: 1 });
    const rows = await logs();
    const unhandled = rows.filter(row => attributesOf(row)['sentry.mechanism.handled'] === 'false');
    expect(unhandled.map(row => [Object(row).body, attributesOf(row)['sentry.mechanism.type']]).sort()).toEqual([
      ['nobody caught me', expect.stringContaining('onunhandledrejection')],
      ['thrown from a timer', expect.stringContaining('onuncaughtexception')],
      ['thrown in a worker', expect.stringContaining('worker_thread')],
    ]);
    expect(unhandled.find(row => Object(row).body === 'thrown from a timer')).toMatchObject({ severity_number: 21 });
    const crashed = (await here.points(workspace)).filter(
      row => Object(row).metric === 'sentry.sessions' && JSON.stringify(Object(row).attributes).includes('crashed'),
    );
    expect(crashed.length).toBeGreaterThan(0);
  });
});

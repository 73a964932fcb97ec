import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('pino'))(
  '[J1][J3][J8][J9][W16][W47] the pino preset: ISO times, ids of trace, tenant and request, no secrets, levels at run time, one error ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({ LOG_LEVEL: 'info,mail=warn' });
    expect(JSON.parse((await app.get('/')).body)).toEqual({ shop: 'info', db: 'info', mail: 'warn' });
    expect(JSON.parse((await app.get('/level')).body)).toMatchObject({ db: 'debug' });
    await app.stop();
    const [root] = sink.spans.filter(span => span.kind === 2);
    const lines = app.output.stdout
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line));
    expect(lines[0]).toMatchObject({
      level: 'info',
      name: 'shop',
      msg: 'order paid',
      duration_ms: 12,
      password: '[redacted]',
      user: { token: '[redacted]' },
      customer: { iban: '[redacted]' },
      trace_id: root?.traceId,
      tenant_id: 'acme',
      request_id: 'r-1',
    });
    expect(lines[0].time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(lines.filter(line => line.msg === 'rows read')).toHaveLength(1);
    const paid = sink.logs.find(log => log.body === 'order paid');
    expect(paid?.attributes).toMatchObject({
      duration_ms: 12,
      password: '[redacted]',
      'tenant.id': 'acme',
      'request.id': 'r-1',
    });
    const errors = sink.logs.filter(log => log.severity === 17);
    expect(errors.filter(log => log.attributes['exception.type'] !== undefined)).toHaveLength(2);
    expect(new Set(errors.map(log => log.attributes['sentry.event_id'])).size).toBe(2);
    // The report's source context is the application's own text.
    const told = sink.logs.filter(log => log.eventName !== 'exception').map(log => [log.body, log.attributes]);
    expect(JSON.stringify(told)).not.toMatch(/hunter2|abcdefgh|DE00/);
  },
);

test.each(matrixCases('pino').filter(({ form, set }) => form === 'esm' && set === 'current'))(
  '[J2] for people, a line has time, level, name and message ($name)',
  async one => {
    const { start } = await openCase(one);
    const app = await start({ LOG_FORMAT: 'pretty' });
    await app.get('/');
    await app.stop();
    expect(app.output.stdout).toMatch(/^\S+Z \| INFO {2}\| shop \| order paid \{.*"duration_ms":12/m);
  },
);

test.each(matrixCases('pino').filter(({ form, set }) => form === 'esm' && set === 'current'))(
  '[J5] a request has one line with method, path, status and duration, and no values of its query ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({ BELLWETHER_REQUEST_EVENTS: 'true' });
    await app.get('/?email=a%40b.example&page=2');
    await app.stop();
    const line = sink.logs.find(log => log.eventName === 'http.request');
    expect(line?.attributes).toMatchObject({
      'http.request.method': 'GET',
      'url.path': '/',
      'http.response.status_code': 200,
      'url.query': 'email=REDACTED&page=REDACTED',
    });
    expect(line?.attributes['duration_ms']).toBeGreaterThan(0);
    expect(line?.traceId).toBe(sink.spans[0]?.traceId);
  },
);

test.each(matrixCases('pino').filter(({ form, set }) => form === 'esm' && set === 'current'))(
  '[J1][J8] the console is captured when it is asked for, and only then ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const silent = await start({}, 'console');
    await silent.get('/');
    await silent.stop();
    expect(sink.logs.filter(log => log.severity >= 13)).toEqual([]);
    const app = await start({ BELLWETHER_CAPTURE_CONSOLE: 'true' }, 'console');
    await app.get('/');
    await app.stop();
    const bodies = sink.logs.filter(log => log.eventName === '').map(log => log.body);
    expect(bodies).toEqual([
      expect.stringContaining('port '),
      'paid 12 with Bearer [redacted]',
      'nearly empty { left: 2 }',
      'could not ship RangeError: out of stock',
    ]);
    expect(sink.logs.filter(log => log.eventName === 'exception').map(log => log.body)).toEqual(['out of stock']);
  },
);

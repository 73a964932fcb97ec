import { context, createContextKey } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bellwether, start } from '../start.js';
import type { SeenLog } from '../test-support/otlp.js';
import { type Sink, startSink } from '../test-support/sink.js';
import { addBreadcrumb } from './breadcrumbs.js';
import { captureException } from './capture-exception.js';
import { captureMessage } from './capture-message.js';
import { withScope } from './scope-with.js';
import { setContext } from './set-context.js';
import { setExtra } from './set-extra.js';
import { setRequestId } from './set-request-id.js';
import { setTag, setTags } from './set-tag.js';
import { setTenant } from './set-tenant.js';
import { setUser } from './set-user.js';
import { traced } from './traced.js';

class ValidationError extends Error {
  override readonly name = 'ValidationError';
}
class HttpException extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`answered ${status}`);
    this.status = status;
  }
}

let sink: Sink;
let sdk: Bellwether;

beforeAll(async () => {
  sink = await startSink();
  sdk = start({
    url: sink.url,
    service: 'errors',
    sourceContext: false,
    // A stalled loop starts a thread of the built package, which there is not beside these sources: on a busy machine that is a fault of its own.
    disable: ['undici', 'http-client', 'http-server', 'uncaught', 'event-loop-stalls'],
    ignoreErrors: ['ValidationError', 'HttpException', /^ECONNRESET/, { type: 'Flaky', message: 'again' }],
    contextMembers: { payment: ['provider', 'amount', 'currency', 'state'] },
    beforeSend: event => {
      if (event.message === 'hook throws') throw new Error('the hook is broken');
      if (event.tags['drop'] === true) return undefined;
      if (event.user !== undefined) event.user = { ...event.user, email: '[hidden]' };
      return event;
    },
  });
});
afterAll(async () => {
  await sdk.shutdown();
  await sink.close();
});

async function record(id: string | undefined): Promise<SeenLog> {
  await sdk.flush();
  const found = sink.logs.find(log => log.attributes['sentry.event_id'] === id);
  if (id === undefined || found === undefined) throw new Error(`no record ${id}`);
  return found;
}

const json = (log: SeenLog, name: string): unknown => JSON.parse(String(log.attributes[name]));

test('[I1][I2] an error is a log record of its span: type, message, stack, who it happened to', async () => {
  const error = new TypeError('no such card');
  const id = traced('pay', () =>
    captureException(error, { user: { id: 'u-7' }, tenant: 'acme', contexts: { cart: { items: 2 } } }),
  )();
  expect(id).toMatch(/^[\da-f]{32}$/);
  const log = await record(id);
  const span = sink.spans.find(each => each.name === 'pay');
  expect(log).toMatchObject({
    eventName: 'exception',
    severity: 17,
    severityText: 'ERROR',
    body: 'no such card',
    traceId: span?.traceId,
    spanId: span?.spanId,
    attributes: {
      'exception.type': 'TypeError',
      'exception.message': 'no such card',
      'user.id': 'u-7',
      'tenant.id': 'acme',
      'cart.items': 2,
      'sentry.mechanism.handled': true,
    },
  });
  expect(log.attributes['exception.stacktrace']).toMatch(
    /^TypeError: no such card\n {4}at .*capture-exception\.test\.ts:/,
  );
  const [thrown] = json(log, 'sentry.exception') as {
    stacktrace: { frames: { in_app: boolean; filename: string }[] };
  }[];
  expect(thrown?.stacktrace.frames.at(-1)).toMatchObject({ in_app: true, filename: import.meta.filename });
});

test('the same object is reported once, and has the same id wherever it is caught again', async () => {
  const error = new Error('once');
  const first = captureException(error);
  expect(captureException(error)).toBe(first);
  await sdk.flush();
  expect(sink.logs.filter(log => log.body === 'once')).toHaveLength(1);
  expect(sdk.report().errors.dropped['duplicate']).toBe(1);
});

test('causes and members of an aggregate go with it, the thrown one last', async () => {
  const cause = new RangeError('pool is empty', { cause: 'no connections' });
  const error = new AggregateError([new TypeError('a'), new Error('b', { cause })], 'all failed');
  const log = await record(captureException(error));
  const list = json(log, 'sentry.exception') as { type: string; value: string; mechanism: Record<string, unknown> }[];
  expect(list.map(each => [each.type, each.value, each.mechanism['source']])).toEqual([
    ['string', 'no connections', 'cause'],
    ['RangeError', 'pool is empty', 'cause'],
    ['Error', 'b', 'errors[1]'],
    ['TypeError', 'a', 'errors[0]'],
    ['AggregateError', 'all failed', undefined],
  ]);
  expect(list.at(-1)?.mechanism).toMatchObject({ exception_id: 0, is_exception_group: true });
  expect(log.attributes['exception.stacktrace']).toContain('\nCaused by: RangeError: pool is empty\n    at ');
});

test.each([['a text'], [{ code: 'E1' }], [undefined], [null], [Symbol('x')], [10n], [Object.create(null)]])(
  'anything can be thrown: %o',
  async thrown => {
    const log = await record(captureException(thrown));
    expect([log.eventName, typeof log.attributes['exception.type']]).toEqual(['exception', 'string']);
  },
);

test('an error whose members throw when read is reported all the same', async () => {
  const error = new Error('thorny');
  for (const name of ['stack', 'cause', 'status', 'name']) {
    Object.defineProperty(error, name, {
      get: () => {
        throw new Error('do not look');
      },
    });
  }
  expect((await record(captureException(error))).body).toBe('thorny');
});

test('[I3] a message is a record with its level and all that is known', async () => {
  const id = traced('check', () => captureMessage('stock is low', 'warning', { extra: { left: 3 } }))();
  expect(await record(id)).toMatchObject({
    eventName: 'message',
    severity: 13,
    severityText: 'WARNING',
    body: 'stock is low',
    attributes: { 'sentry.extra.left': 3 },
  });
});

test('[I4][I5] tags, user, contexts, extras and breadcrumbs go with the error; spans know the user and the request', async () => {
  const id = traced('checkout', () => {
    setTenant('acme');
    setUser({ id: 42, email: 'ann@example.com' });
    setRequestId('req-1');
    setTag('payment_provider', 'x');
    setContext('order', { id: 'o-1', lines: [{ sku: 'a' }] });
    setExtra('state', 'failed');
    addBreadcrumb({ message: 'cart read', category: 'cart', data: { items: 2 } });
    addBreadcrumb('card checked');
    return captureException(new Error('declined'));
  })();
  const log = await record(id);
  expect(log.attributes).toMatchObject({
    'tenant.id': 'acme',
    'user.id': '42',
    'user.email': '[hidden]',
    'request.id': 'req-1',
    payment_provider: 'x',
    'order.id': 'o-1',
    'sentry.extra.state': 'failed',
  });
  const crumbs = json(log, 'sentry.breadcrumbs') as Record<string, unknown>[];
  expect(crumbs).toMatchObject([
    { category: 'cart', level: 'info', message: 'cart read', data: { items: 2 } },
    { message: 'card checked' },
  ]);
  expect(sink.spans.find(span => span.name === 'checkout')?.attributes).toMatchObject({
    'tenant.id': 'acme',
    'user.id': '42',
    'request.id': 'req-1',
  });
});

test('[I4] the last 100 breadcrumbs stay, in a bounded space', async () => {
  const id = withScope(() => {
    for (let index = 0; index < 150; index++) addBreadcrumb(`b${index}`);
    return captureException(new Error('many'));
  });
  const crumbs = json(await record(id), 'sentry.breadcrumbs') as { message: string }[];
  expect([crumbs.length, crumbs[0]?.message, crumbs.at(-1)?.message]).toEqual([100, 'b50', 'b149']);
  const large = withScope(() => {
    for (let index = 0; index < 50; index++)
      addBreadcrumb({ message: 'x'.repeat(5000), data: { y: 'y'.repeat(5000) } });
    return captureException(new Error('large'));
  });
  const text = String((await record(large)).attributes['sentry.breadcrumbs']);
  expect(text.length).toBeLessThan(16_384);
  expect(JSON.parse(text)).not.toHaveLength(0);
});

test('[I4][I11][J8] secrets do not leave the process: by name, by shape, and what a context may not hold', async () => {
  const id = withScope(scope => {
    scope.setContext('payment', { provider: 'x', amount: 999, currency: 'EUR', cardHolder: 'Ann' });
    scope.setContext('login', { password: 'hunter2', 'api-key': 'k', nested: { sessionId: 's', tokens: 5 } });
    scope.addBreadcrumb({ message: 'GET /?token=abc123&a=1', data: { authorization: 'Bearer aaaaaaaaaaaa' } });
    return captureException(new Error('card 4111 1111 1111 1111 at postgres://app:pw12345@db/x refused'));
  });
  const log = await record(id);
  expect(log.attributes).toMatchObject({
    'payment.provider': 'x',
    'payment.amount': 999,
    'login.password': '[redacted]',
    'login.api-key': '[redacted]',
    'login.nested': { sessionId: '[redacted]', tokens: 5 },
    'exception.message': 'card [card] at postgres://REDACTED@db/x refused',
  });
  const all = JSON.stringify([log.body, log.attributes]);
  for (const secret of ['hunter2', 'abc123', 'aaaaaaaaaaaa', '4111', 'pw12345', 'Ann'])
    expect(all).not.toContain(secret);
});

test('[I6] rules drop what is expected and count it; a fault of the server is reported, whatever its class', async () => {
  class CardInvalid extends ValidationError {}
  class Flaky extends Error {}
  const before = sdk.report().errors.dropped;
  expect([
    captureException(new ValidationError('no name')),
    captureException(new CardInvalid('no digits')),
    captureException(new HttpException(404)),
    captureException(new Error('ECONNRESET by peer')),
    captureException(new Flaky('try again')),
  ]).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect(captureException(new Flaky('gone'))).toBeDefined();
  expect(captureException(new HttpException(503))).toBeDefined();
  const { dropped } = sdk.report().errors;
  const grown = Object.entries(dropped).map(([reason, count]) => [reason, count - (before[reason] ?? 0)]);
  expect(grown.filter(([, count]) => count !== 0)).toEqual([
    ['ignored: ValidationError', 2],
    ['ignored: HttpException', 1],
    ['ignored: /^ECONNRESET/', 1],
    ['ignored: Flaky again', 1],
  ]);
  await sdk.flush();
  const point = sink.points.findLast(
    each => each.metric === 'bellwether.errors.dropped' && each.attributes['reason'] === 'ignored: ValidationError',
  );
  expect(point?.value).toBe(2);
});

test('[I6] beforeSend changes and drops; when it throws, nothing goes out and the caller does not notice', async () => {
  expect(captureException(new Error('dropped'), { tags: { drop: true } })).toBeUndefined();
  expect(captureException(new Error('hook throws'))).toBeUndefined();
  await sdk.flush();
  expect(sink.logs.filter(log => log.body === 'hook throws')).toEqual([]);
  expect(sdk.report()).toMatchObject({
    errors: { dropped: { beforeSend: 1, 'beforeSend failed': 1 } },
    faults: { beforeSend: 1 },
  });
});

test('an error that leaves a scope takes its facts along; what is said within is not seen outside', async () => {
  const { thrown, outside } = await traced('pay twice', async () => {
    setTag('step', 'outer');
    const caught: unknown = await withScope(async scope => {
      scope.setTag('step', 'inner');
      setUser({ id: 'within' });
      setTenant('inner-tenant');
      await new Promise(resolve => setTimeout(resolve, 1));
      setTag('late', true);
      throw new Error('inside');
    }).catch((error: unknown) => error);
    return { thrown: captureException(caught), outside: captureException(new Error('outside')) };
  })();
  expect((await record(thrown)).attributes).toMatchObject({
    step: 'inner',
    late: true,
    'user.id': 'within',
    'tenant.id': 'inner-tenant',
  });
  const { attributes } = await record(outside);
  expect([attributes['step'], attributes['late'], attributes['user.id']]).toEqual(['outer', undefined, undefined]);
});

test('a scope reaches the spans begun in it, outside of any request too', async () => {
  const id = withScope(scope => {
    scope.setUser({ id: 'cron' });
    return traced('nightly', () => captureException(new Error('late')))();
  });
  const log = await record(id);
  const span = sink.spans.find(each => each.name === 'nightly');
  expect([log.attributes['user.id'], span?.attributes['user.id'], log.spanId]).toEqual(['cron', 'cron', span?.spanId]);
});

test('what is said outside of any request is for errors outside of requests; a user is said for nobody', async () => {
  setTag('phase', 'start-up');
  setUser({ id: 'nobody' });
  const outside = await record(captureException(new Error('outside of all')));
  const within = await record(traced('r', () => captureException(new Error('within')))());
  const scoped = await record(withScope(() => captureException(new Error('scoped'))));
  setTag('phase', undefined);
  expect([outside, within, scoped].map(log => log.attributes['phase'])).toEqual(['start-up', undefined, undefined]);
  expect(outside.attributes['user.id']).toBeUndefined();
});

test('names that stand for something else are not taken over by tags and contexts', async () => {
  const hint = {
    tags: { 'exception.type': 'mine', 'tenant.id': 'other' },
    contexts: { exception: { message: 'mine' } },
  };
  const log = await record(traced('n', () => captureException(new Error('real'), { ...hint, tenant: 'acme' }))());
  expect(log.attributes).toMatchObject({
    'exception.type': 'Error',
    'exception.message': 'real',
    'tenant.id': 'acme',
    'sentry.tag.exception.type': 'mine',
    'sentry.tag.tenant.id': 'other',
    'sentry.context.exception.message': 'mine',
  });
});

test("OpenTelemetry's contexts made within a scope keep its facts, and the scope keeps their values", async () => {
  const key = createContextKey('k');
  const id = await traced('outer', async () =>
    context.with(context.active().setValue(key, 'v'), () =>
      withScope(async scope => {
        scope.setTag('kept', true);
        expect(context.active().getValue(key)).toBe('v');
        return context.with(context.active().setValue(key, 'w'), async () => {
          await new Promise(resolve => setTimeout(resolve, 1));
          return captureException(new Error(String(context.active().getValue(key))));
        });
      }),
    ),
  )();
  const log = await record(id);
  expect([log.body, log.attributes['kept']]).toEqual(['w', true]);
});

test('in a storm of errors each is reported; over 100 a second have their stack as text only', async () => {
  await new Promise(resolve => setTimeout(resolve, 1100));
  const before = sdk.report().errors;
  const ids = new Set(Array.from({ length: 300 }, (_, index) => captureException(new Error(`storm ${index}`))));
  await sdk.flush();
  const { captured, shortened } = sdk.report().errors;
  expect([captured - before.captured, shortened - before.shortened >= 100]).toEqual([300, true]);
  const logs = sink.logs.filter(log => ids.has(String(log.attributes['sentry.event_id'])));
  expect(logs).toHaveLength(300);
  expect(logs.filter(log => log.attributes['sentry.exception'] !== undefined).length).toBeLessThanOrEqual(200);
  expect(logs.every(log => String(log.attributes['exception.stacktrace']).includes('    at '))).toBe(true);
});

test('rules and a hook can be added to an SDK that was started by the flag', () => {
  class Expected extends Error {}
  expect(start({ ignoreErrors: ['Expected'] })).toBe(sdk);
  expect(captureException(new Expected('x'))).toBeUndefined();
});

test('[A6] what JavaScript callers give by mistake is passed over', () => {
  const faults = { ...sdk.report().faults };
  // The types forbid these; who calls from JavaScript can do it anyway.
  const wrong = [undefined, null, 0, '', {}, [], Object.create(null), Symbol('x'), () => 1] as never[];
  for (const value of wrong) {
    for (const call of [setUser, setTags, setRequestId, addBreadcrumb, captureMessage]) {
      expect(() => withScope(() => void call(value))).not.toThrow();
    }
    for (const call of [setTag, setContext, setExtra]) {
      expect(() => withScope(() => call(value, value))).not.toThrow();
      expect(() => withScope(() => call('name' as never, value))).not.toThrow();
    }
    expect(() => captureException(value, value)).not.toThrow();
    expect(() => captureMessage('m', value, value)).not.toThrow();
    expect(() => addBreadcrumb({ message: value, level: value, category: value, data: value })).not.toThrow();
    expect(() => withScope(scope => (scope.setLevel(value), scope.setFingerprint(value)))).not.toThrow();
  }
  expect(sdk.report().faults).toEqual(faults);
});

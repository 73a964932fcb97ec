import { once } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import { context, propagation, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bellwether, start } from '../../start.js';
import { type Sink, startSink } from '../../test-support/sink.js';
import { traced } from '../traced.js';
import { monitoredCacheOperation } from './monitored-cache-operation.js';
import { monitoredTaskProcessing } from './monitored-task-processing.js';
import { trackDatabaseQuery } from './track-database-query.js';
import { trackExternalService } from './track-external-service.js';
import { trackPerformance } from './track-performance.js';

let sink: Sink;
let sdk: Bellwether;

beforeAll(async () => {
  sink = await startSink();
  sdk = start({ url: sink.url, service: 'traced', disable: ['undici', 'http-client', 'http-server', 'uncaught'] });
});
afterAll(async () => {
  await sdk.shutdown();
  await sink.close();
});

async function spansNamed(name: string) {
  await sdk.flush();
  return sink.spans.filter(span => span.name === name);
}

async function pointsOf(metric: string) {
  sink.points.length = 0;
  await sdk.flush();
  return sink.points.filter(point => point.metric === metric);
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

test('[A10] a generator is one span from the first call to its end, whoever steps it; the object is its own', async () => {
  const pages = traced('pages', function* pages(count: number) {
    for (let page = 1; page <= count; page++) traced('page', () => page)();
    for (let page = 1; page <= count; page++) yield page;
    return 'all';
  });
  const generator = pages(3);
  expect(await spansNamed('pages')).toEqual([]);
  expect([...generator]).toEqual([1, 2, 3]);
  expect(generator.next()).toEqual({ value: undefined, done: true });
  const [span] = await spansNamed('pages');
  expect((await spansNamed('page')).map(page => page.parentId)).toEqual(Array(3).fill(span?.spanId));
});

test('[A10] a generator that is left early, or throws, ends its span then', async () => {
  const boom = new RangeError('page 2 is missing');
  const read = traced('read', function* read(): Generator<number> {
    yield 1;
    throw boom;
  });
  for (const page of read()) {
    expect(page).toBe(1);
    break;
  }
  expect((await spansNamed('read')).map(span => span.status)).toEqual([0]);
  expect(() => [...read()]).toThrow(boom);
  const [, failed] = await spansNamed('read');
  expect([failed?.status, failed?.attributes['error.type']]).toEqual([2, 'RangeError']);
});

test('[A10] an async generator too, with what it awaits inside of its span', async () => {
  const rows = traced('rows', async function* rows() {
    for (const row of [1, 2]) {
      await sleep(1);
      yield traced('row', () => row)();
    }
  });
  const seen: number[] = [];
  for await (const row of rows()) seen.push(row);
  expect(seen).toEqual([1, 2]);
  const [span] = await spansNamed('rows');
  expect((await spansNamed('row')).map(row => row.parentId)).toEqual([span?.spanId, span?.spanId]);
});

test('[A10] a stream is one span until it closes; the same stream is returned', async () => {
  const made = Readable.from(['a', 'b']);
  const open = traced('open', () => made);
  expect(open()).toBe(made);
  expect(await spansNamed('open')).toEqual([]);
  expect(await made.toArray()).toEqual(['a', 'b']);
  await sleep(1);
  expect(await spansNamed('open')).toHaveLength(1);
});

test('[A10][B2] a stream that fails ends its span with the error, which still reaches whom it did before', async () => {
  const gone = new Error('connection lost');
  const pipe = traced('pipe', () => new PassThrough());
  const stream = pipe();
  setImmediate(() => stream.destroy(gone));
  expect(await once(stream, 'error')).toEqual([gone]);
  expect(stream.listenerCount('error')).toBe(0);
  expect((await spansNamed('pipe')).map(span => span.statusMessage)).toEqual(['connection lost']);
  const write = traced('write', () => new Writable({ write: (_chunk, _encoding, done) => done(), emitClose: false }));
  write().end('x');
  await sleep(1);
  expect(await spansNamed('write')).toHaveLength(1);
});

test('[W44] a lazy query is not run by being traced; its span ends when it was awaited', async () => {
  let runs = 0;
  class Query {
    // oxlint-disable-next-line unicorn/no-thenable -- as query builders do
    then<T>(onValue: (rows: readonly number[]) => T, onError?: (reason: unknown) => T): Promise<T> {
      runs++;
      return Promise.resolve([1, 2, 3]).then(onValue, onError);
    }
  }
  const query = new Query();
  const find = traced('find', () => query);
  expect([find(), runs]).toEqual([query, 0]);
  expect(await spansNamed('find')).toEqual([]);
  expect([await query, runs]).toEqual([[1, 2, 3], 1]);
  expect(await spansNamed('find')).toHaveLength(1);
});

test('[W44] a lazy query that fails ends its span with the error, whoever handles it', async () => {
  const fails = new RangeError('no such table');
  const lazy = () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- as query builders do
    then: (onValue: (value: unknown) => unknown, onError?: (reason: unknown) => unknown) =>
      Promise.reject(fails).then(onValue, onError),
  });
  const query = traced('fails lazily', lazy);
  await expect(Promise.resolve(query())).rejects.toBe(fails);
  await expect(query().then(() => 1)).rejects.toBe(fails);
  expect((await spansNamed('fails lazily')).map(span => span.attributes['error.type'])).toEqual([
    'RangeError',
    'RangeError',
  ]);
});

test("[A10] a function with a callback is over when that is called; what the callback does is the caller's", async () => {
  const read = traced(
    'file.read',
    (path: string, done: (error: Error | null, text?: string) => void) => {
      setImmediate(() => (path === '' ? done(new Error('ENOENT')) : done(null, path)));
      return path.length;
    },
    { callback: true },
  );
  const ask = (path: string) =>
    new Promise(resolve => {
      const answered = read(path, (error, text) => traced('after', () => resolve(error?.message ?? text))());
      expect(answered).toBe(path.length);
    });
  const results = await traced('asks', async () => [await ask('a.txt'), await ask('')])();
  expect(results).toEqual(['a.txt', 'ENOENT']);
  const [caller] = await spansNamed('asks');
  expect((await spansNamed('file.read')).map(span => [span.parentId, span.statusMessage])).toEqual([
    [caller?.spanId, ''],
    [caller?.spanId, 'ENOENT'],
  ]);
  expect((await spansNamed('after')).map(span => span.parentId)).toEqual([caller?.spanId, caller?.spanId]);
});

test('a promise keeps its class and the methods that a library put on it', async () => {
  class Cancelable<T> extends Promise<T> {}
  const run = traced('cancelable', () => Object.assign(Cancelable.resolve(4), { cancel: () => 'cancelled' }));
  const promise = run();
  expect([promise instanceof Cancelable, promise.cancel(), await promise]).toEqual([true, 'cancelled', 4]);
});

test('name, length, properties, prototype and parent are those of the function', () => {
  const fn = Object.assign(
    async function handler(a: number, b: string) {
      return `${a}${b}`;
    },
    { schema: { body: {} } },
  );
  const wrapped = traced(fn);
  expect([wrapped.name, wrapped.length, wrapped.schema, wrapped.constructor.name]).toEqual([
    'handler',
    2,
    fn.schema,
    'AsyncFunction',
  ]);
  expect(Object.getPrototypeOf(wrapped)).toBe(fn);
});

test('an error that is frozen, or no error at all, is rethrown as it is', async () => {
  for (const thrown of [Object.freeze(new Error('frozen')), 'text', undefined, { code: 7 }]) {
    const fails = traced('throws anything', () => {
      throw thrown;
    });
    let caught: unknown = 'nothing';
    try {
      fails();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
  }
  expect((await spansNamed('throws anything')).map(span => span.attributes['error.type'])).toEqual([
    'Error',
    'string',
    'undefined',
    'object',
  ]);
});

test('[B1][W1][W46] calls and failures are counted in a histogram of seconds by function and error class', async () => {
  const work = traced(
    function work(fail: boolean) {
      if (fail) throw new TypeError('no');
      return 1;
    },
    { module: 'metrics' },
  );
  for (const fail of [false, true, false, false]) {
    try {
      work(fail);
    } catch {
      // As the caller would.
    }
  }
  const points = (await pointsOf('function.duration')).filter(
    point => point.attributes['code.function.name'] === 'metrics.work',
  );
  expect(points.map(point => [point.attributes['error.type'], point.count, point.unit])).toEqual([
    [undefined, 3, 's'],
    ['TypeError', 1, 's'],
  ]);
});

test('functions that are wrapped over and over share one series and one template', async () => {
  for (let index = 0; index < 50; index++) traced('again', () => index)();
  const points = (await pointsOf('function.duration')).filter(
    point => point.attributes['code.function.name'] === 'again',
  );
  expect(points.map(point => point.count)).toEqual([50]);
  expect(sdk.report().overflowed).toBe(0);
});

test('a user adds to the span from inside, and finds the context it was called in', async () => {
  const baggage = propagation.createBaggage({ coupon: { value: 'spring' } });
  const add = traced('adds', () => {
    trace.getActiveSpan()?.setAttribute('items', 3);
    return propagation.getActiveBaggage()?.getEntry('coupon')?.value;
  });
  expect(context.with(propagation.setBaggage(context.active(), baggage), add)).toBe('spring');
  const [span] = await spansNamed('adds');
  expect(span?.attributes['items']).toBe(3);
});

test('[B3] trackPerformance is traced by the name of what is done', async () => {
  const create = trackPerformance('story.publish')(async (title: string) => title.length);
  expect(await create('Dune')).toBe(4);
  expect(await spansNamed('story.publish')).toHaveLength(1);
});

test('[D8] trackDatabaseQuery tells system, operation and collection, with and without options', async () => {
  const bare = trackDatabaseQuery(function getUser() {
    return 'user';
  });
  const named = trackDatabaseQuery({ system: 'postgresql', operation: 'SELECT', collection: 'users' })(
    async function findUser(id: number) {
      return id;
    },
  );
  expect([bare(), await named(7)]).toEqual(['user', 7]);
  expect(await spansNamed('getUser')).toHaveLength(1);
  expect((await spansNamed('findUser'))[0]?.attributes).toEqual({
    'code.function.name': 'findUser',
    'db.system.name': 'postgresql',
    'db.operation.name': 'SELECT',
    'db.collection.name': 'users',
  });
});

test('[E3] an external service is told by name and operation, with failures by class', async () => {
  const upload = trackExternalService(
    's3',
    'upload',
  )(async function upload(fail: boolean) {
    if (fail) throw Object.assign(new Error('slow down'), { name: 'SlowDown' });
    return 'etag';
  });
  expect(await upload(false)).toBe('etag');
  await expect(upload(true)).rejects.toThrow('slow down');
  const points = await pointsOf('external.operation.duration');
  expect(points.map(point => [point.attributes, point.count])).toEqual([
    [{ 'service.peer.name': 's3', 'bellwether.operation': 'upload' }, 1],
    [{ 'service.peer.name': 's3', 'bellwether.operation': 'upload', 'error.type': 'SlowDown' }, 1],
  ]);
  expect((await spansNamed('s3.upload')).map(span => span.kind)).toEqual([3, 3]);
});

test('[F1][F5][W17][W18][W26] hits, misses and errors of a cache are three, a zero is a hit, and no key is told', async () => {
  const store = new Map<string, unknown>([
    ['tenant:42:config', 0],
    ['tenant:43:config', ''],
  ]);
  const get = monitoredCacheOperation(
    'local',
    'get',
    'tenant:{tenantId}:config',
  )(async (tenant: string) => {
    if (tenant === 'down') throw new Error('ECONNREFUSED');
    return store.get(`tenant:${tenant}:config`);
  });
  const set = monitoredCacheOperation('local', 'set', 'tenant:{tenantId}:config')(() => undefined);
  for (const tenant of ['42', '43', '44']) await get(tenant);
  await expect(get('down')).rejects.toThrow('ECONNREFUSED');
  set();
  const points = await pointsOf('cache.operation.duration');
  expect(
    points.map(({ attributes, count }) => [attributes['cache.operation'], attributes['cache.result'], count]),
  ).toEqual([
    ['get', 'hit', 2],
    ['get', 'miss', 1],
    ['get', 'error', 1],
    ['set', 'ok', 1],
  ]);
  expect(JSON.stringify(sink.points)).not.toContain('tenant:42');
  expect(points[0]?.attributes['bellwether.key.pattern']).toBe('tenant:{tenantId}:config');
});

test('[G1][G2][G5][W39] a task is a consumer span of the trace that queued it, timed by type and queue and not by worker', async () => {
  const queued: unknown[] = [];
  const { extract, inject } = await import('../carrier.js');
  traced('queue it', () => void queued.push({ partner: 'p-1', trace: inject() }))();
  const calculate = monitoredTaskProcessing('commission_calculation', 'commission_queue', {
    context: (job: { readonly trace: Record<string, string> }) => extract(job.trace),
  })(async (job: { readonly partner: string; readonly trace: Record<string, string> }) => job.partner);
  const [job] = queued as { partner: string; trace: Record<string, string> }[];
  expect(await calculate(job!)).toBe('p-1');
  const [producer] = await spansNamed('queue it');
  const [consumer] = await spansNamed('process commission_queue');
  expect([consumer?.kind, consumer?.traceId, consumer?.parentId]).toEqual([5, producer?.traceId, producer?.spanId]);
  const [point] = await pointsOf('messaging.process.duration');
  expect(point?.attributes).toEqual({
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.system': 'in_process',
    'messaging.destination.name': 'commission_queue',
    'bellwether.task.type': 'commission_calculation',
  });
});

test('[A3] while the SDK is off a traced function only calls its function', async () => {
  await sdk.shutdown();
  const before = sink.requests.length;
  const generator = traced('off', function* off() {
    yield 1;
  })();
  expect(Object.hasOwn(generator, 'next')).toBe(false);
  expect([...generator]).toEqual([1]);
  expect(sink.requests.length).toBe(before);
});

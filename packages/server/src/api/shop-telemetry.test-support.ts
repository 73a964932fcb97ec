/** OTLP requests as JSON. */
export interface ShopTelemetry {
  readonly traces: object;
  readonly metrics: object;
  readonly logs: object;
  readonly fromMs: number;
  readonly toMs: number;
}

type Facts = Readonly<Record<string, string | number>>;

const ticks = 180;
const tickMs = 10_000;

const attributes = (facts: Facts): readonly object[] =>
  Object.entries(facts).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  }));

const traceId = (tick: number): string => (tick + 1).toString(16).padStart(32, '0');
const spanId = (tick: number, part: number): string => ((tick + 1) * 256 + part).toString(16).padStart(16, '0');

const shopVersion = (tick: number): string => (tick < ticks / 2 ? '1.0.0' : '1.1.0');

const instanceOf = (tick: number): string => (tick % 3 === 2 ? 'shop-2' : 'shop-1');

const ns = (ms: number): string => `${Math.round(ms * 1000)}000`;

interface Part {
  readonly part: number;
  readonly parent: number;
  readonly name: string;
  readonly kind: 2 | 3 | 4 | 5;
  readonly atMs: number;
  readonly ms: number;
  readonly facts: Facts;
  readonly error?: string | undefined;
}

/**
 * Half an hour of a shop until `toMs`, one request every ten seconds: it looks into Redis, asks PostgreSQL where that had nothing (one time in four) and puts the answer back,
 * asks for items in a loop, charges at Stripe every other time (each twentieth request runs into a timeout) and queues a mail, which a worker sends. What the SDK's metrics tell of caches, pools,
 * queues and the process comes with it. From the middle on it is version 1.1.0; instance `shop-2` is twice as slow.
 */
export function shopTelemetry(toMs: number): ShopTelemetry {
  const fromMs = toMs - ticks * tickMs;
  const all = Array.from({ length: ticks }, (_, tick) => tick);
  const span = (tick: number, { part, parent, name, kind, atMs, ms, facts, error }: Part): object => {
    const start = fromMs + tick * tickMs + atMs;
    return {
      traceId: traceId(tick),
      spanId: spanId(tick, part),
      ...(parent > 0 && { parentSpanId: spanId(tick, parent) }),
      name,
      kind,
      startTimeUnixNano: ns(start),
      endTimeUnixNano: ns(start + ms),
      status: error === undefined ? {} : { code: 2, message: error },
      attributes: attributes({ ...facts, ...(error !== undefined && { 'error.type': error }) }),
    };
  };
  const groups = [
    ...['1.0.0', '1.1.0'].flatMap(version =>
      ['shop-1', 'shop-2'].map(instance => ({
        resource: resource('shop', version, instance),
        spans: all
          .filter(tick => shopVersion(tick) === version && instanceOf(tick) === instance)
          .flatMap(tick => shopParts(tick).map(part => span(tick, part))),
      })),
    ),
    { resource: resource('worker', '3.0.0', 'worker-1'), spans: all.map(tick => span(tick, mailPart(tick))) },
  ];
  return {
    traces: { resourceSpans: groups.map(({ resource, spans }) => ({ resource, scopeSpans: [{ spans }] })) },
    metrics: { resourceMetrics: metricsOf(fromMs) },
    logs: {
      resourceLogs: [
        {
          resource: resource('shop', '1.1.0', 'shop-1'),
          scopeLogs: [
            {
              // The index was used until it was not.
              logRecords: ['Index Scan', 'Seq Scan'].map((node, i) => ({
                timeUnixNano: ns(toMs - 120_000 + i * 60_000),
                severityNumber: 9,
                eventName: 'db.query_plan',
                traceId: traceId(172),
                spanId: spanId(172, 3),
                body: { stringValue: 'plan of the slow query SELECT orders' },
                attributes: attributes({
                  ...postgres,
                  'db.query.summary': 'SELECT orders',
                  'db.query.plan': planOf(node),
                }),
              })),
            },
          ],
        },
      ],
    },
    fromMs,
    toMs,
  };
}

/** As PostgreSQL writes it. */
export const planOf = (node: string): string =>
  JSON.stringify([
    {
      Plan: {
        'Node Type': node,
        'Relation Name': 'orders',
        ...(node === 'Index Scan' && { 'Index Name': 'orders_pkey' }),
        'Total Cost': node === 'Seq Scan' ? 812.4 : 8.3,
        'Plan Rows': node === 'Seq Scan' ? 48_000 : 1,
      },
    },
  ]);

function resource(service: string, version: string, instance: string): object {
  return {
    attributes: attributes({
      'service.name': service,
      'service.version': version,
      'service.instance.id': instance,
      'host.name': `host-${instance}`,
      'deployment.environment.name': 'production',
      'process.runtime.name': 'nodejs',
      'process.runtime.version': '22.4.0',
    }),
  };
}

const redis: Facts = {
  'db.system.name': 'redis',
  'db.namespace': '0',
  'server.address': 'cache',
  'bellwether.key.pattern': 'order:*',
};
const postgres: Facts = { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'server.address': 'db' };
const mails: Facts = {
  'messaging.system': 'bullmq',
  'messaging.destination.name': 'mails',
  'bellwether.task.type': 'receipt',
};

/** A request of the shop. */
function shopParts(tick: number): readonly Part[] {
  const slow = tick % 3 === 2 ? 2 : 1;
  const isMiss = tick % 4 === 0;
  const isTimeout = tick % 20 === 0;
  const call = (part: number, name: string, atMs: number, ms: number, facts: Facts): Part => {
    return { part, parent: 1, name, kind: 3, atMs, ms: ms * slow, facts };
  };
  return [
    {
      part: 1,
      parent: 0,
      name: 'GET /orders/:id',
      kind: 2,
      atMs: 0,
      ms: isTimeout ? 2200 : 160 * slow,
      facts: {
        'http.request.method': 'GET',
        'http.route': '/orders/:id',
        'http.response.status_code': isTimeout ? 504 : 200,
      },
      error: isTimeout ? '504' : undefined,
    },
    call(2, 'GET', 1, 1, { ...redis, 'db.operation.name': 'GET' }),
    ...(isMiss
      ? [
          call(3, 'SELECT orders', 4, 20, {
            ...postgres,
            'db.operation.name': 'SELECT',
            'db.collection.name': 'orders',
            'db.query.text': 'SELECT * FROM orders WHERE id = $1',
            'db.response.returned_rows': 1,
            'code.file.path': '/srv/shop/src/orders.ts',
            'code.line.number': 42,
            'code.function.name': 'readOrder',
            'bellwether.orm.name': 'prisma',
            'bellwether.orm.model': 'Order',
            'bellwether.orm.operation': 'findUnique',
          }),
          call(4, 'SET', 46, 1, { ...redis, 'db.operation.name': 'SET' }),
        ]
      : []),
    ...[5, 6, 7].map(part =>
      call(part, 'SELECT items', 50 + part, 3, {
        ...postgres,
        'db.operation.name': 'SELECT',
        'db.collection.name': 'items',
        'db.query.text': 'SELECT * FROM items WHERE order_id = $1',
        'db.response.returned_rows': 12,
      }),
    ),
    ...(tick % 2 === 0
      ? [
          {
            ...call(8, 'stripe.charges.create', 80, isTimeout ? 1000 : 40, {
              'service.peer.name': 'stripe',
              'server.address': 'api.stripe.com',
              'server.port': 443,
              'http.request.method': 'POST',
              ...(isTimeout ? { 'http.request.resend_count': 2 } : { 'http.response.status_code': 200 }),
            }),
            error: isTimeout ? 'TimeoutError' : undefined,
          },
        ]
      : []),
    {
      part: 9,
      parent: 1,
      name: 'send mails',
      kind: 4,
      atMs: 140,
      ms: 2,
      facts: { ...mails, 'messaging.operation.type': 'send' },
    },
  ];
}

/** The mail of a request, half a second later. Every tenth comes again, every fifteenth fails. */
function mailPart(tick: number): Part {
  return {
    part: 10,
    parent: 9,
    name: 'process mails',
    kind: 5,
    atMs: 640,
    ms: 50 + (tick % 10) * 10,
    facts: {
      ...mails,
      'messaging.operation.type': 'process',
      'messaging.message.id': `mail-${tick}`,
      'bellwether.task.attempt': tick % 10 === 0 ? 2 : 1,
      'bellwether.task.wait_ms': 500,
    },
    error: tick % 15 === 0 ? 'SmtpRefused' : undefined,
  };
}

interface Told {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'counter' | 'upDownCounter' | 'histogram';
  readonly facts: Facts;
  /** At the tick; for a histogram what each tick adds, and how often. */
  value(tick: number): number;
  readonly times?: number;
}

function metricsOf(fromMs: number): readonly object[] {
  const byProcess: readonly (readonly [object, readonly Told[]])[] = [
    [
      resource('shop', '1.1.0', 'shop-1'),
      [...callsTold(), lagTold('billing', 30), lagTold('search', 35), ...processTold(1)],
    ],
    [resource('shop', '1.1.0', 'shop-2'), [lagTold('billing', 12), ...processTold(2)]],
    [resource('worker', '3.0.0', 'worker-1'), [...queuesTold(), ...processTold(1)]],
  ];
  return byProcess.map(([from, told]) => ({
    resource: from,
    scopeMetrics: [{ metrics: told.map(one => metric(one, fromMs)) }],
  }));
}

function metric({ name, unit, kind, facts, value, times = 1 }: Told, fromMs: number): object {
  const start = `${fromMs}000000`;
  const points = Array.from({ length: ticks + 1 }, (_, tick) => {
    const at = {
      startTimeUnixNano: start,
      timeUnixNano: `${fromMs + tick * tickMs}000000`,
      attributes: attributes(facts),
    };
    if (kind !== 'histogram') return { ...at, asDouble: value(tick) };
    // All of one size: one bucket of the scale 3.
    const size = value(0);
    const index = Math.ceil(Math.log2(size) * 8) - 1;
    const count = String(times * tick);
    return {
      ...at,
      count,
      sum: size * times * tick,
      scale: 3,
      zeroCount: '0',
      positive: { offset: index, bucketCounts: [count] },
    };
  });
  const sum = { aggregationTemporality: 2, dataPoints: points };
  switch (kind) {
    case 'gauge':
      return { name, unit, gauge: { dataPoints: points } };
    case 'counter':
      return { name, unit, sum: { ...sum, isMonotonic: true } };
    case 'upDownCounter':
      return { name, unit, sum: { ...sum, isMonotonic: false } };
    case 'histogram':
      return { name, unit, exponentialHistogram: sum };
  }
}

function told(name: string, unit: string, kind: Told['kind'], facts: Facts, value: Told['value'], times = 1): Told {
  return { name, unit, kind, facts, value, times };
}

/** `per`: of each tick. */
function lookups(pattern: string, result: string, per: number): Told {
  const facts = { 'cache.system': 'redis', 'cache.result': result, 'bellwether.key.pattern': pattern };
  return told('cache.requests', '{request}', 'counter', facts, tick => tick * per);
}

function callsTold(): readonly Told[] {
  const pool: Facts = { 'db.client.connection.pool.name': 'db:5432/shop', 'db.system.name': 'postgresql' };
  const server: Facts = { 'cache.system': 'redis', 'server.address': 'cache' };
  const told = (
    name: string,
    unit: string,
    kind: Told['kind'],
    facts: Facts,
    value: Told['value'],
    times = 1,
  ): Told => {
    return { name, unit, kind, facts, value, times };
  };
  const command = (operation: string, times: number): Told =>
    told(
      'db.client.operation.duration',
      's',
      'histogram',
      { ...redis, 'db.operation.name': operation },
      () => 0.001,
      times,
    );
  return [
    told(
      'db.client.connection.count',
      '{connection}',
      'upDownCounter',
      { ...pool, 'db.client.connection.state': 'used' },
      tick => (tick > 150 ? 9 : 4),
    ),
    told(
      'db.client.connection.count',
      '{connection}',
      'upDownCounter',
      { ...pool, 'db.client.connection.state': 'idle' },
      tick => (tick > 150 ? 1 : 6),
    ),
    told('db.client.connection.max', '{connection}', 'upDownCounter', pool, () => 10),
    told('db.client.connection.pending_requests', '{request}', 'upDownCounter', pool, tick => (tick > 170 ? 3 : 0)),
    told('db.client.connection.wait_time', 's', 'histogram', pool, () => 0.02),
    told('db.client.connection.timeouts', '{timeout}', 'counter', pool, tick => (tick > 90 ? 2 : 0)),
    told(
      'db.client.response.returned_rows',
      '{row}',
      'histogram',
      { ...postgres, 'db.query.summary': 'SELECT items' },
      () => 12,
      3,
    ),
    told('db.collections', '{collection}', 'gauge', postgres, () => 2),
    told(
      'db.collection.rows',
      '{row}',
      'gauge',
      { ...postgres, 'db.collection.name': 'orders' },
      tick => 1000 + tick * 10,
    ),
    told('db.collection.rows', '{row}', 'gauge', { ...postgres, 'db.collection.name': 'items' }, () => 5000),
    lookups('order:*', 'hit', 3),
    lookups('order:*', 'miss', 1),
    lookups('price:*', 'hit', 9),
    lookups('price:*', 'miss', 1),
    command('GET', 14),
    command('SET', 2),
    told('cache.evictions', '{eviction}', 'counter', { ...server, 'cache.eviction.reason': 'full' }, tick =>
      tick > 90 ? (tick - 90) * 30 : 0,
    ),
    told('cache.evictions', '{eviction}', 'counter', { ...server, 'cache.eviction.reason': 'ttl' }, tick => tick * 2),
    told('cache.memory.used', 'By', 'gauge', server, tick => Math.min(50_000_000 + tick * 600_000, 99_000_000)),
    told('cache.memory.limit', 'By', 'gauge', server, () => 100_000_000),
    told('cache.items', '{item}', 'gauge', server, tick => 10_000 + tick),
  ];
}

function queuesTold(): readonly Told[] {
  const { 'bellwether.task.type': _task, ...queue } = mails;
  const told = (
    name: string,
    unit: string,
    kind: Told['kind'],
    facts: Facts,
    value: Told['value'],
    times = 1,
  ): Told => {
    return { name, unit, kind, facts, value, times };
  };
  return [
    told(
      'messaging.process.duration',
      's',
      'histogram',
      { ...mails, 'messaging.operation.name': 'process' },
      () => 0.1,
    ),
    told('messaging.message.wait.duration', 's', 'histogram', mails, () => 0.5),
    told('messaging.message.retries', '{message}', 'counter', mails, tick => Math.floor(tick / 10)),
    told('messaging.message.dead_letters', '{message}', 'counter', mails, tick => Math.floor(tick / 60)),
    told(
      'messaging.queue.depth',
      '{message}',
      'gauge',
      { ...queue, 'bellwether.task.state': 'waiting' },
      tick => 400 - tick,
    ),
    told('messaging.queue.depth', '{message}', 'gauge', { ...queue, 'bellwether.task.state': 'failed' }, tick =>
      Math.floor(tick / 60),
    ),
    told(
      'messaging.queue.depth',
      '{message}',
      'gauge',
      { ...queue, 'messaging.destination.name': 'exports', 'bellwether.task.state': 'waiting' },
      tick => 10 + tick,
    ),
    told(
      'messaging.queue.depth_by_priority',
      '{message}',
      'gauge',
      { ...queue, 'bellwether.task.priority': 1 },
      () => 20,
    ),
    told('messaging.queue.oldest_age', 's', 'gauge', queue, () => 95),
    told(
      'messaging.queue.oldest_age',
      's',
      'gauge',
      { ...queue, 'messaging.destination.name': 'exports' },
      tick => tick * 10,
    ),
    told('messaging.worker.utilization', '1', 'gauge', queue, () => 0.75),
  ];
}

/** What a consumer of Kafka is behind in its own partitions. */
function lagTold(group: string, messages: number): Told {
  const facts = {
    'messaging.system': 'kafka',
    'messaging.destination.name': 'orders',
    'messaging.consumer.group.name': group,
    'bellwether.task.state': 'waiting',
  };
  return { name: 'messaging.queue.depth', unit: '{message}', kind: 'gauge', facts, value: () => messages, times: 1 };
}

function processTold(times: number): readonly Told[] {
  return [
    told('process.cpu.time', 's', 'counter', { 'cpu.mode': 'user' }, tick => tick * times),
    told('process.memory.usage', 'By', 'upDownCounter', {}, () => times * 100_000_000),
    told('process.uptime', 's', 'gauge', {}, tick => 3600 + tick * 10),
    told(
      'v8js.memory.heap.used',
      'By',
      'upDownCounter',
      { 'v8js.heap.space.name': 'old_space' },
      tick => 50_000_000 + tick * 100_000,
    ),
    told('v8js.memory.heap.max', 'By', 'gauge', {}, () => 400_000_000),
    told('nodejs.eventloop.utilization', '1', 'gauge', {}, () => 0.2 * times),
    told('nodejs.eventloop.delay.p99', 's', 'gauge', {}, () => 0.012 * times),
    { ...told('v8js.gc.duration', 's', 'histogram', { 'v8js.gc.type': 'minor' }, () => 0.002), times: 2 },
    told(
      'system.filesystem.usage',
      'By',
      'upDownCounter',
      { 'system.filesystem.state': 'used', 'system.filesystem.mountpoint': '/' },
      tick => 50e9 + tick * 1e8,
    ),
    told(
      'system.filesystem.usage',
      'By',
      'upDownCounter',
      { 'system.filesystem.state': 'free', 'system.filesystem.mountpoint': '/' },
      tick => 50e9 - tick * 1e8,
    ),
  ];
}

// A shop under one of Datadog's tracers (TRACER: which; the rest by Datadog's own variables). Prints its port; ends when it is asked to (/quit), so that the tracer sends
// what it has as at every end of a program.
const tracer = require(process.env.TRACER).init({ flushInterval: 200 });
const fastify = require('fastify');

const app = fastify();

app.get('/orders/:id', ({ params: { id } }) => {
  const query = tracer.trace(
    'pg.query',
    {
      service: 'Shop-postgres',
      resource: `SELECT * FROM orders WHERE id = ${id} AND owner = 'ann@example.com'`,
      type: 'sql',
      tags: {
        'span.kind': 'client',
        component: 'pg',
        'db.type': 'postgres',
        'db.name': 'orders',
        'db.user': 'app',
        'out.host': 'db.local',
        'network.destination.port': 5432,
      },
    },
    () => Promise.resolve({ id }),
  );
  return query.then(order => fetch(`${process.env.PAYMENTS_URL}/pay?card=7`).then(() => order));
});

app.get('/boom', () => {
  throw new TypeError('no such order');
});

app.get('/work', () => {
  const earlier = tracer.startSpan('earlier');
  earlier.finish();
  const span = tracer.startSpan('settle.batch', { childOf: tracer.scope().active() });
  span.addLink({ context: earlier.context(), attributes: { why: 'batch' } });
  span.addEvent('cache miss', { tries: 2, key: "it's “7”; DROP TABLE spans" }, 1_790_000_000_000);
  span.addTags({ 'order.total': 12.5, 'order.kind': 'gift', 'order.count': 3 });
  span.finish();
  const { traceId, spanId } = ids(span.context());
  return { traceId, spanId, linked: ids(earlier.context()) };
});

function ids(context) {
  return { traceId: context.toTraceId(true), spanId: context.toSpanId(true) };
}

app.get('/quit', (_request, reply) => {
  tracer.dogstatsd.increment('orders.count', 2, { plan: 'pro' });
  tracer.dogstatsd.flush();
  reply.header('connection', 'close').send('bye');
  setTimeout(() => app.close(), 100);
});

app.listen({ host: '127.0.0.1', port: 0 }).then(address => console.log(address));

// Everything that Sentry's SDK for Node sends, of version 10 or 11. Prints the ids it made, as JSON.
// Arguments: the SDK's module, the DSN, what to do.
import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';

const [module, dsn, what] = process.argv.slice(2);
const sdks = { 'sentry-node-10': () => import('sentry-node-10'), '@sentry/node': () => import('@sentry/node') };
const Sentry = await sdks[module]();
Sentry.init({
  dsn,
  release: 'shop@1.2.3',
  environment: 'production',
  serverName: 'shop-1',
  dist: 'd7',
  tracesSampleRate: 1,
  enableLogs: true,
  attachStacktrace: true,
  ignoreErrors: [/^not valid/],
  debug: process.env.SENTRY_CLIENT_DEBUG === 'yes',
});
const made = {};

const everything = {
  errors() {
    Sentry.setUser({ id: 'u-17', email: 'ann@example.com', username: 'ann', plan: 'pro' });
    Sentry.setTag('tenant.id', 'acme');
    Sentry.setTag('area', 'checkout');
    Sentry.setContext('payment', { provider: 'stripe', amount: 1299, currency: 'EUR', state: 'declined' });
    Sentry.setExtra('cart', { items: 3 });
    Sentry.addBreadcrumb({ category: 'cart', message: 'added sku-1', level: 'info', data: { sku: 'sku-1' } });
    console.warn('stock is low');
    Sentry.withScope(scope => {
      scope.setFingerprint(['checkout', 'declined']);
      scope.setTransactionName('POST /orders/:id');
      made.exception = Sentry.captureException(
        new TypeError('the order is not complete', { cause: new Error('no card') }),
      );
    });
    made.message = Sentry.captureMessage('disk is nearly full\n\nDROP TABLE logs', 'warning');
    Sentry.withScope(scope => {
      scope.addAttachment({ filename: 'state.json', data: '{"a":1}', contentType: 'application/json' });
      made.withAttachment = Sentry.captureException(new RangeError('with a file'));
    });
  },

  async spans() {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/missing' ? 404 : 200;
      response.end('ok');
    });
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await Sentry.startSpan(
      { name: 'POST /orders/:id', op: 'http.server', attributes: { 'sentry.source': 'route', 'order.total': 12.5 } },
      async root => {
        made.traceId = root.spanContext().traceId;
        made.rootId = root.spanContext().spanId;
        Sentry.startSpan(
          {
            name: "SELECT * FROM orders WHERE customer = 'ann'",
            op: 'db.sql.query',
            attributes: { 'db.system': 'postgresql', 'db.name': 'shop' },
            links: [{ context: root.spanContext(), attributes: { why: 'test' } }],
          },
          span => {
            made.dbId = span.spanContext().spanId;
          },
        );
        Sentry.startSpan(
          { name: 'orders', op: 'queue.publish', attributes: { 'messaging.destination.name': 'orders' } },
          () => {},
        );
        await fetch(`http://127.0.0.1:${port}/stock?sku=1`).then(response => response.text());
        Sentry.startSpan({ name: 'charge', op: 'function' }, span => {
          made.failedId = span.spanContext().spanId;
          span.setStatus({ code: 2, message: 'internal_error' });
        });
        made.inTrace = Sentry.captureException(new Error('inside a span'));
        made.activeId = Sentry.getActiveSpan().spanContext().spanId;
      },
    );
    server.close();
  },

  others() {
    Sentry.logger.info('order placed', { order: 17, total: 12.5, paid: true });
    Sentry.logger.error(Sentry.logger.fmt`payment of ${'ann'} failed`);
    Sentry.metrics.count('orders.placed', 2, { attributes: { plan: 'pro' } });
    Sentry.metrics.count('orders.placed', 3, { attributes: { plan: 'pro' } });
    Sentry.metrics.gauge('queue.depth', 7, { attributes: { queue: 'mail' } });
    for (const value of [10, 20, 40]) Sentry.metrics.distribution('checkout.time', value, { unit: 'millisecond' });
    const monitor = { schedule: { type: 'crontab', value: '0 3 * * *' }, maxRuntime: 30 };
    made.checkIn = Sentry.captureCheckIn({ monitorSlug: 'nightly', status: 'in_progress' }, monitor);
    Sentry.captureCheckIn({ checkInId: made.checkIn, monitorSlug: 'nightly', status: 'error', duration: 1.25 });
    Sentry.captureFeedback({ message: 'it is slow', name: 'Ann', email: 'ann@example.com' });
  },

  filtered() {
    Sentry.captureException(new Error('not valid: the e-mail address'));
    Sentry.captureException(new Error('not valid: the street'));
    made.kept = Sentry.captureException(new Error('really broken'));
  },

  rejection() {
    void Promise.reject(new Error('nobody caught me'));
    return new Promise(resolve => setTimeout(resolve, 300));
  },

  worker() {
    const worker = new Worker('throw new RangeError("thrown in a worker")', { eval: true });
    return new Promise(resolve => worker.once('exit', () => setTimeout(resolve, 200)).on('error', () => {}));
  },

  throw() {
    setTimeout(() => {
      throw new Error('thrown from a timer');
    });
    return new Promise(resolve => setTimeout(resolve, 2000));
  },
};

await everything[what]();
await Sentry.close(5000);
console.log(JSON.stringify(made));
process.exit(0);

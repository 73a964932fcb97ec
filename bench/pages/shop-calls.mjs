// What the spans of the pages' bench are: requests among six services that ask databases, caches, queues and vendors.

const tables = ['orders', 'customers', 'items', 'prices', 'carts', 'payments'];
const verbs = ['SELECT', 'SELECT', 'SELECT', 'INSERT', 'UPDATE'];
const vendors = ['api.stripe.com', 'hooks.slack.com', 's3.eu-central-1.amazonaws.com', 'api.resend.com'];
const server = 2;
const client = 3;
const producer = 4;
const consumer = 5;
const internal = 1;

/** Kind, name and attributes of a span that is not a root, by its operation. */
export function shopCall({ service, operation, method, route, failed }, next) {
  const outcome = failed ? { 'error.type': 'TimeoutError' } : {};
  switch (operation % 10) {
    case 0:
    case 1:
    case 2:
    case 3: {
      const table = tables[operation % tables.length];
      const summary = `${verbs[operation % verbs.length]} ${table}`;
      return {
        kind: client,
        name: summary,
        attributes: {
          'db.system.name': 'postgresql',
          'db.namespace': `${service}_db`,
          'db.collection.name': table,
          'db.operation.name': verbs[operation % verbs.length],
          'db.query.summary': summary,
          'db.query.text': `${summary} WHERE id = $1 AND part = ${operation}`,
          'db.response.returned_rows': Math.floor(next() * 50),
          'server.address': 'pg.internal',
          'server.port': 5432,
          ...outcome,
        },
      };
    }
    case 4:
    case 5:
      return {
        kind: client,
        name: 'GET',
        attributes: {
          'db.system.name': 'redis',
          'db.operation.name': 'GET',
          'cache.key.pattern': `user:*:${tables[operation % tables.length]}`,
          'cache.result': next() < 0.8 ? 'hit' : 'miss',
          'server.address': 'redis.internal',
          ...outcome,
        },
      };
    case 6: {
      const address = vendors[operation % vendors.length];
      return {
        kind: client,
        name: 'POST',
        attributes: {
          'http.request.method': 'POST',
          'server.address': address,
          'url.full': `https://${address}/v1/charges`,
          'http.response.status_code': failed ? 503 : 200,
          ...outcome,
        },
      };
    }
    case 7:
      return {
        kind: next() < 0.5 ? producer : consumer,
        name: 'send mails',
        attributes: {
          'messaging.system': 'bullmq',
          'messaging.destination.name': 'mails',
          'messaging.operation.type': 'send',
          ...outcome,
        },
      };
    case 8:
      return { kind: internal, name: `price ${route}`, attributes: { 'code.function.name': 'price' } };
    default:
      return {
        kind: server,
        name: `${method} ${route}`,
        attributes: {
          'http.request.method': method,
          'http.route': route,
          'http.response.status_code': failed ? 500 : 200,
          ...outcome,
        },
      };
  }
}

import { call } from '../service/call.js';
import { startFastify } from '../service/fastify.js';
import { log } from '../service/log.js';
import { markTenant } from '../service/who.js';
import { simulate } from './simulate.js';
import { planOf } from './tenant-plan.js';

/** The one door to the shop: knows the tenants, writes the access log, hands each request to the service that can answer it. */
await startFastify(app => {
  app.addHook('preHandler', async request => {
    if (request.url.startsWith('/v1/')) markTenant(request.who, await planOf(request.who.tenantId));
  });
  app.addHook('onResponse', async (request, reply) => {
    if (!request.url.startsWith('/v1/')) return;
    const line = {
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      tenant: request.who?.tenantId,
      user: request.who?.userId,
    };
    if (reply.statusCode >= 500) log.error(line, 'request failed');
    else if (reply.statusCode >= 400) log.warn(line, 'request refused');
    else log.info(line, 'request completed');
  });

  app.get<{ Querystring: { category?: string } }>('/v1/products', async ({ who, query }) =>
    call('catalogue', `/v1/products?${new URLSearchParams(query)}`, who),
  );
  app.get<{ Querystring: { q?: string } }>('/v1/search', async ({ who, query }) =>
    call('catalogue', `/v1/search?${new URLSearchParams(query)}`, who),
  );
  app.get<{ Params: { sku: string } }>('/v1/products/:sku', async ({ who, params }) => {
    const [product, stock] = await Promise.all([
      call<object>('catalogue', `/v1/products/${params.sku}`, who),
      call<object>('inventory', `/v1/stock/${params.sku}`, who),
    ]);
    return { ...product, ...stock };
  });
  app.get('/v1/reviews/summary', async ({ who }) => call('catalogue', '/v1/reviews/summary', who));
  app.get('/v1/delivery-options', async ({ who }) => call('checkout', '/v1/delivery-options', who));
  app.get<{ Params: { id: string } }>('/v1/carts/:id', async ({ who, params }) =>
    call('checkout', `/v1/carts/${params.id}`, who),
  );
  app.post<{ Params: { id: string } }>('/v1/carts/:id/items', async ({ who, params, body }) =>
    call('checkout', `/v1/carts/${params.id}/items`, who, { method: 'POST', body }),
  );
  app.post('/v1/checkout/quote', async ({ who, body }) =>
    call('checkout', '/v1/checkout/quote', who, { method: 'POST', body }),
  );
  app.post('/v1/checkout', async ({ who, body }, reply) => {
    const order = await call('checkout', '/v1/checkout', who, { method: 'POST', body });
    return reply.code(201).send(order);
  });
  app.get<{ Params: { id: string } }>('/v1/orders/:id', async ({ who, params }) =>
    call('checkout', `/v1/orders/${params.id}`, who),
  );
  app.post<{ Params: { id: string } }>('/v1/orders/:id/refunds', async ({ who, params, body }, reply) => {
    const refund = await call('checkout', `/v1/orders/${params.id}/refunds`, who, { method: 'POST', body });
    return reply.code(201).send(refund);
  });
  app.get<{ Params: { id: string } }>('/v1/partners/:id/statement', async ({ who, params }) =>
    call('checkout', `/v1/partners/${params.id}/statement`, who),
  );
  simulate(app);
});

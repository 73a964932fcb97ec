import { business, traced } from '@bellwether/node';
import { trace } from '@opentelemetry/api';
import { chooseJobs } from '../jobs/choose.js';
import type { JobQueue } from '../jobs/queue.js';
import { rows } from '../service/database.js';
import { startFastify } from '../service/fastify.js';
import { addToCart, quoteCart, readCart, type CartItem } from './cart.js';
import { deliveryOptions } from './delivery.js';
import { placeOrder, readOrder, refundOrder } from './order.js';
import { rulesOfCart, rulesOneByOne } from './price-rules.js';

const findRules = traced('resolvePriceRules', process.env['SHOP_BAD_RELEASE'] === 'true' ? rulesOneByOne : rulesOfCart);
let queue: JobQueue | undefined;

/** No request arrives before `prepare` has run: the other services do not know our address until then. */
function jobs(): JobQueue {
  if (queue === undefined) throw new Error('checkout is not ready yet');
  return queue;
}

const cartBody = { type: 'object', required: ['cartId'], properties: { cartId: { type: 'string', minLength: 1 } } };

/** Carts, orders and refunds. */
await startFastify(
  app => {
    app.get<{ Params: { id: string } }>('/v1/carts/:id', async ({ who, params }) => ({
      cartId: params.id,
      items: await readCart(who, params.id),
    }));

    app.post<{ Params: { id: string }; Body: CartItem }>(
      '/v1/carts/:id/items',
      {
        schema: {
          body: {
            type: 'object',
            required: ['sku', 'quantity'],
            properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1, maximum: 99 } },
          },
        },
      },
      async ({ who, params, body }) => {
        await addToCart(who, params.id, body);
        business.event('cart.item-added', { value: body.quantity, customer: who.userId });
        return { cartId: params.id };
      },
    );

    app.get('/v1/delivery-options', async ({ who }) => ({ options: await deliveryOptions(who) }));

    app.post<{ Body: { cartId: string } }>(
      '/v1/checkout/quote',
      { schema: { body: cartBody } },
      async ({ who, body }) => {
        business.feature({ feature: 'quote', customer: who.userId });
        const quote = await quoteCart(who, body.cartId, findRules);
        trace.getActiveSpan()?.setAttribute('cart.items', quote.items.length);
        return { full: quote.full, total: quote.total };
      },
    );

    app.post<{ Body: { cartId: string; provider: string } }>(
      '/v1/checkout',
      {
        schema: {
          body: {
            type: 'object',
            required: ['cartId', 'provider'],
            properties: { cartId: { type: 'string', minLength: 1 }, provider: { type: 'string' } },
          },
        },
      },
      async ({ who, body }, reply) => reply.code(201).send(await placeOrder(who, body, { findRules, jobs: jobs() })),
    );

    app.get<{ Params: { id: string } }>('/v1/orders/:id', async ({ who, params }) => {
      const { orderId, state, total } = await readOrder(who, params.id);
      return { orderId, state, total };
    });

    app.post<{ Params: { id: string }; Body: { reason: string } }>(
      '/v1/orders/:id/refunds',
      {
        schema: {
          body: { type: 'object', required: ['reason'], properties: { reason: { type: 'string', maxLength: 100 } } },
        },
      },
      async ({ who, params, body }, reply) =>
        reply.code(201).send(await refundOrder(who, params.id, body.reason, jobs())),
    );

    app.get<{ Params: { id: string } }>('/v1/partners/:id/statement', async ({ params }) => ({
      partnerId: params.id,
      shares: await rows<{ currency: string; orders: number; amountMinor: number }>(
        `SELECT currency, count(*)::int AS orders, sum(amount_minor)::int AS "amountMinor"
         FROM shop.partner_ledger WHERE partner_id = $1 GROUP BY currency ORDER BY currency`,
        [params.id],
      ),
    }));
  },
  {
    prepare: async () => {
      queue = (await chooseJobs()).jobs;
    },
    close: async () => queue?.close(),
  },
);

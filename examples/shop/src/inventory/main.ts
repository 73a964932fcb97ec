import { chooseJobs } from '../jobs/choose.js';
import type { JobQueue } from '../jobs/queue.js';
import { rows, transaction } from '../service/database.js';
import { startFastify } from '../service/fastify.js';
import { log } from '../service/log.js';
import { RequestError } from '../service/request-error.js';

interface Items {
  readonly orderId: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

const itemsSchema = {
  body: {
    type: 'object',
    required: ['orderId', 'items'],
    properties: {
      orderId: { type: 'string' },
      items: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['sku', 'quantity'],
          properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } },
        },
      },
    },
  },
};

const lowStock = 20;
let jobs: JobQueue | undefined;

/** What is in the warehouse. */
await startFastify(
  app => {
    app.get<{ Params: { sku: string } }>('/v1/stock/:sku', async ({ who, params }) => {
      const [stock] = await rows<{ available: number }>(
        'SELECT available FROM shop.stock WHERE tenant_id = $1 AND sku = $2',
        [who.tenantId, params.sku],
      );
      if (stock === undefined) throw new RequestError(404, 'product_unknown', `there is no product ${params.sku}`);
      return stock;
    });

    app.post<{ Body: Items }>('/v1/reservations', { schema: itemsSchema }, async ({ who, body }) => {
      const left = await transaction(async client => {
        const { rows } = await client.query<{ sku: string; available: number }>(
          `UPDATE shop.stock s SET available = s.available - i.quantity
           FROM unnest($2::text[], $3::int[]) AS i (sku, quantity)
           WHERE s.tenant_id = $1 AND s.sku = i.sku AND s.available >= i.quantity RETURNING s.sku, s.available`,
          [who.tenantId, body.items.map(item => item.sku), body.items.map(item => item.quantity)],
        );
        if (rows.length < body.items.length) {
          const got = new Set(rows.map(row => row.sku));
          const missing = body.items.filter(item => !got.has(item.sku)).map(item => item.sku);
          throw new RequestError(409, 'out_of_stock', `not enough stock of ${missing.join(', ')}`);
        }
        return rows;
      }).catch((error: unknown) => {
        if (error instanceof RequestError) log.warn({ order_id: body.orderId, reason: error.message }, 'out of stock');
        throw error;
      });
      for (const { sku, available } of left) {
        if (available > lowStock) continue;
        log.warn({ sku, available }, 'stock is low');
        await jobs?.add({ name: 'stock.replenish', who, sku, available });
      }
      log.info({ order_id: body.orderId, items: body.items.length }, 'stock reserved');
      return { reserved: left.length };
    });

    app.post<{ Body: Items }>('/v1/releases', { schema: itemsSchema }, async ({ who, body }) => {
      await rows(
        `UPDATE shop.stock s SET available = s.available + i.quantity
         FROM unnest($2::text[], $3::int[]) AS i (sku, quantity) WHERE s.tenant_id = $1 AND s.sku = i.sku`,
        [who.tenantId, body.items.map(item => item.sku), body.items.map(item => item.quantity)],
      );
      log.info({ order_id: body.orderId, items: body.items.length }, 'stock released');
      return { released: body.items.length };
    });

    app.post<{ Body: Items }>('/v1/shipments', { schema: itemsSchema }, async ({ who, body }) => {
      await rows(`UPDATE shop.orders SET state = 'shipped' WHERE tenant_id = $1 AND id = $2 AND state = 'paid'`, [
        who.tenantId,
        body.orderId,
      ]);
      log.info({ order_id: body.orderId, parcels: Math.ceil(body.items.length / 4) }, 'shipment ordered');
      return { parcels: Math.ceil(body.items.length / 4) };
    });
  },
  {
    prepare: async () => {
      ({ jobs } = await chooseJobs());
    },
    close: async () => jobs?.close(),
  },
);

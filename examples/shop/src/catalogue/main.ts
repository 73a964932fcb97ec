import { business } from '@bellwether/node';
import { addresses } from '../service/addresses.js';
import { startFastify } from '../service/fastify.js';
import { rows } from '../service/database.js';
import { log } from '../service/log.js';
import { RequestError } from '../service/request-error.js';
import { chooseCache, memoryCache } from './cache.js';

interface Product {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly priceMinor: number;
}

const columns = 'sku, name, category, price_minor AS "priceMinor"';
let cache = memoryCache();

/** What is kept under a key, or else what `find` finds, which is kept then. */
async function cached<Value>(key: string, seconds: number, find: () => Promise<Value>): Promise<Value> {
  const kept = await cache.get(key);
  if (kept !== undefined) return JSON.parse(kept) as Value; // what the same call put there
  const found = await find();
  await cache.set(key, JSON.stringify(found), seconds);
  return found;
}

/** What is for sale. */
await startFastify(
  app => {
    app.get<{ Querystring: { category?: string } }>('/v1/products', async ({ who, query }) => {
      const category = query.category ?? null;
      return cached(`products:${who.tenantId}:${category ?? 'all'}`, 60, async () => ({
        products: await rows<Product>(
          `SELECT ${columns} FROM shop.products WHERE tenant_id = $1 AND ($2::text IS NULL OR category = $2) ORDER BY sku LIMIT 20`,
          [who.tenantId, category],
        ),
      }));
    });

    app.get<{ Params: { sku: string } }>('/v1/products/:sku', async ({ who, params }) => {
      business.event('product.viewed', { customer: who.userId });
      return cached(`product:${who.tenantId}:${params.sku}`, 300, async () => {
        const [product] = await rows<Product>(
          `SELECT ${columns} FROM shop.products WHERE tenant_id = $1 AND sku = $2`,
          [who.tenantId, params.sku],
        );
        if (product === undefined) throw new RequestError(404, 'product_unknown', `there is no product ${params.sku}`);
        return product;
      });
    });

    app.get('/v1/reviews/summary', async ({ who }) => {
      business.feature({ feature: 'reviews', customer: who.userId });
      // All reviews of a merchant come here to be added up: the shop's result without a bound, kept on purpose.
      const reviews = await rows<{ sku: string; stars: number }>(
        'SELECT sku, stars FROM shop.reviews WHERE tenant_id = $1',
        [who.tenantId],
      );
      const stars = reviews.reduce((sum, review) => sum + review.stars, 0);
      return { reviews: reviews.length, stars: reviews.length === 0 ? null : stars / reviews.length };
    });

    app.get<{ Querystring: { q?: string } }>('/v1/search', async ({ who, query }) => {
      const words = query.q ?? '';
      business.feature({ feature: 'search', customer: who.userId });
      const startedMs = performance.now();
      // No index serves this: every review of every tenant is read. It is the shop's one slow query, and it stays.
      const found = await rows<{ sku: string; name: string; stars: number; mentions: number }>(
        `SELECT p.sku, p.name, avg(r.stars)::float AS stars, count(*)::int AS mentions
         FROM shop.reviews r JOIN shop.products p ON p.tenant_id = r.tenant_id AND p.sku = r.sku
         WHERE r.tenant_id = $1 AND (r.body || ' ' || p.name || ' ' || p.category) ~* $2
         GROUP BY p.sku, p.name ORDER BY mentions DESC, stars DESC LIMIT 10`,
        [who.tenantId, words.replaceAll(/[^\p{L}\p{N} ]/gu, '')],
      );
      const tookMs = Math.round(performance.now() - startedMs);
      if (tookMs > 100) log.warn({ words, took_ms: tookMs, found: found.length }, 'slow search');
      return { found };
    });

    app.post<{ Body: { skus: readonly string[] } }>(
      '/v1/prices',
      {
        schema: {
          body: {
            type: 'object',
            required: ['skus'],
            properties: { skus: { type: 'array', maxItems: 100, items: { type: 'string' } } },
          },
        },
      },
      async ({ who, body }) => ({
        prices: await rows<{ sku: string; priceMinor: number; currency: string }>(
          `SELECT p.sku, p.price_minor AS "priceMinor", t.currency
           FROM shop.products p JOIN shop.tenants t ON t.id = p.tenant_id WHERE p.tenant_id = $1 AND p.sku = ANY($2)`,
          [who.tenantId, body.skus],
        ),
      }),
    );
  },
  {
    prepare: async () => {
      cache = await chooseCache(addresses().redisUrl);
    },
    close: async () => cache.close(),
  },
);

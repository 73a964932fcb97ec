import { business, observe, setTenant } from '@bellwether/node';
import Fastify from 'fastify';
import { calculateCommission, configOf } from './billing.js';

const server = Fastify();
const { components } = observe(server, {
  enhancedApm: true,
  businessMetrics: true,
  alerting: true,
  slaMonitoring: true,
  cacheMonitoring: true,
  dashboards: true,
});

server.addHook('onRequest', async request => {
  const tenant = request.headers['x-tenant'];
  if (typeof tenant === 'string') setTenant(tenant, { plan: configOf(tenant).tier });
});

server.post<{ Body: { partner: string; amountMinor: number; invoice: string } }>(
  '/invoices',
  async (request, reply) => {
    const tenantId = String(request.headers['x-tenant']);
    const { partner, amountMinor, invoice } = request.body;
    // The key makes an invoice that is sent twice count once.
    business.revenue({
      amountMinor,
      currency: 'USD',
      type: 'subscription',
      partner,
      invoiceId: invoice,
      idempotencyKey: invoice,
    });
    const commissionMinor = await calculateCommission({ tenantId, partner, amountMinor });
    return reply.code(201).send({ commissionMinor });
  },
);

server.post<{ Body: { partner: string } }>('/customers', async (request, reply) => {
  const { tier } = configOf(String(request.headers['x-tenant']));
  business.lifecycle({ stage: 'registered', partner: request.body.partner, serviceTier: tier });
  return reply.code(201).send({ tier });
});

server.get('/components', () => components);

await server.listen({ port: Number(process.env['PORT'] ?? 0), host: '127.0.0.1' });
const address = server.server.address();
if (typeof address === 'object' && address !== null) console.log(`port ${address.port}`);

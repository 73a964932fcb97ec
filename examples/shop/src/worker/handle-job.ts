import { setTimeout as sleep } from 'node:timers/promises';
import { share, show } from '../domain/money.js';
import { seededRandom } from '../domain/random.js';
import { partners, tenants } from '../domain/tenants.js';
import type { Delivery, Job } from '../jobs/queue.js';
import { call } from '../service/call.js';
import { rows } from '../service/database.js';
import { log } from '../service/log.js';
import { RequestError } from '../service/request-error.js';

const random = seededRandom(Number(process.env['SHOP_SEED'] ?? 1));

/** The mail server hung up. It mostly works at the next try. */
class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

/** Throws when the job should be tried again. Doing a job twice does no harm. */
export async function handleJob({ job, attempt }: Delivery): Promise<void> {
  switch (job.name) {
    case 'order.confirmed': {
      await call('inventory', '/v1/shipments', job.who, {
        method: 'POST',
        body: { orderId: job.orderId, items: job.items.map(({ sku, quantity }) => ({ sku, quantity })) },
      });
      await creditPartner(job);
      await mail(job, attempt, 'receipt');
      log.info({ order_id: job.orderId, amount_minor: job.total.minor, currency: job.total.currency }, 'order handled');
      return;
    }
    case 'order.refunded':
      await mail(job, attempt, 'refund note');
      log.info({ order_id: job.orderId, reason: job.reason }, `refund of ${show(job.amount)} announced`);
      return;
    case 'subscription.renew':
      return renew(job);
    case 'stock.replenish':
      await rows('UPDATE shop.stock SET available = 200 WHERE tenant_id = $1 AND sku = $2', [
        job.who.tenantId,
        job.sku,
      ]);
      log.info({ sku: job.sku, was: job.available, now: 200 }, 'stock replenished');
      return;
  }
}

/** Charges a subscription. A declined card is not tried again before the next renewal. */
async function renew({ who, subscriptionId, price }: Extract<Job, { name: 'subscription.renew' }>): Promise<void> {
  const fields = { subscription_id: subscriptionId, amount_minor: price.minor, currency: price.currency };
  try {
    const { chargeId } = await call<{ chargeId: string }>('payments', '/v1/charges', who, {
      method: 'POST',
      body: { orderId: subscriptionId, provider: 'northpay', amount: price },
    });
    await rows('UPDATE shop.subscriptions SET renewals = renewals + 1 WHERE id = $1', [subscriptionId]);
    log.info({ ...fields, charge_id: chargeId }, 'subscription renewed');
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 402) throw error;
    log.warn({ ...fields, reason: error.code }, 'renewal declined');
  }
}

/** The partner that brought the tenant earns its share of the order, once. */
async function creditPartner(job: Extract<Job, { name: 'order.confirmed' }>): Promise<void> {
  const partnerId = tenants.find(tenant => tenant.id === job.who.tenantId)?.partnerId;
  const partner = partners.find(one => one.id === partnerId);
  if (partner === undefined) return;
  const earned = share(job.total, partner.shareBasisPoints);
  await rows(
    `INSERT INTO shop.partner_ledger (partner_id, tenant_id, order_id, amount_minor, currency) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (order_id) DO NOTHING`,
    [partner.id, job.who.tenantId, job.orderId, earned.minor, earned.currency],
  );
}

async function mail(job: Job, attempt: number, what: string): Promise<void> {
  await sleep(5 + random() * 15);
  if (attempt === 1 && random() < 0.02) throw new MailRefused(`421 mail server is busy, ${what} not sent`);
  log.debug({ job: job.name, user: job.who.userId }, `${what} sent`);
}

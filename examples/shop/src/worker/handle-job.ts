import { business } from '@bellwether/node';
import { share, show } from '../domain/money.js';
import { partners, tenants } from '../domain/tenants.js';
import type { Delivery, Job } from '../jobs/queue.js';
import { askVendor } from '../service/ask-vendor.js';
import { call } from '../service/call.js';
import { rows } from '../service/database.js';
import { log } from '../service/log.js';
import { RequestError } from '../service/request-error.js';
import { longestRenewals, refillPlan, startedPrefix } from '../domain/subscriptions.js';

/** The mail service did not take a message. A busy one takes it later; a mailbox that is gone stays gone, and the job ends as a dead letter. */
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
    const [kept] = await rows<{ renewals: number; plan: string }>(
      `UPDATE shop.subscriptions s SET renewals = renewals + 1 FROM shop.tenants t WHERE s.id = $1 AND t.id = s.tenant_id RETURNING s.renewals, t.plan`,
      [subscriptionId],
    );
    const facts = { amountMinor: price.minor, currency: price.currency, customer: who.userId };
    business.revenue({ ...facts, type: 'subscription', idempotencyKey: chargeId });
    business.lifecycle({ stage: 'renewed', customer: who.userId });
    log.info({ ...fields, charge_id: chargeId }, 'subscription renewed');
    if (subscriptionId.startsWith(startedPrefix) && (kept?.renewals ?? 0) >= longestRenewals) {
      await rows('DELETE FROM shop.subscriptions WHERE id = $1', [subscriptionId]);
      business.subscription.cancelled({ ...facts, subscriptionId, plan: refillPlan, reason: 'moved on' });
      log.info(fields, 'subscription cancelled');
    }
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 402) throw error;
    business.lifecycle({ stage: 'paused', customer: who.userId, reason: error.code });
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
  business.commission({
    amountMinor: earned.minor,
    currency: earned.currency,
    partner: partner.id,
    type: 'sale',
    orderId: job.orderId,
    idempotencyKey: `commission:${job.orderId}`,
  });
}

/**
 * Sends a message, and at once again while the service is busy. That gives it no time: it is the shop's retry storm, kept on purpose.
 * Throws MailRefused when it is not taken.
 */
async function mail(job: Extract<Job, { orderId: string }>, attempt: number, what: string): Promise<void> {
  const message = { to: job.who.userId, about: job.orderId, attempt: String(attempt), what };
  let status = 503;
  for (let tries = 0; tries < 4 && status === 503; tries++) {
    ({ status } = await askVendor('postbox', '/v1/messages', { body: message }));
  }
  if (status !== 202) throw new MailRefused(`the mail service answered ${status}, ${what} not sent`);
  log.debug({ job: job.name, user: job.who.userId }, `${what} sent`);
}

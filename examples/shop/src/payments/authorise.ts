import { setTimeout as sleep } from 'node:timers/promises';
import { business } from '@bellwether/node';
import { askVendor } from '../service/ask-vendor.js';
import { log } from '../service/log.js';
import { RequestError } from '../service/request-error.js';
import { textField } from '../vendors/vendor.js';
import type { Charge, Refund } from './bodies.js';

/** A provider that is busy is asked once more, after this long. */
const politePauseMs = 300;

/** The id of the approved charge. Throws RequestError: 402 when the card is declined, 504 when the provider is silent, 502 when it is busy twice. */
export async function authorise({ orderId, provider, amount }: Charge, customer: string): Promise<string> {
  const startedMs = performance.now();
  const fields = { order_id: orderId, provider, amount_minor: amount.minor, currency: amount.currency };
  const money = { amountMinor: amount.minor, currency: amount.currency };
  const tell = (status: 'succeeded' | 'failed', paymentId: string, failureCode?: string): number => {
    const durationMs = Math.round(performance.now() - startedMs);
    const outcome = { status, paymentId, durationMs, ...(failureCode === undefined ? {} : { failureCode }) };
    business.payment({ ...money, ...outcome, provider, method: 'card', orderId, customer });
    return durationMs;
  };

  const ask = async (): ReturnType<typeof askVendor> => {
    try {
      return await askVendor(provider, '/v1/charges', { body: { ...money, orderId }, idempotencyKey: orderId });
    } catch {
      const tookMs = tell('failed', orderId, 'provider_timeout');
      log.error({ ...fields, took_ms: tookMs }, 'provider did not answer');
      throw new RequestError(504, 'provider_timeout', `${provider} did not answer`);
    }
  };
  let answer = await ask();
  if (answer.status === 503) {
    log.warn(fields, 'provider is busy, asking again');
    await sleep(politePauseMs);
    answer = await ask();
  }
  if (answer.status === 402) {
    const declineCode = textField(answer.body, 'code');
    const tookMs = tell('failed', orderId, 'card_declined');
    log.warn({ ...fields, took_ms: tookMs, decline_code: declineCode }, 'charge declined');
    throw new RequestError(402, 'card_declined', `${provider} declined the card`);
  }
  if (answer.status !== 201) {
    tell('failed', orderId, 'provider_busy');
    throw new RequestError(502, 'provider_busy', `${provider} answered ${answer.status} twice`);
  }
  const chargeId = textField(answer.body, 'id');
  log.info({ ...fields, charge_id: chargeId, took_ms: tell('succeeded', chargeId) }, 'charge approved');
  return chargeId;
}

/** The id of the refund. */
export async function payBack({ chargeId, amount }: Refund): Promise<string> {
  const { body } = await askVendor('northpay', `/v1/refunds`, {
    body: { of: chargeId, amountMinor: amount.minor, currency: amount.currency },
    idempotencyKey: chargeId,
  });
  return textField(body, 'id');
}

import { count, currencyCode, minorUnits, required, text } from './field.js';

/** What every business event may say. */
export const commonFields = {
  tenant: text('tenant.id', 'The customer of yours it belongs to; the one of `setTenant` unless told otherwise.', 200),
  partner: text('business.partner.id', 'The partner through whom it came.'),
  customer: text('business.customer.id', 'The customer, user or account it is about.'),
  organization: text('business.organization.id', 'The organisation of the customer.'),
  channel: text('business.channel', 'Where it happened: `web`, `whatsapp`, `pos`.'),
  source: text('business.attribution.source', 'What brought the customer: `google`, `newsletter`.'),
  medium: text('business.attribution.medium', '`cpc`, `email`, `referral`.'),
  campaign: text('business.attribution.campaign', 'The campaign.'),
  idempotencyKey: text(
    'business.idempotency_key',
    'The same for the same fact, however often it is told; made up when there is none.',
  ),
};

/** Money that has to be there. */
export const money = {
  amountMinor: required(minorUnits('business.amount_minor', 'The amount in minor units of the currency.')),
  currency: required(currencyCode('business.currency', 'The currency.')),
};

/** Money that may be known. */
export const moneyIfKnown = {
  amountMinor: minorUnits('business.amount_minor', 'The amount in minor units of the currency.'),
  currency: currencyCode('business.currency', 'The currency.'),
};

export const plan = text('business.plan', 'The plan, such as `premium`.');
export const serviceTier = text('business.service_tier', 'The tier of service, such as `gold`.');
export const orderId = text('business.order.id', 'The order.');
export const items = count('business.order.items', 'How many things.');

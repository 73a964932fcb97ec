import { money, orderId, plan } from '../common-fields.js';
import { defineEvent } from '../define-event.js';
import { text } from '../field.js';

export const refund = defineEvent({
  name: 'business.refund',
  doc: 'Money went back. The amount is positive; the event says which way it went.',
  fields: {
    ...money,
    of: text('business.refund.of', 'The idempotency key or id of the revenue or payment it takes back.'),
    reason: text('business.reason', 'Why.'),
    plan,
    orderId,
    invoiceId: text('business.invoice.id', 'The invoice.'),
  },
});

import { money, orderId, plan, serviceTier } from '../common-fields.js';
import { defineEvent } from '../define-event.js';
import { required, text } from '../field.js';

export const revenue = defineEvent({
  name: 'business.revenue',
  doc: 'Money came in. What goes back is a refund of its own, so that sums are always of events that add up.',
  fields: {
    ...money,
    type: required(text('business.revenue.type', 'What for: `subscription`, `sale`, `usage`.')),
    plan,
    serviceTier,
    orderId,
    invoiceId: text('business.invoice.id', 'The invoice.'),
  },
});

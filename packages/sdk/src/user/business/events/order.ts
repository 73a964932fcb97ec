import { items, moneyIfKnown } from '../common-fields.js';
import { defineEvent } from '../define-event.js';
import { choice, required, text } from '../field.js';

const statuses = ['created', 'confirmed', 'paid', 'shipped', 'delivered', 'cancelled', 'returned'] as const;

export const order = defineEvent({
  name: 'business.order',
  doc: 'An order reached a status.',
  fields: {
    orderId: required(text('business.order.id', 'The order.')),
    status: required(choice('business.order.status', 'Its status from now on.', statuses)),
    previousStatus: choice('business.order.previous_status', 'Its status before.', statuses),
    ...moneyIfKnown,
    items,
    reason: text('business.reason', 'Why, when it was cancelled or returned.'),
  },
  metrics: [
    {
      name: 'orders.created',
      kind: 'counter',
      unit: '',
      doc: 'Orders that were created',
      labels: { tenant: 'tenant.id', channel: 'channel' },
      when: ['status', 'created'],
    },
  ],
});

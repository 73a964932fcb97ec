import { money, orderId } from '../common-fields.js';
import { defineEvent } from '../define-event.js';
import { choice, duration, required, text } from '../field.js';

export const payment = defineEvent({
  name: 'business.payment',
  doc: 'A payment was tried. Money that came in by it is a `business.revenue` of its own.',
  fields: {
    ...money,
    paymentId: required(text('business.payment.id', 'The payment.')),
    provider: required(text('business.payment.provider', 'Who handles it: `stripe`, `paystack`.')),
    status: required(
      choice('business.payment.status', 'How it went.', ['pending', 'authorized', 'succeeded', 'failed', 'cancelled']),
    ),
    method: text('business.payment.method', '`card`, `transfer`, `wallet`.'),
    failureCode: text('business.payment.failure_code', "The provider's reason, such as `card_declined`."),
    durationMs: duration('business.payment.duration_ms', 'How long the provider took, in milliseconds.'),
    orderId,
  },
  metrics: [
    {
      name: 'payments.processed',
      kind: 'counter',
      unit: '',
      doc: 'Payments by how they went',
      labels: { tenant: 'tenant.id', provider: 'provider', status: 'status' },
    },
    {
      name: 'payment.processing.duration',
      kind: 'histogram',
      unit: 's',
      doc: 'Time that payment providers took',
      labels: { provider: 'provider' },
      value: 'durationMs',
      scale: 0.001,
    },
  ],
});

import { money, orderId } from '../common-fields.js';
import { defineEvent } from '../define-event.js';
import { choice, required, text } from '../field.js';

export const commission = defineEvent({
  name: 'business.commission',
  doc: 'A partner earned something.',
  fields: {
    ...money,
    partner: required(text('business.partner.id', 'Who earned it.')),
    type: required(text('business.commission.type', 'What for: `sale`, `renewal`, `referral`.')),
    status: choice('business.commission.status', 'How far it is.', ['earned', 'paid', 'reversed']),
    orderId,
  },
});

import { defineEvent } from '../define-event.js';
import { choice, count, required, text } from '../field.js';

export const credits = defineEvent({
  name: 'business.credits',
  doc: 'An entry in the ledger of credits that customers buy and use up. The number is positive; the entry says which way it goes.',
  fields: {
    entry: required(
      choice('business.credits.entry', 'Which way.', ['granted', 'purchased', 'consumed', 'expired', 'refunded']),
    ),
    credits: required(count('business.credits.amount', 'How many.', 1)),
    balanceAfter: count('business.credits.balance_after', 'How many are left.'),
    feature: text('business.feature.name', 'What they were used for.'),
  },
  metrics: [
    {
      name: 'business.credits',
      kind: 'counter',
      unit: '{credit}',
      doc: 'Credits by which way they went',
      labels: { entry: 'entry' },
      value: 'credits',
    },
  ],
});

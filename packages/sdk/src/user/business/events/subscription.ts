import { money, moneyIfKnown, serviceTier } from '../common-fields.js';
import { defineEvent } from '../define-event.js';
import { choice, count, duration, flag, minorUnits, required, text } from '../field.js';

const subscriptionId = required(text('business.subscription.id', 'The subscription.'));
const plan = required(text('business.plan', 'The plan, such as `premium`.'));
const interval = required(
  choice('business.subscription.interval', 'How often the amount is paid.', [
    'day',
    'week',
    'month',
    'quarter',
    'year',
  ]),
);
const intervalCount = count('business.subscription.interval_count', 'Every how many intervals; 1 unless told.', 1);

export const subscriptionStarted = defineEvent({
  name: 'business.subscription.started',
  doc: 'Somebody subscribed, or a trial became a subscription. The amount is what is paid per interval, after discounts.',
  fields: {
    subscriptionId,
    plan,
    ...money,
    interval,
    intervalCount,
    serviceTier,
    trial: flag('business.subscription.trial', 'Whether nothing is paid yet.'),
    timeToConvertDays: duration('business.subscription.time_to_convert_days', 'Days from registration to now.'),
  },
  metrics: [
    {
      name: 'business.subscription.time_to_convert',
      kind: 'histogram',
      unit: 'd',
      doc: 'Days from registration to subscription',
      labels: { plan: 'plan' },
      value: 'timeToConvertDays',
    },
  ],
});

export const subscriptionChanged = defineEvent({
  name: 'business.subscription.changed',
  doc: 'Another plan, price, interval or number of seats. The amount is what is paid from now on.',
  fields: {
    subscriptionId,
    plan,
    ...money,
    interval,
    intervalCount,
    serviceTier,
    previousPlan: text('business.subscription.previous_plan', 'The plan before.'),
    previousAmountMinor: minorUnits('business.subscription.previous_amount_minor', 'The amount per interval before.'),
    reason: text('business.reason', 'Why.'),
  },
});

export const subscriptionCancelled = defineEvent({
  name: 'business.subscription.cancelled',
  doc: 'A subscription was ended, at once or with its period. The amount is what is no longer paid.',
  fields: {
    subscriptionId,
    plan,
    ...moneyIfKnown,
    serviceTier,
    atPeriodEnd: flag('business.subscription.at_period_end', 'Whether it goes on until what was paid for is over.'),
    reason: text('business.reason', 'Why.'),
  },
});

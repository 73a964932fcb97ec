import { plan, serviceTier } from '../common-fields.js';
import { defineEvent } from '../define-event.js';
import { choice, required, text } from '../field.js';

const stages = ['registered', 'activated', 'converted', 'renewed', 'paused', 'reactivated', 'churned'] as const;

export const lifecycle = defineEvent({
  name: 'business.lifecycle',
  doc: 'A customer reached a stage of its life with you: what acquisition, retention and churn are counted from.',
  fields: {
    stage: required(choice('business.lifecycle.stage', 'The stage that begins.', stages)),
    previousStage: choice('business.lifecycle.previous_stage', 'The stage that ends.', stages),
    serviceTier,
    plan,
    reason: text('business.reason', 'Why.'),
  },
  metrics: [
    {
      name: 'customer.lifecycle.events',
      kind: 'counter',
      unit: '',
      doc: 'Stages that customers reached',
      labels: { stage: 'event_type', partner: 'partner_id', serviceTier: 'service_tier' },
    },
  ],
});

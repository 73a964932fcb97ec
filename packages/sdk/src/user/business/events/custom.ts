import { defineEvent } from '../define-event.js';
import { quantity, required, text } from '../field.js';

export const custom = defineEvent({
  name: 'business.event',
  doc: 'Anything else that matters to the business, with a number if it has one: `stories.published`, `scan.completed`.',
  fields: {
    name: required(text('business.event.name', 'What happened; one of a few.')),
    value: quantity('business.event.value', 'How much of it, or how good.'),
    unit: text('business.event.unit', 'What the value counts.'),
  },
});

import { plan } from '../common-fields.js';
import { defineEvent } from '../define-event.js';
import { count, required, text } from '../field.js';

export const feature = defineEvent({
  name: 'business.feature',
  doc: 'A feature was used. Who used it stands on the event; the metric knows the feature only.',
  fields: {
    feature: required(text('business.feature.name', 'The feature; one of a few.')),
    times: count('business.feature.times', 'How often, when it is told in one go.', 1),
    plan,
  },
  metrics: [
    {
      name: 'business.feature.usage',
      kind: 'counter',
      unit: '',
      doc: 'Times that features were used',
      labels: { feature: 'feature' },
      value: 'times',
    },
  ],
});

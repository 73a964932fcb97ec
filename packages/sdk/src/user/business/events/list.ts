import type { EventDefinition } from '../define-event.js';
import { commission } from './commission.js';
import { credits } from './credits.js';
import { custom } from './custom.js';
import { feature } from './feature.js';
import { lifecycle } from './lifecycle.js';
import { order } from './order.js';
import { payment } from './payment.js';
import { refund } from './refund.js';
import { revenue } from './revenue.js';
import { subscriptionCancelled, subscriptionChanged, subscriptionStarted } from './subscription.js';

/** All kinds of business events. A new one is a file here, a line here, and one in `business.ts`. */
export const eventDefinitions: readonly EventDefinition[] = [
  revenue,
  refund,
  subscriptionStarted,
  subscriptionChanged,
  subscriptionCancelled,
  lifecycle,
  feature,
  commission,
  order,
  payment,
  credits,
  custom,
];

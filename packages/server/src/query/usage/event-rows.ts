import { type TimeWindow, inWindow, windowParams } from '../time-window.js';
import type { Statement } from '../asker.js';

/** Whose events: all of the workspace, or of one environment, service, tenant or plan. */
export interface EventScope {
  readonly env: string | undefined;
  readonly service: string | undefined;
  readonly tenant: string | undefined;
  readonly plan: string | undefined;
}

/**
 * What happened, as people say it: the feature or the event of one's own by its name; a stage or a status behind its kind (`lifecycle.registered`,
 * `order.created`); any other event by its name, without `business.`.
 */
export const eventLabel = `multiIf(
    event_name = 'business.feature', attrs['business.feature.name'],
    event_name = 'business.event', attrs['business.event.name'],
    event_name = 'business.lifecycle', concat('lifecycle.', attrs['business.lifecycle.stage']),
    event_name = 'business.order', concat('order.', attrs['business.order.status']),
    event_name = 'business.payment', concat('payment.', attrs['business.payment.status']),
    startsWith(event_name, 'business.'), substring(event_name, 10),
    event_name)`;

/** Who did it: the customer that the event names, or the user of the request; '' when nobody is named. */
export const eventPerson = `multiIf(
    attrs['business.customer.id'] != '', attrs['business.customer.id'],
    attrs['user.id'] != '', attrs['user.id'],
    attrs['user_id'] != '', attrs['user_id'],
    attrs['enduser.id'])`;

/** What the tenant pays for, as `setTenant` said it; '' when it did not. */
export const eventPlan = "attrs['tenant.plan']";

/** The condition on `logs` for the events of a window, and its parameters. */
export function eventRows(
  { env, service, tenant, plan }: EventScope,
  window: TimeWindow,
): { readonly condition: string; readonly params: Statement['params'] } {
  const narrowed = [
    env === undefined ? '' : ' AND environment = {env:String}',
    service === undefined ? '' : ' AND service = {service:String}',
    tenant === undefined ? '' : ' AND tenant_id = {tenant:String}',
    plan === undefined ? '' : ` AND ${eventPlan} = {plan:String}`,
  ].join('');
  return {
    condition: `workspace = {workspace:String} AND ${inWindow()} AND event_name != ''${narrowed}`,
    params: {
      ...windowParams(window),
      ...(env !== undefined && { env }),
      ...(service !== undefined && { service }),
      ...(tenant !== undefined && { tenant }),
      ...(plan !== undefined && { plan }),
    },
  };
}

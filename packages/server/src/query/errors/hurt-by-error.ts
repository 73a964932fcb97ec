import type { ErrorAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { type OneError, errorRows, scopeParams } from './occurrences.js';

const listed = 10;

/** The plan of a tenant, as its events say it. */
const plan =
  "multiIf(attrs['tenant.plan'] != '', attrs['tenant.plan'], attrs['user.plan'] != '', attrs['user.plan'], attrs['plan'])";

/** Who an error hurts most: users, tenants and, where events say it (`tenant.plan`, `user.plan`, `plan`), what they pay for. */
export async function hurtByError(
  asker: Asker,
  scope: OneError,
): Promise<Pick<ErrorAnswer, 'users' | 'tenants' | 'plans'>> {
  const columns = `user_id AS user, tenant_id AS tenant, ${plan} AS tier`;
  // Lines, and spans of traces that have no line of it: what counts as an event.
  const events = `(
  SELECT ${columns} FROM logs WHERE ${errorRows(scope)}
  UNION ALL
  SELECT ${columns} FROM (
    SELECT user_id, tenant_id, attrs, trace_id FROM spans WHERE ${errorRows(scope)}
      AND (trace_id = toFixedString('', 16) OR trace_id NOT IN (SELECT trace_id FROM logs WHERE ${errorRows(scope)}))
    LIMIT 1 BY trace_id
  )
)`;
  const params = { ...scopeParams(scope), limit: listed };
  const [users, tenants, plans] = await Promise.all([
    ask<{ id: string; events: string }>(asker, {
      sql: `SELECT user AS id, count() AS events FROM ${events} WHERE user != '' GROUP BY user ORDER BY events DESC, id LIMIT {limit:UInt32}`,
      params,
    }),
    ask<{ id: string; plan: string; events: string; users: string }>(asker, {
      sql: `SELECT tenant AS id, max(tier) AS plan, count() AS events, uniqExactIf(user, user != '') AS users FROM ${events} WHERE tenant != '' GROUP BY tenant ORDER BY events DESC, id LIMIT {limit:UInt32}`,
      params,
    }),
    ask<{ plan: string; events: string; tenants: string }>(asker, {
      sql: `SELECT tier AS plan, count() AS events, uniqExactIf(tenant, tenant != '') AS tenants FROM ${events} WHERE tier != '' GROUP BY tier ORDER BY events DESC, plan LIMIT {limit:UInt32}`,
      params,
    }),
  ]);
  return {
    users: users.map(({ id, events }) => ({ id, events: Number(events) })),
    tenants: tenants.map(({ id, plan, events, users }) => ({
      id,
      plan,
      events: Number(events),
      users: Number(users),
    })),
    plans: plans.map(({ plan, events, tenants }) => ({ plan, events: Number(events), tenants: Number(tenants) })),
  };
}

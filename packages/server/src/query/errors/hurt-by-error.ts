import type { ErrorAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { type ErrorTable, type OneError, errorRows, newestErrorRows, scopeParams } from './occurrences.js';

const listed = 10;
/** Tenants whose events are counted by plan: those with the most. */
const countedTenants = 1000;
/** Newest events of each kind that tell which plan a tenant has. */
const toldPlans = 2000;

/** The plan of a tenant, as its events say it. */
const plan =
  "multiIf(attrs['tenant.plan'] != '', attrs['tenant.plan'], attrs['user.plan'] != '', attrs['user.plan'], attrs['plan'])";

/**
 * Who an error hurts most: users, tenants and what they pay for. The plan is that of the tenant, by its newest events that say it (`tenant.plan`, `user.plan` or `plan`), and counts for all
 * of the tenant's events.
 */
export async function hurtByError(
  asker: Asker,
  scope: OneError,
): Promise<Pick<ErrorAnswer, 'users' | 'tenants' | 'plans'>> {
  const rows = errorRows(scope);
  // A trace is its first user's, whichever of its spans knows one, and so are its lines that know none. It may stand for others.
  const traces = `(
    SELECT trace_id, argMinIf(user_id, ts, user_id != '') AS traceUser, argMinIf(tenant_id, ts, tenant_id != '') AS traceTenant, toFloat64(max(weight)) AS traceStands
    FROM error_spans WHERE ${rows} GROUP BY trace_id
  )`;
  // Lines, and traces that have no line of it: what counts as an event.
  const events = `(
  SELECT if(user_id != '', user_id, traceUser) AS user, if(tenant_id != '', tenant_id, traceTenant) AS tenant, toFloat64(1) AS stands
  FROM (SELECT user_id, tenant_id, trace_id FROM error_lines WHERE ${rows}) AS lines LEFT JOIN ${traces} AS traces USING (trace_id)
  UNION ALL
  SELECT traceUser AS user, traceTenant AS tenant, traceStands AS stands
  FROM ${traces} WHERE trace_id NOT IN (SELECT trace_id FROM error_lines WHERE ${rows})
)`;
  const params = scopeParams(scope);
  const planIn = (table: ErrorTable): string =>
    `SELECT tenant_id AS tenant, ${plan} AS tier, ts AS at FROM ${table} WHERE ${newestErrorRows(table, scope)}`;
  const [users, tenants, plans] = await Promise.all([
    ask<{ id: string; events: number }>(asker, {
      sql: `SELECT user AS id, round(sum(stands)) AS events FROM ${events} WHERE user != '' GROUP BY user ORDER BY events DESC, id LIMIT {limit:UInt32}`,
      params: { ...params, limit: listed },
    }),
    ask<{ id: string; events: number; users: string }>(asker, {
      sql: `SELECT tenant AS id, round(sum(stands)) AS events, uniqExactIf(user, user != '') AS users FROM ${events} WHERE tenant != '' GROUP BY tenant ORDER BY events DESC, id LIMIT {limit:UInt32}`,
      params: { ...params, limit: countedTenants },
    }),
    ask<{ id: string; plan: string }>(asker, {
      sql: `SELECT tenant AS id, argMax(tier, at) AS plan FROM (${planIn('error_lines')} UNION ALL ${planIn('error_spans')}) WHERE tenant != '' AND tier != '' GROUP BY tenant`,
      params: { ...params, limit: toldPlans },
    }),
  ]);
  const planOf = new Map(plans.map(({ id, plan }) => [id, plan]));
  const hurt = tenants.map(({ id, events, users }) => ({
    id,
    plan: planOf.get(id) ?? '',
    events: Number(events),
    users: Number(users),
  }));
  const byPlan = new Map<string, { plan: string; events: number; tenants: number }>();
  for (const { plan, events } of hurt) {
    if (plan === '') continue;
    const sum = byPlan.get(plan) ?? { plan, events: 0, tenants: 0 };
    byPlan.set(plan, { plan, events: sum.events + events, tenants: sum.tenants + 1 });
  }
  return {
    users: users.map(({ id, events }) => ({ id, events: Number(events) })),
    tenants: hurt.slice(0, listed),
    plans: [...byPlan.values()].toSorted((a, b) => b.events - a.events).slice(0, listed),
  };
}

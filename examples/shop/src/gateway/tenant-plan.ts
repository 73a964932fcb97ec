import type { Plan } from '../domain/tenants.js';
import { rows } from '../service/database.js';
import { RequestError } from '../service/request-error.js';

const keptMs = 60_000;
const kept = new Map<string, { readonly plan: Plan; readonly untilMs: number }>();

/** The plan a tenant pays for; remembered for a minute. Throws RequestError 401 for an unknown tenant. */
export async function planOf(tenantId: string, nowMs: number = Date.now()): Promise<Plan> {
  const remembered = kept.get(tenantId);
  if (remembered !== undefined && remembered.untilMs > nowMs) return remembered.plan;
  const [tenant] = await rows<{ plan: Plan }>('SELECT plan FROM shop.tenants WHERE id = $1', [tenantId]);
  if (tenant === undefined)
    throw new RequestError(401, 'tenant_unknown', `no tenant has the id ${JSON.stringify(tenantId)}`);
  kept.set(tenantId, { plan: tenant.plan, untilMs: nowMs + keptMs });
  return tenant.plan;
}

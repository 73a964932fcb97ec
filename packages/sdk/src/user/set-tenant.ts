import { scopes } from '../core/scope.js';
import { setTenantOf } from '../core/tenant.js';

export interface TenantOptions {
  /** The tenant's plan, such as `premium`. */
  readonly plan?: string;
}

/**
 * Says which customer the work in progress is for. The request's spans and logs carry `tenant.id` (and `tenant.plan`) from now on, and services
 * of yours that it calls take it over. Outside of any request it does nothing.
 */
export function setTenant(id: string, { plan }: TenantOptions = {}): void {
  const scope = scopes.getStore();
  if (scope !== undefined && typeof id === 'string')
    setTenantOf(scope.shared, id, typeof plan === 'string' ? plan : undefined);
}

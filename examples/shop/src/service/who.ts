import { setTenant } from '@bellwether/node';
import { trace } from '@opentelemetry/api';
import { tenants, type Plan } from '../domain/tenants.js';
import { RequestError } from './request-error.js';

/** On whose behalf a request runs. It travels between the services as headers. */
export interface Who {
  readonly tenantId: string;
  readonly userId: string;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Throws RequestError 400 when the request does not say for whom it is. */
export function whoAsks(headers: Headers): Who {
  const tenantId = headers['x-tenant-id'];
  if (typeof tenantId !== 'string' || tenantId === '') {
    throw new RequestError(400, 'tenant_missing', 'send the header x-tenant-id with the id of the tenant');
  }
  const userId = headers['x-user-id'];
  return { tenantId, userId: typeof userId === 'string' ? userId : 'anonymous' };
}

export function whoHeaders(who: Who): Record<string, string> {
  return { 'x-tenant-id': who.tenantId, 'x-user-id': who.userId };
}

/** Puts tenant, plan and user on the request's span, its logs and what it calls. The plan is the one that is known here unless it is told. */
export function markTenant(who: Who, told?: Plan): void {
  const plan = told ?? tenants.find(({ id }) => id === who.tenantId)?.plan;
  setTenant(who.tenantId, plan === undefined ? {} : { plan });
  trace.getActiveSpan()?.setAttribute('user.id', who.userId);
}

import type { Shared } from './scope.js';
import { encodeShared } from './shared-attributes.js';

/** Longest tenant id that is taken from anywhere. */
const maxTenantChars = 200;

/** Puts a tenant on a request's spans and logs from now on. */
export function setTenantOf(shared: Shared, id: string, plan: string | undefined): void {
  if (id === '' || id.length > maxTenantChars) return;
  shared.tenantId = id;
  shared.plan = plan;
  encodeShared(shared);
}

/** Takes `tenant.id` and `tenant.plan` from a W3C `baggage` header; nothing else is. */
export function tenantFromBaggage(shared: Shared, baggage: string): void {
  let id: string | undefined;
  let plan: string | undefined;
  for (const member of baggage.slice(0, 8192).split(',')) {
    const [pair = ''] = member.split(';');
    const at = pair.indexOf('=');
    const key = pair.slice(0, at).trim();
    if (key === 'tenant.id') id = decoded(pair.slice(at + 1).trim());
    else if (key === 'tenant.plan') plan = decoded(pair.slice(at + 1).trim());
  }
  if (id !== undefined) setTenantOf(shared, id, plan);
}

/** The `baggage` header that hands the tenant on. */
export function tenantBaggage(shared: Shared): string | undefined {
  if (shared.tenantId === undefined) return undefined;
  const id = `tenant.id=${encodeURIComponent(shared.tenantId)}`;
  return shared.plan === undefined ? id : `${id},tenant.plan=${encodeURIComponent(shared.plan)}`;
}

/** Whether a host is one of ours: loopback, a private address, a name without a dot, or one that is listed. Others are not told of tenants. */
export function mayKnowTenant(host: string, listed: readonly string[]): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  if (listed.includes(name)) return true;
  if (!name.includes('.') && !name.includes(':')) return true;
  if (name === '::1' || /^f[cd][\da-f]{2}:/i.test(name)) return true;
  if (/^(?:127|10)\.\d+\.\d+\.\d+$/.test(name) || /^192\.168\.\d+\.\d+$/.test(name)) return true;
  if (/^172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+$/.test(name)) return true;
  return /\.(?:local|internal|localhost|svc)$/.test(name);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

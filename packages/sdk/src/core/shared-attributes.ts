import { keyValueBytes } from '../otlp/key-value.js';
import type { Shared } from './scope.js';

/** Encodes anew what each span and log of a request carries: its tenant, user and request id. To be called when one of these has changed. */
export function encodeShared(shared: Shared): void {
  const { tenantId, plan, surroundings } = shared;
  const requestId = surroundings?.requestId ?? shared.requestId;
  const attributes: Uint8Array[] = [];
  if (tenantId !== undefined) attributes.push(keyValueBytes('tenant.id', tenantId));
  if (tenantId !== undefined && plan !== undefined) attributes.push(keyValueBytes('tenant.plan', plan));
  const userId = surroundings?.user?.['id'];
  if (typeof userId === 'string') attributes.push(keyValueBytes('user.id', userId));
  if (requestId !== undefined) attributes.push(keyValueBytes('request.id', requestId));
  shared.attributes = attributes;
}

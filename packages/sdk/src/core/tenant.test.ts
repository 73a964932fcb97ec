import { expect, test } from 'vitest';
import { noShared } from './scope.js';
import { mayKnowTenant, setTenantOf, tenantBaggage, tenantFromBaggage } from './tenant.js';

test('the tenant goes into baggage and comes out of it; other members are left alone', () => {
  const shared = noShared();
  setTenantOf(shared, 'Acme, Inc.', 'premium');
  const header = tenantBaggage(shared);
  expect(header).toBe('tenant.id=Acme%2C%20Inc.,tenant.plan=premium');
  const other = noShared();
  tenantFromBaggage(other, `user.email=a%40b.c,${header};ttl=5`);
  expect([other.tenantId, other.plan, other.attributes.length]).toEqual(['Acme, Inc.', 'premium', 2]);
});

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.20.0.1', true],
  ['172.40.0.1', false],
  ['checkout', true],
  ['checkout.default.svc', true],
  ['api.stripe.com', false],
  ['8.8.8.8', false],
  ['[::1]', true],
  ['partner.example', true],
])('%s is told of tenants: %s', (host, told) => {
  expect(mayKnowTenant(host, ['partner.example'])).toBe(told);
});

test('a broken or endless tenant id is not taken', () => {
  const shared = noShared();
  tenantFromBaggage(shared, 'tenant.id=%E0%A4%A');
  expect(shared.tenantId).toBeUndefined();
  tenantFromBaggage(shared, `tenant.id=${'x'.repeat(500)}`);
  expect(shared.tenantId).toBeUndefined();
});

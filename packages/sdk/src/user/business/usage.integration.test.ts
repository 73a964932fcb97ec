import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bellwether, start } from '../../start.js';
import { type RunningBellwether, startBellwether, until } from '../../test-support/bellwether.js';
import { setTenant } from '../set-tenant.js';
import { setUser } from '../set-user.js';
import { traced } from '../traced.js';
import { business } from './business.js';

const dayMs = 86_400_000;
const nowMs = Date.now();
const ago = (days: number): Date => new Date(nowMs - days * dayMs);

let server: RunningBellwether;
let sdk: Bellwether;

beforeAll(async () => {
  server = await startBellwether();
  sdk = start({ url: server.ingest, service: 'shop', disable: ['undici', 'http-client', 'http-server', 'uncaught'] });
  business.lifecycle({ stage: 'registered', customer: 'ann', tenant: 'acme', at: ago(25) });
  business.lifecycle({ stage: 'registered', customer: 'bob', tenant: 'acme', at: ago(25) });
  business.feature({ feature: 'search', customer: 'ann', tenant: 'acme', at: ago(24.5) });
  business.feature({ feature: 'search', customer: 'bob', tenant: 'acme', at: ago(5) });
  // As a request does: who uses it and for which tenant is known already.
  traced('request', () => {
    setTenant('acme');
    setUser({ id: 'ann' });
    business.feature({ feature: 'export' });
  })();
  await sdk.flush();
}, 120_000);
afterAll(async () => {
  await sdk.shutdown();
  await server.stop();
});

test('[L6] what lifecycle and feature send is enough to count active people by day, week, month and tenant', async () => {
  const toMs = nowMs + 60_000;
  const answer = await until('the events can be found', async () => {
    const found = await server.get(`/api/bw/v1/active-users?to=${toMs}&days=7`);
    return JSON.stringify(found).includes('"daily":1,"weekly":2,"monthly":2') ? found : undefined;
  });
  expect(answer).toMatchObject({
    stickiness: 0.5,
    tenants: [{ tenant: 'acme', daily: 1, weekly: 2, monthly: 2 }],
  });
});

test('[P6] and to tell who uses which feature, and how many went from one to the next', async () => {
  const range = `from=${nowMs - 30 * dayMs}&to=${nowMs + 60_000}`;
  expect(await server.get(`/api/bw/v1/usage?${range}`)).toMatchObject({
    users: 2,
    tenants: 1,
    usage: [
      { name: 'lifecycle.registered', events: 2, users: 2, adoption: 1 },
      { name: 'search', events: 2, users: 2 },
      // The SDK's own event, of nobody.
      { name: 'app.startup', users: 0, adoption: 0 },
      { name: 'export', events: 1, users: 1, adoption: 0.5 },
    ],
  });
  const steps = 'lifecycle.registered,search,export';
  expect(await server.get(`/api/bw/v1/funnel?${range}&steps=${steps}&windowSeconds=86400`)).toEqual({
    steps: [
      { name: 'lifecycle.registered', users: 2, ofFirst: 1, ofPrevious: null },
      { name: 'search', users: 1, ofFirst: 0.5, ofPrevious: 0.5 },
      { name: 'export', users: 0, ofFirst: 0, ofPrevious: 0 },
    ],
    groups: [],
  });
  await expect(server.get(`/api/bw/v1/funnel?${range}&steps=search`)).rejects.toThrow(
    'needs 2 to 10 names of events, with commas between them',
  );
});

import { expect, test } from 'vitest';
import { drillOf } from './labels-drill.js';

test('a series leads to the traces and logs of its service, and of its route', () => {
  expect(drillOf({ service_name: 'checkout', http_route: '/orders/:id' })).toEqual({
    name: 'checkout',
    traces: 'service:checkout http.route:"/orders/:id"',
    logs: 'service:checkout',
  });
});

test('the job of what came by OpenTelemetry is namespace and name', () => {
  expect(drillOf({ job: 'shop/checkout' })?.logs).toBe('service:checkout');
});

test('a series that names no service leads nowhere', () => {
  expect(drillOf({ le: '0.5' })).toBeUndefined();
});

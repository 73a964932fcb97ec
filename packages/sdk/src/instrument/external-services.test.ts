import fc from 'fast-check';
import { expect, test } from 'vitest';
import { externalServices, operationOf, serviceOf } from './external-services.js';

test.each([
  ['POST', '/v1/chat/completions', 'chat.completions.create'],
  ['POST', '/emails', 'emails.create'],
  ['GET', '/v1/users/user_2abCdEf12345', 'users.get'],
  ['GET', '/v1/users?limit=10', 'users.list'],
  ['POST', '/v1/payment_intents/pi_3NabcDEF123/confirm', 'payment_intents.confirm'],
  ['POST', '/v1/customers/cus_Nabc123', 'customers.update'],
  ['DELETE', '/v1/sessions/550e8400-e29b-41d4-a716-446655440000', 'sessions.delete'],
  ['GET', '/', 'list'],
])('[E1] %s %s is %s', (method, path, operation) => {
  expect(operationOf(method, path)).toBe(operation);
});

test.each([
  ['api.stripe.com', 'stripe'],
  ['api.clerk.com', 'clerk'],
  ['api.resend.com:443', 'resend'],
  ['rekognition.eu-central-1.amazonaws.com', 'aws-rekognition'],
  ['covers.s3.eu-central-1.amazonaws.com', 'aws-s3'],
  ['s3.amazonaws.com', 'aws-s3'],
  ['notstripe.com', undefined],
  ['stripe.com.evil.example', undefined],
])('[E1] %s is %s', (host, name) => {
  expect(serviceOf(host, new Map())?.name).toBe(name);
});

test('a host of the application has the name that it was given', () => {
  expect(serviceOf('pay.internal:8080', new Map([['pay.internal', 'payments']]))?.name).toBe('payments');
});

test('every service has a name that can be a label, and no host twice', () => {
  for (const { name, host } of externalServices) expect(`${name} ${host}`).toMatch(/^[a-z][a-z\d-]* [a-z\d.-]+$/);
  expect(new Set(externalServices.map(({ host }) => host)).size).toBe(externalServices.length);
});

test('no digit of a path becomes part of an operation', () => {
  fc.assert(
    fc.property(fc.webPath(), path => {
      expect(operationOf('POST', path)).not.toMatch(/\d/);
    }),
  );
});

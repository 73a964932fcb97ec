import { expect, test } from 'vitest';
import { type Asked, explain } from './explain.js';
import type { Probe } from './probe.js';

const asked = (url: string, more: Partial<Asked> = {}): Asked => ({
  url: new URL(url),
  hasKey: false,
  proxyVariable: undefined,
  ...more,
});
const failed = (code: string): Probe => ({ result: 'failed', code, message: 'it failed' });
const answered = (status: number, text = '', more: object = {}): Probe => ({
  result: 'answered',
  status,
  text,
  location: undefined,
  isPage: false,
  ...more,
});
const said = (probe: Probe, how: Asked): string => {
  const { problem, remedy } = explain(probe, how) ?? { problem: 'nothing', remedy: '' };
  return `${problem} ${remedy}`;
};

test('what was taken needs no explanation', () => {
  expect(explain({ result: 'taken' }, asked('http://127.0.0.1:4318'))).toBeUndefined();
});

test.each([
  [
    'ECONNREFUSED',
    'http://127.0.0.1:4318',
    'Nothing listens at 127.0.0.1:4318. Start Bellwether with: npx bellwether up.',
  ],
  ['ENOTFOUND', 'http://telemetri.example', 'The name telemetri.example is not known. Check the spelling'],
  ['ETIMEDOUT', 'http://10.0.0.9:4318', '10.0.0.9:4318 does not answer. A firewall'],
  ['EPROTO', 'https://127.0.0.1:4318', 'does not speak TLS. Write http://'],
  ['HPE_INVALID_CONSTANT', 'http://127.0.0.1:4317', 'does not speak HTTP. Port 4317 is for gRPC.'],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'https://bw.example',
    'is not trusted: it failed. Name the certificate of its issuer in NODE_EXTRA_CA_CERTS',
  ],
])('[I12] %s at %s', (code, url, text) => {
  expect(said(failed(code), asked(url))).toContain(text);
});

test('[I12] a proxy that the SDK does not use is named where nobody answers', () => {
  expect(said(failed('ETIMEDOUT'), asked('http://bw.example', { proxyVariable: 'HTTPS_PROXY' }))).toContain(
    'HTTPS_PROXY is set, but the SDK connects directly',
  );
});

test('[I12] a missing key and a wrong one are two things, and neither is shown', () => {
  expect(said(answered(401), asked('http://a:1'))).toBe(
    'a:1 wants a key (status 401). Set BELLWETHER_KEY to an ingest key.',
  );
  expect(said(answered(403, 'no such key'), asked('http://a:1', { hasKey: true }))).toContain(
    'does not accept the key in BELLWETHER_KEY (status 403). It says: no such key',
  );
});

test.each([
  ['http://a:4318/v1/traces', answered(404), 'Leave that out: BELLWETHER_URL=http://a:4318'],
  ['http://a:4300', answered(404), 'These are pages for people'],
  ['http://a:8080', answered(200, '<html>', { isPage: true }), 'These are pages for people'],
  ['http://a:8080/otlp', answered(404), 'does not take telemetry at /otlp/v1/traces (status 404)'],
  [
    'http://a',
    answered(301, '', { location: 'https://b/v1/traces?key=secret' }),
    'to https://b/v1/traces. The SDK does not follow',
  ],
  ['http://a', answered(503, 'full'), 'takes nothing now (status 503). It says: full'],
  [
    'http://a',
    answered(404, '{"error":{"message":"there is nothing here","remedy":"Did you mean /v1/traces?"}}'),
    'It says: there is nothing here. Did you mean /v1/traces?',
  ],
  ['http://a', answered(500, 'oops'), 'status 500. It says: oops'],
])('[I12] wrong places are told apart: %s', (url, probe, text) => {
  expect(said(probe, asked(url))).toContain(text);
});

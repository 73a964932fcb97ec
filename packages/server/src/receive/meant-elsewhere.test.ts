import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isHttpRequest, meantByBytes, meantByPath } from './meant-elsewhere.js';

test.each([
  ['/v0.4/traces', 'datadog'],
  ['/v0.5/traces', 'datadog'],
  ['/telemetry/proxy/api/v2/apmtelemetry', 'datadog'],
  ['/api/v2/series', 'datadog'],
  ['/sentry/api/1/envelope/', 'sentry'],
  ['/api/envelope/', 'sentry'],
  ['/api/store/', 'sentry'],
  ['/loki/api/push', 'loki'],
  ['/loki/api/v1/push/loki/api/v1/push', 'loki'],
  ['/api/v1/receive', 'prometheus/remote-write'],
  ['/api/v1/write/api/v1/write', 'prometheus/remote-write'],
  ['/prometheus/write', 'prometheus/remote-write'],
  ['/api/v3/spans', 'zipkin'],
  ['/v1/trace', 'otlp/http'],
  ['/v1/traces/v1/traces', 'otlp/http'],
  ['/otlp/v1/logs', 'otlp/http'],
  ['//v1/metrics', 'otlp/http'],
  ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'otlp/grpc'],
])('%s is known as what a sender of %s asks for', (path, protocol) => {
  expect(meantByPath(path)?.protocol).toBe(protocol);
});

test('a path that no sender uses is nobody’s', () => {
  expect(['/', '/favicon.ico', '/wp-login.php', '/_bulk'].map(meantByPath)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

const what = (text: string): string | undefined => meantByBytes(Buffer.from(text, 'latin1'))?.what;

test('bytes of StatsD, syslog and the forward protocol are known by their beginning', () => {
  expect(what('orders.placed:1|c|#plan:pro\n')).toBe('StatsD');
  expect(what('order.seconds:0.25:0.5|d\n')).toBe('StatsD');
  expect(what('_sc|db.up|2\n')).toBe('StatsD');
  expect(what('<34>1 2026-01-01T00:00:00Z host app - - - text')).toBe('syslog');
  expect(what('52 <34>1 2026-01-01T00:00:00Z host app - - - text')).toBe('syslog');
  expect(what('\x93\xa4shop\x00\x80')).toBe('Fluentd’s forward protocol');
  expect(what('SSH-2.0-OpenSSH_9\r\n')).toBeUndefined();
  expect(what('')).toBeUndefined();
});

test('a request of HTTP is known, and a line of syslog that begins like one is none', () => {
  const isHttp = [
    'POST /v1/traces HTTP/1.1\r\nhost: a\r\n',
    'PRI * HTTP/2.0\r\n\r\n',
    'POST of the day\n',
    '<34>1 GET / HTTP/1.1\n',
  ];
  expect(isHttp.map(text => isHttpRequest(Buffer.from(text)))).toEqual([true, true, false, false]);
});

test('any path and any bytes are looked at quickly and without an error', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 4000 }), fc.uint8Array({ maxLength: 4000 }), (path, bytes) => {
      const before = process.cpuUsage();
      meantByPath(path);
      meantByPath(`/${'a/'.repeat(1000)}${path}`);
      meantByBytes(bytes);
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(100);
    }),
  );
});

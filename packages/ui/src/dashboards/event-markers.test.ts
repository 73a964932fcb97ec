import { expect, test } from 'vitest';
import { alertMarkers, deployMarkers, versionsExpr } from './event-markers.js';

const seen = (service: string, version: string, ...timesMs: readonly number[]) => ({
  labels: { service_name: service, service_version: version },
  timesMs,
  values: timesMs.map(() => 1),
});

test('a version that comes after another one is a deploy; the first one of a service is none', () => {
  expect(deployMarkers([seen('shop', '1.1', 60, 120), seen('shop', '1.0', 0, 60)])).toEqual([
    { atMs: 60, label: '1.1' },
  ]);
  expect(deployMarkers([seen('shop', '1.0', 0), seen('shop', '1.1', 60), seen('pay', '2.0', 30)])).toEqual([
    { atMs: 60, label: 'shop 1.1' },
  ]);
});

test('an alert is marked where it begins to fire, and again after a pause', () => {
  const labels = { alertname: 'HighErrorRate' };
  expect(alertMarkers([{ labels, timesMs: [0, 60, 120, 600], values: [1, 1, 1, 1] }], 60)).toEqual([
    { atMs: 0, label: 'Alert HighErrorRate' },
    { atMs: 600, label: 'Alert HighErrorRate' },
  ]);
});

test('names of services are taken as they are', () => {
  expect(versionsExpr(['a.b', 'c"d'])).toBe(
    'count by (service_name, service_version) (traces_span_metrics_calls_total{service_version!="",service_name=~"a\\\\.b|c\\"d"})',
  );
});

import type { ServiceRow } from '@bellwether/model';
import { expect, test } from 'vitest';
import { countByStatus, matching, worstFirst } from './service-status.js';

const service = (
  name: string,
  status: ServiceRow['status'],
  errorRatio: number | null,
  requestsPerSecond = 1,
): ServiceRow => {
  return {
    name,
    status,
    errorRatio,
    requestsPerSecond,
    requests: 100,
    p50Ms: 1,
    p95Ms: 2,
    p99Ms: 3,
    apdex: 1,
    sparkline: [],
    version: 'v1',
    versionSince: null,
    environments: ['production'],
    language: 'nodejs',
    lastSeen: 0,
    before: null,
  };
};

const services = [
  service('busy', 'healthy', 0.001, 50),
  service('calm', 'healthy', 0.009, 2),
  service('silent', 'no-data', null, 0),
  service('slow', 'degraded', 0.02),
  service('broken', 'failing', 0.2),
  service('worse', 'failing', 0.5),
];

test('the worst service stands first; healthy ones by traffic', () => {
  expect(worstFirst(services).map(({ name }) => name)).toEqual(['worse', 'broken', 'slow', 'silent', 'busy', 'calm']);
});

test('services are counted by status', () => {
  expect(countByStatus(services)).toEqual({ failing: 2, degraded: 1, 'no-data': 1, healthy: 2 });
});

test('a filter finds names, versions, languages and environments, in any case', () => {
  expect(matching(services, ' BUS', undefined).map(({ name }) => name)).toEqual(['busy']);
  expect(matching(services, 'prod', 'failing').map(({ name }) => name)).toEqual(['broken', 'worse']);
  expect(matching(services, 'none such', undefined)).toEqual([]);
});

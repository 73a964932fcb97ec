import { expect } from 'vitest';
import { type MatrixCase, openCase } from './matrix.js';
import type { SeenSpan } from './otlp.js';

/** How a framework writes the patterns of the routes that its application in `matrix/apps` has. */
export interface RoutePatterns {
  readonly order: string;
  readonly tenant: string;
  readonly fails: string;
  readonly refused: string;
}

export const expressPatterns: RoutePatterns = {
  order: '/users/:user/orders/:order',
  tenant: '/tenants/:tenant',
  fails: '/fails',
  refused: '/refused',
};

/**
 * What is true of every web framework: a span per request by its route's pattern, rate and status from the histogram of durations, nothing left in flight, an
 * error that no handler of the application took is an exception of its request and reported once, a refusal (403) is no error, and what a handler says about its
 * request (here the tenant, after an `await`) stays with it, with others running at the same time. `inCode`: the
 * application calls `observe` and is not started with the flag. Returns the spans of its eight requests.
 */
export async function seesWebFramework(
  one: MatrixCase,
  patterns: RoutePatterns = expressPatterns,
  { appName, inCode = false }: { readonly appName?: string; readonly inCode?: boolean } = {},
): Promise<readonly SeenSpan[]> {
  const { start, sink } = await openCase(one);
  const app = await start(inCode ? { OBSERVE: '1' } : {}, appName, { byFlag: !inCode });
  const statuses: number[] = [];
  for (const path of ['/users/7/orders/9', '/fails', '/refused', '/nowhere/7'])
    statuses.push((await app.get(path)).status);
  expect(statuses).toEqual([200, 500, 403, 404]);
  const tenants = ['acme', 'globex', 'initech', 'umbrella'];
  await Promise.all(tenants.map(tenant => app.get(`/tenants/${tenant}`)));
  await app.stop();

  const requests = sink.spans.filter(span => span.kind === 2);
  expect(requests.slice(0, 4).map(span => [span.name, span.attributes['http.response.status_code']])).toEqual([
    [`GET ${patterns.order}`, 200],
    [`GET ${patterns.fails}`, 500],
    [`GET ${patterns.refused}`, 403],
    ['GET', 404],
  ]);
  expect(requests[1]?.status).toBe(2);
  expect(requests[1]?.events[0]?.attributes).toMatchObject({ 'exception.type': 'RangeError' });
  expect(requests[2]?.status).toBe(0);
  const told = requests.slice(4).map(span => [span.attributes['url.path'], span.attributes['tenant.id']]);
  expect(told.toSorted()).toEqual(tenants.map(tenant => [`/tenants/${tenant}`, tenant]));
  expect(requests[4]?.name).toBe(`GET ${patterns.tenant}`);

  const durations = sink.points.filter(point => point.metric === 'http.server.request.duration');
  const counted = durations.map(point => [
    point.attributes['http.route'],
    point.attributes['http.response.status_code'],
    point.count,
  ]);
  expect(counted).toContainEqual([patterns.order, 200, 1]);
  expect(counted).toContainEqual([patterns.fails, 500, 1]);
  expect(counted).toContainEqual([patterns.tenant, 200, tenants.length]);
  expect(sink.points.findLast(point => point.metric === 'http.server.active_requests')?.value).toBe(0);
  const reported = sink.logs.filter(log => log.attributes['exception.type'] !== undefined);
  expect(reported.map(log => log.attributes['exception.type'])).toEqual(['RangeError']);
  return requests;
}

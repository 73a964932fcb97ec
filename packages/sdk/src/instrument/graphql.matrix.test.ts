import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('graphql'))(
  '[A4][C1][B2] GraphQL: operations by type and name, resolvers counted, what they throw reported ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    for (const path of ['/orders', '/orders', '/fails', '/refused']) await app.get(path);
    await app.stop();
    const spans = sink.spans.filter(span => span.attributes['graphql.operation.type'] !== undefined);
    expect(spans.map(span => [span.name, span.attributes['graphql.resolvers.calls'], span.status])).toEqual([
      ['query Orders', 3, 0],
      ['query Orders', 3, 0],
      ['query Fails', 1, 2],
      ['query', 1, 2],
    ]);
    const request = sink.spans.find(span => span.spanId === spans[0]?.parentId);
    expect(request?.traceId).toBe(spans[0]?.traceId);
    expect(spans[2]?.events[0]?.attributes).toMatchObject({ 'exception.type': 'RangeError' });
    const reported = sink.logs.map(log => log.attributes['exception.type']).filter(type => type !== undefined);
    expect(reported).toEqual(['RangeError']);
    const durations = sink.points.filter(point => point.metric === 'graphql.operation.duration');
    expect(durations.map(point => [point.attributes['graphql.operation.name'], point.count])).toContainEqual([
      'Orders',
      2,
    ]);
  },
);

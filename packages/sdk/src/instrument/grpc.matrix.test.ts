import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

// Version 1 is its only major.
test.each(matrixCases('@grpc/grpc-js', { previous: false }))(
  '[A4][B4][C1][E2] gRPC: calls of every kind on both sides, one trace, failures, tenants ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    const codes: string[] = [];
    for (const path of ['/acme', '/missing', '/fails', '/watch', '/import']) codes.push((await app.get(path)).body);
    expect(codes).toEqual(['0', '5', '2', '0', '0']);
    await app.stop();
    const calls = sink.spans.filter(span => span.attributes['rpc.system'] === 'grpc');
    const seen = (kind: number): unknown[] =>
      calls
        .filter(span => span.kind === kind)
        .map(span => [span.name, span.attributes['rpc.grpc.status_code'], span.status]);
    const [get, watch, load] = ['shop.Orders/Get', 'shop.Orders/Watch', 'shop.Orders/Import'];
    expect(seen(2)).toEqual([
      [get, 0, 0],
      [get, 5, 0],
      [get, 2, 2],
      [watch, 0, 0],
      [load, 0, 0],
    ]);
    expect(seen(3)).toEqual([
      [get, 0, 0],
      [get, 5, 2],
      [get, 2, 2],
      [watch, 0, 0],
      [load, 0, 0],
    ]);
    for (const server of calls.filter(span => span.kind === 2)) {
      const client = calls.find(span => span.spanId === server.parentId);
      expect(client?.traceId).toBe(server.traceId);
      expect(sink.spans.some(span => span.spanId === client?.parentId && span.name === 'GET')).toBe(true);
    }
    expect(calls.find(span => span.kind === 2)?.attributes['tenant.id']).toBe('acme');
    expect(calls.filter(span => span.attributes['tenant.id'] !== undefined)).toHaveLength(1);
    const durations = sink.points.filter(point => point.metric === 'rpc.server.duration');
    expect(durations.reduce((sum, point) => sum + point.count, 0)).toBe(5);
    expect(sink.logs.some(log => log.attributes['exception.type'] === 'RangeError')).toBe(true);
  },
);

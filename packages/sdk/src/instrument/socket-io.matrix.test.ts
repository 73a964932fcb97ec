import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('socket.io'))('[A4][C5] socket.io: connections and events by namespace ($name)', async one => {
  const { start, sink } = await openCase(one);
  const app = await start();
  for (const path of ['/stay', '/leave', '/leave']) await app.get(path);
  await app.get('/stay');
  await app.stop();
  const last = (metric: string, direction?: string): number | undefined =>
    sink.points.findLast(
      ({ metric: name, attributes }) =>
        name === metric &&
        attributes['socketio.namespace'] === '/orders' &&
        attributes['network.io.direction'] === direction,
    )?.value;
  expect(last('socketio.connections')).toBe(2);
  expect(last('socketio.messages', 'receive')).toBe(4);
  expect(last('socketio.messages', 'send')).toBe(4);
});

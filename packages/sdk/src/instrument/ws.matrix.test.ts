import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('ws'))('[A4][C5] ws: connections and messages of both sides ($name)', async one => {
  const { start, sink } = await openCase(one);
  const app = await start();
  for (let times = 0; times < 3; times++) await app.get('/');
  await app.stop();
  const last = (metric: string, ...attributes: readonly string[]): number | undefined =>
    sink.points.findLast(
      point => point.metric === metric && attributes.every(value => Object.values(point.attributes).includes(value)),
    )?.value;
  for (const role of ['server', 'client']) {
    expect(last('websocket.connections', role)).toBe(1);
    expect(last('websocket.messages', role, 'receive')).toBe(6);
    expect(last('websocket.messages', role, 'send')).toBe(6);
  }
});

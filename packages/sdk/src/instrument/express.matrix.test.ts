import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('express'))('[A4][C1][W2] routes are templates, errors are kept ($name)', async one => {
  const { start, sink } = await openCase(one);
  const app = await start();
  await app.get('/users/7/orders/9');
  expect((await app.get('/fails')).status).toBe(500);
  await app.stop();
  expect(sink.spans.map(span => span.name)).toEqual(['GET /users/:user/orders/:order', 'GET /fails']);
  expect(sink.spans[1]?.events[0]?.attributes).toMatchObject({ 'exception.type': 'RangeError' });
});

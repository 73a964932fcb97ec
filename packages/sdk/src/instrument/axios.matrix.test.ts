import { expect, test } from 'vitest';
import { freePort } from '../test-support/peers.js';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('axios'))(
  '[E1][E2] services behind HTTP clients (axios, fetch) by name and operation, with latency and outcome ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const port = await freePort();
    const app = await start({ VENDOR_PORT: String(port), BELLWETHER_EXTERNAL_SERVICES: `127.0.0.1:${port}=payments` });
    expect((await app.get('/')).body).toBe('ok');
    await app.stop();
    const calls = sink.spans.filter(span => span.kind === 3);
    expect(
      calls.map(span => [span.name, span.attributes['bellwether.operation'], span.attributes['error.type'] ?? '']),
    ).toEqual([
      ['payments.payment_intents.confirm', 'payment_intents.confirm', ''],
      ['payments.customers.get', 'customers.get', ''],
      ['payments.broken.list', 'broken.list', '503'],
      ['payments.chat.completions.create', 'chat.completions.create', ''],
    ]);
    const series = sink.points.filter(point => point.metric === 'http.client.request.duration');
    expect(series.every(point => point.attributes['service.peer.name'] === 'payments')).toBe(true);
    expect(JSON.stringify(series.map(point => point.attributes))).not.toMatch(/pi_|cus_|b\.example/);
  },
);

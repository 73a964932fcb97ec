import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningBellwether, startBellwether, until } from '../test-support/bellwether.js';
import { startFile } from '../test-support/child-app.js';
import { matrixFolder } from '../test-support/matrix.js';

const folder = join(matrixFolder, 'current/.apps', `log-events-${process.pid}`);
let server: RunningBellwether;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(matrixFolder, 'apps/log-events/pino.mjs'), join(folder, 'pino.mjs'));
  server = await startBellwether();
  const app = await startFile(join(folder, 'pino.mjs'), {
    name: 'orders',
    environment: { BELLWETHER_URL: server.ingest },
  });
  for (const status of ['paid', 'shipped', 'delivered']) await app.get(`/${status}`);
  await app.stop();
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('[J4] lines of pino with a field event are events that are searched by name and a counter of PromQL, without a line of ours in the application', async () => {
  const counted = encodeURIComponent('bellwether_log_events_total{event="order_status_changed"}');
  const { data } = await until('the events are counted', async () => {
    // As Prometheus describes it.
    const answer = (await server.get(`/api/v1/query?query=${counted}`)) as {
      readonly data: {
        readonly result: readonly {
          readonly metric: Record<string, string>;
          readonly value: readonly [number, string];
        }[];
      };
    };
    return answer.data.result[0]?.value[1] === '3' ? answer : undefined;
  });
  expect(data.result).toMatchObject([{ metric: { event: 'order_status_changed', service: 'orders' } }]);
  const range = `from=${Date.now() - 3_600_000}&to=${Date.now() + 60_000}`;
  const found = await server.get(
    `/api/bw/v1/logs?${range}&q=${encodeURIComponent('event:order_status_changed new_status:shipped')}`,
  );
  expect(found).toMatchObject({
    logs: [
      {
        attributes: expect.arrayContaining([
          { key: 'tenant_id', type: 'string', value: 'acme' },
          { key: 'old_status', type: 'string', value: 'created' },
        ]),
      },
    ],
  });
  expect(await server.get(`/api/bw/v1/usage?${range}&service=orders`)).toMatchObject({
    usage: expect.arrayContaining([expect.objectContaining({ name: 'order_status_changed', events: 3 })]),
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { enrichment } from '../enrich/enrichment.js';
import { LogEvents } from '../enrich/log-events.js';
import { BlockBuilder } from './block-builder.js';
import type { Log } from './otlp-model.test-support.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const startMs = Date.UTC(2026, 10, 20, 12);
const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const line = (event: string): Log => ({ attributes: [attribute('event', event), attribute('order_id', 'o-1')] });

function add(builder: BlockBuilder, workspace: string, logRecords: readonly Log[], receivedMs: number): void {
  const resource = { attributes: [attribute('service.name', 'shop')] };
  const body = Buffer.from(JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }));
  builder.add(decode('logs', 'json', body), { workspace, recordSeq: 1, receivedMs });
}

const samples = (workspace: string) =>
  store.rows(`SELECT attrs['event'] AS event, attrs['service'] AS service, groupArray(value) AS course
FROM (SELECT * FROM metric_samples WHERE workspace = '${workspace}' ORDER BY ts) AS sample
INNER JOIN (SELECT DISTINCT id, attrs FROM metric_series WHERE workspace = '${workspace}' AND metric = 'bellwether_log_events_total') AS series ON sample.id = series.id
GROUP BY event, service
ORDER BY event`);

test('[J4] lines with a field `event` are events by that name, and are counted by name and service in each workspace from 0 on', async () => {
  const builder = new BlockBuilder({ ...enrichment(), logEvents: new LogEvents() });
  add(builder, 'a', [line('order_placed'), line('order_placed'), { eventName: 'business.order' }, {}], startMs);
  add(builder, 'b', [line('order_placed')], startMs);
  await store.load(builder.cut());
  add(builder, 'a', [line('order_placed')], startMs + 5000);
  await store.load(builder.cut());
  expect(await samples('a')).toEqual([
    { event: 'business.order', service: 'shop', course: [0, 1] },
    { event: 'order_placed', service: 'shop', course: [0, 2, 3] },
  ]);
  expect(await samples('b')).toEqual([{ event: 'order_placed', service: 'shop', course: [0, 1] }]);
  expect(
    await store.rows(
      "SELECT event_name, count() AS lines FROM logs WHERE workspace = 'a' GROUP BY event_name ORDER BY event_name",
    ),
  ).toMatchObject([{ event_name: '' }, { event_name: 'business.order' }, { event_name: 'order_placed' }]);
});

test('[J4] a sentence or a number in `event` is no name; a name of OpenTelemetry that is none counts as _other', async () => {
  const builder = new BlockBuilder({ ...enrichment(), logEvents: new LogEvents() });
  const number = { attributes: [{ key: 'event', value: { intValue: '7' } }] };
  add(builder, 'c', [line('it went wrong for 7'), line(''), line('x'.repeat(101)), number], startMs);
  add(builder, 'c', [{ eventName: 'user 7 came' }], startMs);
  await store.load(builder.cut());
  expect(await samples('c')).toEqual([{ event: '_other', service: 'shop', course: [0, 1] }]);
});

test('[J4] a workspace that names events without end fills only its own thousand', async () => {
  const events = new LogEvents();
  for (let i = 0; i < 5000; i++) events.count('flood', `service-${i % 7}`, `event-${i}`, startMs);
  events.count('calm', 'shop', 'order_placed', startMs);
  const [flood, calm] = events.takeChanged();
  expect(flood?.[1]).toHaveLength(1001);
  expect(flood?.[1].find(({ event }) => event === '_other')).toMatchObject({ service: '', count: 4000 });
  expect(calm?.[1]).toMatchObject([{ event: 'order_placed', count: 1 }]);
  expect(events.takeChanged()).toEqual([]);
});

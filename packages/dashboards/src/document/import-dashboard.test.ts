import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../json/json.js';
import { readDashboard } from './dashboard.js';
import { dashboardIn, importDashboard } from './import-dashboard.js';

/** In the words of a team's guide: a dashboard written by hand that names its datasource. */
const orders: JsonObject = {
  annotations: { list: [] },
  editable: true,
  panels: [
    {
      datasource: 'Prometheus',
      fieldConfig: { defaults: {}, overrides: [] },
      gridPos: { h: 8, w: 12, x: 0, y: 0 },
      id: 1,
      options: {},
      title: 'Orders Created',
      type: 'timeseries',
      targets: [
        { expr: 'sum(increase(orders_created_total[24h])) by (channel)', legendFormat: '{{channel}}', refId: 'A' },
      ],
    },
  ],
  refresh: '10s',
  schemaVersion: 30,
  title: 'Order Monitoring',
  uid: 'orders-dashboard',
  version: 1,
};

test('[R7] [R14] [W48] the order dashboard is read: its query goes to us, every 10 seconds', () => {
  const read = readDashboard(importDashboard(JSON.stringify(orders)));
  expect([read.uid, read.title, read.refresh, read.schemaVersion]).toEqual([
    'orders-dashboard',
    'Order Monitoring',
    '10s',
    30,
  ]);
  const [panel] = read.sections[0]?.panels ?? [];
  expect(panel).toMatchObject({
    key: '1',
    kind: 'timeseries',
    title: 'Orders Created',
    place: { x: 0, y: 0, w: 12, h: 8 },
  });
  expect(panel?.targets).toMatchObject([
    {
      expr: 'sum(increase(orders_created_total[24h])) by (channel)',
      legend: '{{channel}}',
      datasource: { kind: 'prometheus' },
      range: true,
    },
  ]);
});

test('the answer of an API and a Kubernetes object hold the dashboard that is in them', () => {
  expect(dashboardIn({ dashboard: orders, meta: { slug: 'orders' } })).toBe(orders);
  expect(dashboardIn({ apiVersion: 'dashboard.grafana.app/v1beta1', kind: 'Dashboard', spec: orders })).toBe(orders);
  expect(dashboardIn({ kind: 'GrafanaDashboard', spec: { json: JSON.stringify(orders) } })).toEqual(orders);
});

test.each<[string, Json, string]>([
  ['a list', [orders, orders], 'It is a list: give one dashboard at a time.'],
  ['a list of one', [orders], 'It is a list with one thing in it: give the thing itself, without [ and ].'],
  ['a text', 'dashboard', 'It is no JSON object; a dashboard starts with {.'],
  ['rules', { groups: [{ name: 'a' }] }, 'It is a file of alert or recording rules, not a dashboard.'],
  ['an alert rule', { grafana_alert: {} }, 'It is a Grafana alert rule, not a dashboard.'],
  [
    'a folder',
    { uid: 'a', title: 'Team', url: '/dashboards/f/a' },
    "It is an exported folder, not a dashboard: export the folder's dashboards one by one.",
  ],
  ['a library panel', { kind: 1, model: {} }, 'It is a library panel: export the dashboard that shows it.'],
  ['one panel', { type: 'stat', targets: [] }, 'It is one panel, not a dashboard: put it into the "panels" of one.'],
  [
    'schema v2',
    { elements: {}, layout: {} },
    'It is a dashboard of schema v2 (with `elements`): export it from Grafana as "classic" JSON.',
  ],
  [
    'provisioning',
    { apiVersion: 1, datasources: [] },
    'It is a provisioning file of Grafana (datasources, contact points or where dashboards lie), not a dashboard.',
  ],
  ['anything', { hello: 1 }, 'It is JSON, but no Grafana dashboard: it has no "panels".'],
])('%s is refused with what it is', (_, json, sentence) => {
  expect(() => dashboardIn(json)).toThrow(sentence);
});

test('whatever stands in a file, reading it does not fail', () => {
  const any = fc.jsonValue({ maxDepth: 3 });
  const wild = fc.record(
    {
      panels: fc.array(
        fc.record(
          {
            type: fc.constantFrom('graph', 'singlestat', 'table-old', 'table', 'row', 'heatmap', 'timeseries', 'x'),
            gridPos: any,
            fieldConfig: any,
            options: any,
            targets: any,
            yaxes: any,
            styles: any,
            seriesOverrides: any,
            thresholds: any,
            panels: any,
            legend: any,
            links: any,
          },
          { requiredKeys: [] },
        ),
      ),
      rows: any,
      templating: fc.oneof(
        any,
        fc.record({ list: fc.array(fc.record({ name: any, type: any, query: any, current: any })) }),
      ),
      annotations: any,
      time: any,
      __inputs: any,
      refresh: any,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(wild, document => {
      const read = readDashboard(JSON.parse(JSON.stringify(document)) as JsonObject);
      expect(Array.isArray(read.sections)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

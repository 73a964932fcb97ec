import { expect, test } from 'vitest';
import type { JsonObject } from '../json/json.js';
import { readDashboard } from './dashboard.js';
import { addPanel, editPanel, emptyDashboard, unitOf } from './edit-panel.js';

const panels = (document: JsonObject) => readDashboard(document).sections.flatMap(section => section.panels);

test('rows divide the panels; a folded one holds its own', () => {
  const { sections } = readDashboard({
    panels: [
      { id: 1, type: 'stat', gridPos: { x: 0, y: 0, w: 6, h: 4 } },
      { id: 2, type: 'row', title: 'Open', collapsed: false, gridPos: { x: 0, y: 4, w: 24, h: 1 }, panels: [] },
      { id: 3, type: 'gauge', gridPos: { x: 0, y: 5, w: 6, h: 4 } },
      {
        id: 4,
        type: 'row',
        title: 'Folded',
        collapsed: true,
        gridPos: { x: 0, y: 9, w: 24, h: 1 },
        panels: [{ id: 5, type: 'table' }],
      },
    ],
  });
  expect(
    sections.map(({ row, panels }) => [
      row?.title,
      row?.collapsed,
      panels.map(({ key, path }) => [key, path.join('/')]),
    ]),
  ).toEqual([
    [undefined, undefined, [['1', 'panels/0']]],
    ['Open', false, [['3', 'panels/2']]],
    ['Folded', true, [['5', 'panels/3/panels/0']]],
  ]);
});

test('rows of before 2018 flow in spans of 12', () => {
  const [section] = readDashboard({
    schemaVersion: 14,
    rows: [
      {
        title: 'CPU',
        showTitle: true,
        height: '250px',
        panels: [
          { id: 1, type: 'graph', span: 6 },
          { id: 2, type: 'singlestat', span: 4 },
          { id: 3, type: 'text', span: 12 },
        ],
      },
    ],
  }).sections;
  expect(section?.row?.title).toBe('CPU');
  expect(section?.panels.map(({ kind, place }) => [kind, place])).toEqual([
    ['timeseries', { x: 0, y: 0, w: 12, h: 7 }],
    ['stat', { x: 12, y: 0, w: 8, h: 7 }],
    ['text', { x: 0, y: 7, w: 24, h: 7 }],
  ]);
});

test('old graphs say their unit, axes, colours and stacking as new ones do', () => {
  const [panel] = panels({
    panels: [
      {
        id: 1,
        type: 'graph',
        stack: true,
        fill: 3,
        linewidth: 2,
        nullPointMode: 'connected',
        yaxes: [
          { format: 'bytes', min: '0', logBase: 10 },
          { format: 'percent', max: 100 },
        ],
        aliasColors: { used: '#890F02' },
        seriesOverrides: [{ alias: '/^load/', yaxis: 2, stack: false }],
        legend: { show: true, values: true, alignAsTable: true, rightSide: true, avg: true, current: true },
        thresholds: [{ value: 80, colorMode: 'critical', op: 'gt' }],
      },
    ],
  });
  expect(panel?.fieldConfig['defaults']).toMatchObject({
    unit: 'bytes',
    min: 0,
    custom: {
      fillOpacity: 30,
      lineWidth: 2,
      spanNulls: true,
      stacking: { mode: 'normal' },
      scaleDistribution: { type: 'log', log: 10 },
    },
  });
  expect(panel?.fieldConfig['overrides']).toEqual([
    {
      matcher: { id: 'byName', options: 'used' },
      properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: '#890F02' } }],
    },
    {
      matcher: { id: 'byRegexp', options: '/^load/' },
      properties: [
        { id: 'custom.axisPlacement', value: 'right' },
        { id: 'unit', value: 'percent' },
        { id: 'max', value: 100 },
        { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
      ],
    },
  ]);
  expect(panel?.options['legend']).toEqual({
    showLegend: true,
    displayMode: 'table',
    placement: 'right',
    calcs: ['mean', 'lastNotNull'],
  });
});

test('old single numbers become stats, or gauges where they show one', () => {
  const old = {
    type: 'singlestat',
    format: 'percentunit',
    valueName: 'current',
    thresholds: '0.7,0.9',
    colors: ['green', 'orange', 'red'],
    colorValue: true,
    sparkline: { show: true },
  };
  const [stat, gauge] = panels({
    panels: [
      { id: 1, ...old },
      { id: 2, ...old, gauge: { show: true, minValue: 0, maxValue: 1 } },
    ],
  });
  expect([stat?.kind, gauge?.kind]).toEqual(['stat', 'gauge']);
  expect(stat?.options).toMatchObject({
    reduceOptions: { calcs: ['lastNotNull'] },
    colorMode: 'value',
    graphMode: 'area',
  });
  expect(stat?.fieldConfig['defaults']).toMatchObject({
    unit: 'percentunit',
    thresholds: { steps: [{ color: 'green' }, { value: 0.7, color: 'orange' }, { value: 0.9, color: 'red' }] },
  });
});

const kinds = (datasource: unknown): unknown => {
  const document = {
    __inputs: [
      { name: 'DS_PROM', type: 'datasource', pluginId: 'prometheus' },
      { name: 'DS_LOKI', type: 'datasource', pluginId: 'loki' },
    ],
    templating: { list: [{ name: 'ds', type: 'datasource', query: 'prometheus' }] },
    panels: [{ type: 'stat', datasource, targets: [{ expr: 'up' }] }],
  } as JsonObject;
  return panels(document)[0]?.targets[0]?.datasource;
};

test('[W48] datasources: by any name or variable ours; of another kind they say which', () => {
  for (const ours of [
    null,
    'Prometheus',
    'prod-eu',
    '${DS_PROM}',
    '$ds',
    { uid: '${ds}' },
    { type: 'prometheus', uid: 'abc' },
    'P1809F7CD0C75ACF3',
  ]) {
    expect(kinds(ours)).toEqual({ kind: 'prometheus' });
  }
  expect(kinds({ type: 'loki', uid: 'x' })).toEqual({ kind: 'unknown', name: 'loki' });
  expect(kinds('${DS_LOKI}')).toEqual({ kind: 'unknown', name: 'loki' });
  expect(kinds({ type: 'datasource', uid: '-- Dashboard --' })).toEqual({ kind: 'dashboard' });
});

test('an edit changes what was edited and nothing else', () => {
  const document: JsonObject = {
    someFutureField: { kept: [1, 2, 3] },
    panels: [
      { id: 1, type: 'stat', title: 'A', unknownOption: true, targets: [{ refId: 'A', expr: 'up', exemplar: true }] },
      { id: 2, type: 'graph', title: 'B', yaxes: [{ format: 'short', logBase: 1 }, {}], targets: [] },
    ],
  };
  const [first, second] = panels(document);
  const edited = editPanel(document, first?.path ?? [], {
    title: 'Up',
    unit: 'percent',
    targets: [{ at: 0, expr: 'avg(up)', legend: '' }],
  });
  expect(edited).toEqual({
    ...document,
    panels: [
      {
        id: 1,
        type: 'stat',
        title: 'Up',
        unknownOption: true,
        fieldConfig: { defaults: { unit: 'percent' } },
        targets: [{ refId: 'A', expr: 'avg(up)', exemplar: true }],
      },
      (document['panels'] as JsonObject[])[1],
    ],
  });
  const graph = editPanel(document, second?.path ?? [], { unit: 'bytes' });
  expect(unitOf((graph['panels'] as JsonObject[])[1] ?? {})).toBe('bytes');
  expect(editPanel(document, first?.path ?? [], { title: 'A', targets: [{ at: 0, expr: 'up', legend: '' }] })).toBe(
    document,
  );
});

test('a new panel stands below all others', () => {
  const once = addPanel(emptyDashboard('a', 'A'), 'timeseries', 'One');
  const twice = addPanel(once, 'stat', 'Two');
  expect(panels(twice).map(({ id, title, place }) => [id, title, place.y])).toEqual([
    [1, 'One', 0],
    [2, 'Two', 8],
  ]);
});

test('panels without an id, or with one twice, are told apart', () => {
  const keys = panels({ panels: [{ type: 'stat' }, { id: 3, type: 'stat' }, { id: 3, type: 'stat' }] }).map(
    ({ key }) => key,
  );
  expect(new Set(keys).size).toBe(3);
});

test('links to dashboards by tag are a menu; those with an address are links', () => {
  const { links, tagLinks } = readDashboard({
    panels: [],
    links: [
      { type: 'dashboards', title: 'Kubernetes', tags: ['kubernetes-mixin'], keepTime: true, includeVars: true },
      { type: 'link', title: 'Docs', url: 'https://example.org' },
    ],
  });
  expect(tagLinks).toEqual([
    { title: 'Kubernetes', tags: ['kubernetes-mixin'], newTab: false, keepsTime: true, keepsVariables: true },
  ]);
  expect(links.map(({ title }) => title)).toEqual(['Docs']);
});

test('polystat panels are stats whose ground has the colour', () => {
  const [panel] = panels({
    panels: [
      {
        type: 'grafana-polystat-panel',
        options: {
          globalUnitFormat: 'percentunit',
          globalDecimals: 1,
          globalOperator: 'avg',
          globalThresholdsConfig: [
            { value: 0, color: 'green' },
            { value: 0.9, color: 'red' },
          ],
        },
      },
    ],
  });
  expect([panel?.kind, panel?.type]).toEqual(['stat', 'grafana-polystat-panel']);
  expect(panel?.options).toMatchObject({ colorMode: 'background', reduceOptions: { calcs: ['mean'] } });
  expect(panel?.fieldConfig['defaults']).toMatchObject({
    unit: 'percentunit',
    decimals: 1,
    thresholds: {
      mode: 'absolute',
      steps: [
        { value: 0, color: 'green' },
        { value: 0.9, color: 'red' },
      ],
    },
  });
});

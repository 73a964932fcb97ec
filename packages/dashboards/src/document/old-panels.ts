import {
  type Json,
  type JsonObject,
  fieldOf,
  flagOf,
  listOf,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  textsOf,
} from '../json/json.js';

/**
 * Panels of before 2020 (`graph`, `singlestat`, `table` with columns styles) said elsewhere what `fieldConfig` and `options` say now.
 * Here they are read as what Grafana turns them into; the file itself stays as it is.
 */
export function modernPanel(raw: JsonObject): JsonObject {
  switch (textOf(raw, 'type')) {
    case 'graph':
      return fieldOf(raw, 'options') !== undefined && fieldOf(raw, 'yaxes') === undefined
        ? { ...raw, type: 'timeseries' }
        : graph(raw);
    case 'singlestat':
    case 'grafana-singlestat-panel':
      return singlestat(raw);
    case 'table-old':
    case 'table':
      return fieldOf(raw, 'styles') === undefined ? { ...raw, type: 'table' } : oldTable(raw);
    case 'grafana-piechart-panel':
      return { ...raw, type: 'piechart', ...fields({ unit: textOf(raw, 'format') }) };
    case 'grafana-polystat-panel':
      return polystat(raw);
    case 'heatmap':
      return oldHeatmap(raw);
    default:
      return raw;
  }
}

function fields(defaults: JsonObject, overrides: readonly Json[] = []): JsonObject {
  return { fieldConfig: { defaults: defined(defaults), overrides } };
}

function defined(object: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, value]])),
  );
}

/** Tiles with a number each: a stat whose ground has the colour. */
function polystat(raw: JsonObject): JsonObject {
  const options = objectOf(raw, 'options');
  const operator = textOf(options, 'globalOperator');
  const steps = objectsOf(options, 'globalThresholdsConfig').map(step =>
    defined({ value: numberOf(step, 'value'), color: textOf(step, 'color') }),
  );
  const defaults = objectOf(objectOf(raw, 'fieldConfig'), 'defaults');
  const config = {
    ...objectOf(raw, 'fieldConfig'),
    defaults: {
      ...defined({ unit: textOf(options, 'globalUnitFormat'), decimals: numberOf(options, 'globalDecimals') }),
      ...(steps.length > 0 && { thresholds: { mode: 'absolute', steps } }),
      ...defaults,
    },
  };
  return {
    ...raw,
    type: 'stat',
    fieldConfig: config,
    options: {
      colorMode: 'background',
      graphMode: 'none',
      textMode: 'value_and_name',
      orientation: 'auto',
      reduceOptions: { calcs: [calcNames[operator] ?? 'lastNotNull'] },
    },
  };
}

const calcNames: { readonly [old: string]: string } = {
  avg: 'mean',
  current: 'lastNotNull',
  total: 'sum',
  min: 'min',
  max: 'max',
  first: 'firstNotNull',
  delta: 'delta',
  diff: 'diff',
  range: 'range',
  name: 'name',
};

function graph(raw: JsonObject): JsonObject {
  const [left = {}, right = {}] = objectsOf(raw, 'yaxes');
  const stack = flagOf(raw, 'stack');
  const legend = objectOf(raw, 'legend');
  const lines = fieldOf(raw, 'lines') !== false;
  const drawStyle = flagOf(raw, 'bars') ? 'bars' : lines ? 'line' : 'points';
  const logBase = numberOf(left, 'logBase') ?? 1;
  const nullMode = textOf(raw, 'nullPointMode');
  const custom = defined({
    drawStyle,
    lineInterpolation: flagOf(raw, 'steppedLine') ? 'stepAfter' : 'linear',
    lineWidth: numberOf(raw, 'linewidth') ?? 1,
    fillOpacity: (numberOf(raw, 'fill') ?? 1) * 10,
    showPoints: flagOf(raw, 'points') ? 'always' : 'never',
    pointSize: (numberOf(raw, 'pointradius') ?? 2) * 2,
    spanNulls: nullMode === 'connected',
    stacking: { mode: stack ? (flagOf(raw, 'percentage') ? 'percent' : 'normal') : 'none', group: 'A' },
    axisLabel: textOf(left, 'label'),
    axisPlacement: fieldOf(left, 'show') === false ? 'hidden' : 'auto',
    scaleDistribution: logBase > 1 ? { type: 'log', log: logBase } : { type: 'linear' },
    thresholdsStyle: { mode: objectsOf(raw, 'thresholds').length > 0 ? 'line' : 'off' },
  });
  const steps = objectsOf(raw, 'thresholds').map(threshold =>
    defined({
      value: numberOf(threshold, 'value'),
      color:
        { ok: 'green', warning: 'orange', critical: 'red' }[textOf(threshold, 'colorMode')] ??
        (textOf(threshold, 'lineColor') || 'red'),
    }),
  );
  const colours = Object.entries(objectOf(raw, 'aliasColors')).map(([name, colour]): Json => {
    return {
      matcher: { id: 'byName', options: name },
      properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }],
    };
  });
  const calcs = ['min', 'max', 'avg', 'current', 'total']
    .filter(name => flagOf(legend, name))
    .map(name => calcNames[name] ?? name);
  return {
    ...raw,
    type: 'timeseries',
    ...fields(
      {
        unit: textOf(left, 'format'),
        ...defined({
          min: numberOf(left, 'min'),
          max: numberOf(left, 'max'),
          decimals: numberOf(raw, 'decimals') ?? numberOf(left, 'decimals'),
          noValue: nullMode === 'null as zero' ? '0' : undefined,
        }),
        custom,
        thresholds: { mode: 'absolute', steps: [{ color: 'transparent', value: null }, ...steps] },
      },
      [...colours, ...objectsOf(raw, 'seriesOverrides').map(one => seriesOverride(one, right))],
    ),
    options: {
      legend: {
        showLegend: fieldOf(legend, 'show') !== false,
        displayMode: flagOf(legend, 'alignAsTable') || flagOf(legend, 'values') ? 'table' : 'list',
        placement: flagOf(legend, 'rightSide') ? 'right' : 'bottom',
        calcs: flagOf(legend, 'values') ? calcs : [],
      },
      tooltip: { mode: fieldOf(objectOf(raw, 'tooltip'), 'shared') === false ? 'single' : 'multi' },
    },
  };
}

function seriesOverride(one: JsonObject, right: JsonObject): Json {
  const alias = textOf(one, 'alias');
  const properties: Json[] = [];
  const put = (id: string, value: Json | undefined): void => {
    if (value !== undefined) properties.push({ id, value });
  };
  if (numberOf(one, 'yaxis') === 2) {
    put('custom.axisPlacement', 'right');
    put('unit', textOf(right, 'format') || undefined);
    put('min', numberOf(right, 'min'));
    put('max', numberOf(right, 'max'));
  }
  const colour = textOf(one, 'color');
  if (colour !== '') put('color', { mode: 'fixed', fixedColor: colour });
  const fill = numberOf(one, 'fill');
  put('custom.fillOpacity', fill === undefined ? undefined : fill * 10);
  put('custom.lineWidth', numberOf(one, 'linewidth'));
  if (flagOf(one, 'bars')) put('custom.drawStyle', 'bars');
  if (fieldOf(one, 'lines') === false && !flagOf(one, 'bars')) put('custom.lineWidth', 0);
  if (fieldOf(one, 'stack') === false) put('custom.stacking', { mode: 'none', group: 'A' });
  if (textOf(one, 'transform') === 'negative-Y') put('custom.transform', 'negative-Y');
  if (fieldOf(one, 'dashes') === true) put('custom.lineStyle', { fill: 'dash' });
  return {
    matcher: /^\/.*\/$/.test(alias) ? { id: 'byRegexp', options: alias } : { id: 'byName', options: alias },
    properties,
  };
}

function singlestat(raw: JsonObject): JsonObject {
  const gauge = objectOf(raw, 'gauge');
  const isGauge = flagOf(gauge, 'show');
  const bounds = textOf(raw, 'thresholds').split(',').map(Number).filter(Number.isFinite);
  const colours = textsOf(raw, 'colors');
  const steps: Json[] = [{ value: null, color: colours[0] ?? 'green' }];
  if (textOf(raw, 'thresholds').trim() !== '') {
    bounds.forEach((value, at) => steps.push({ value, color: colours[at + 1] ?? 'red' }));
  }
  const calc = textOf(raw, 'valueName');
  const coloured = flagOf(raw, 'colorValue') ? 'value' : flagOf(raw, 'colorBackground') ? 'background' : 'none';
  const values = objectsOf(raw, 'valueMaps').map(map => [textOf(map, 'value'), { text: textOf(map, 'text') }] as const);
  const isNull = values.filter(([value]) => value === 'null');
  return {
    ...raw,
    type: isGauge ? 'gauge' : 'stat',
    ...fields({
      unit: textOf(raw, 'format'),
      ...defined({
        decimals: numberOf(raw, 'decimals'),
        min: isGauge ? (numberOf(gauge, 'minValue') ?? 0) : undefined,
        max: isGauge ? (numberOf(gauge, 'maxValue') ?? 100) : undefined,
        noValue: textOf(raw, 'nullText') || (isNull[0]?.[1].text ?? ''),
      }),
      thresholds: { mode: 'absolute', steps },
      color: { mode: 'thresholds' },
      mappings: [
        { type: 'value', options: Object.fromEntries(values.filter(([value]) => value !== 'null' && value !== '')) },
        ...objectsOf(raw, 'rangeMaps').flatMap((map): Json[] => {
          const from = numberOf(map, 'from');
          const to = numberOf(map, 'to');
          return from === undefined || to === undefined
            ? []
            : [{ type: 'range', options: { from, to, result: { text: textOf(map, 'text') } } }];
        }),
      ],
    }),
    options: {
      reduceOptions: { calcs: [calcNames[calc] ?? (calc === '' ? 'mean' : calc)], fields: '', values: false },
      colorMode: coloured,
      graphMode: flagOf(objectOf(raw, 'sparkline'), 'show') ? 'area' : 'none',
      textMode: calc === 'name' ? 'name' : 'auto',
      prefix: textOf(raw, 'prefix'),
      postfix: textOf(raw, 'postfix'),
    },
  };
}

function oldTable(raw: JsonObject): JsonObject {
  const overrides = objectsOf(raw, 'styles').flatMap((style): Json[] => {
    const pattern = textOf(style, 'pattern');
    if (pattern === '' || pattern === '/.*/') return [];
    const properties: Json[] = [];
    const alias = textOf(style, 'alias');
    if (alias !== '') properties.push({ id: 'displayName', value: alias });
    if (textOf(style, 'type') === 'hidden') properties.push({ id: 'custom.hidden', value: true });
    if (textOf(style, 'type') === 'number') {
      properties.push({ id: 'unit', value: textOf(style, 'unit') || 'short' });
      const decimals = numberOf(style, 'decimals');
      if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
    }
    const [warn, crit] = listOf(style, 'thresholds').map(Number);
    if (textOf(style, 'colorMode') !== '' && warn !== undefined && Number.isFinite(warn)) {
      const [first = 'green', second = 'orange', third = 'red'] = textsOf(style, 'colors');
      const steps: Json[] = [
        { value: null, color: first },
        { value: warn, color: second },
      ];
      if (crit !== undefined && Number.isFinite(crit)) steps.push({ value: crit, color: third });
      properties.push({ id: 'thresholds', value: { mode: 'absolute', steps } });
      properties.push({
        id: 'custom.cellOptions',
        value: { type: textOf(style, 'colorMode') === 'value' ? 'color-text' : 'color-background' },
      });
    }
    return [{ matcher: { id: /^\/.*\/$/.test(pattern) ? 'byRegexp' : 'byName', options: pattern }, properties }];
  });
  const sort = objectOf(raw, 'sort');
  const isMerged = textOf(raw, 'transform') === 'table';
  return {
    ...raw,
    type: 'table',
    ...fields({}, overrides),
    transformations: [...(isMerged ? [{ id: 'merge', options: {} }] : []), ...listOf(raw, 'transformations')],
    options: defined({ sortByIndex: numberOf(sort, 'col'), sortDesc: flagOf(sort, 'desc') }),
  };
}

function oldHeatmap(raw: JsonObject): JsonObject {
  if (fieldOf(raw, 'yAxis') === undefined || objectOf(raw, 'options')['yAxis'] !== undefined) return raw;
  const axis = objectOf(raw, 'yAxis');
  return {
    ...raw,
    ...fields({}),
    options: {
      calculate: textOf(raw, 'dataFormat') === 'timeseries',
      yAxis: defined({
        unit: textOf(axis, 'format'),
        decimals: numberOf(axis, 'decimals'),
        reverse: flagOf(raw, 'reverseYBuckets'),
      }),
    },
  };
}

import {
  fieldOf,
  fieldOfType,
  flagOf,
  isHiddenFrom,
  numberOf,
  objectOf,
  showFields,
  textOf,
  type Cell,
  type FieldConfig,
  type Frame,
  type JsonObject,
  type ShownField,
} from '@bellwether/dashboards';
import type { SeriesColour } from '../charts/series-colour.js';
import { chartColour } from './panel-colours.js';

/** How a series is drawn: Grafana's `custom` in our terms. */
export type SeriesLook = {
  readonly draw: 'line' | 'bars' | 'points';
  readonly curve: 'linear' | 'smooth' | 'before' | 'after';
  readonly widthPx: number;
  /** 0 to 1. */
  readonly fill: number;
  readonly dashed: boolean;
  readonly points: 'auto' | 'always' | 'never';
  readonly pointPx: number;
  /** Gaps up to here are crossed; Infinity: all. */
  readonly spanMs: number;
  readonly axis: 'left' | 'right';
  /** Series of one group stand on each other; undefined: alone. */
  readonly stack: string | undefined;
  readonly isPercent: boolean;
};

export type DrawnSeries = {
  readonly key: string;
  readonly name: string;
  readonly colour: SeriesColour;
  readonly config: FieldConfig;
  /** The column it is drawn from. */
  readonly shown: ShownField;
  readonly look: SeriesLook;
  readonly isInLegend: boolean;
  readonly isInTooltip: boolean;
  /** At `timesMs`; null where nothing is known. */
  readonly values: readonly (number | null)[];
};

export type SeriesModel = {
  readonly timesMs: readonly number[];
  readonly stepMs: number;
  readonly series: readonly DrawnSeries[];
  /** Series beyond what is drawn. */
  readonly left: number;
};

/** More lines than this nobody can read. */
const mostSeries = 200;

/** The series of a panel on one time axis. */
export function seriesModel(frames: readonly Frame[], fieldConfig: JsonObject): SeriesModel {
  const shown = showFields(frames, fieldConfig).filter(
    ({ field, config }) => field.type === 'number' && !isHiddenFrom(config, 'viz'),
  );
  const drawn = shown.slice(0, mostSeries);
  const timesMs = sharedTimes(drawn.map(({ frame }) => frame));
  const at = new Map(timesMs.map((time, index) => [time, index]));
  const series = drawn.map((one, index): DrawnSeries => {
    const { field, frame, name, config, colour } = one;
    const own = fieldOfType(frame, 'time')?.values;
    const isNegative = textOf(config.custom, 'transform') === 'negative-Y';
    return {
      key: `${index} ${name}`,
      name,
      config,
      shown: one,
      colour: chartColour(colour),
      look: readLook(config.custom),
      isInLegend: !isHiddenFrom(config, 'legend'),
      isInTooltip: !isHiddenFrom(config, 'tooltip'),
      values: onTimes(field.values, own, at, timesMs.length, isNegative),
    };
  });
  return { timesMs, stepMs: smallestStep(timesMs), series, left: shown.length - drawn.length };
}

function sharedTimes(frames: readonly Frame[]): readonly number[] {
  const times = new Set<number>();
  for (const frame of new Set(frames)) {
    for (const value of fieldOfType(frame, 'time')?.values ?? []) if (typeof value === 'number') times.add(value);
  }
  return [...times].sort((a, b) => a - b);
}

function onTimes(
  values: readonly Cell[],
  own: readonly Cell[] | undefined,
  at: ReadonlyMap<number, number>,
  count: number,
  isNegative: boolean,
): readonly (number | null)[] {
  const drawn: (number | null)[] = Array.from({ length: count }, () => null);
  values.forEach((value, index) => {
    const time = own?.[index];
    const step = typeof time === 'number' ? at.get(time) : undefined;
    if (step !== undefined && typeof value === 'number' && Number.isFinite(value))
      drawn[step] = isNegative ? -value : value;
  });
  return drawn;
}

function smallestStep(timesMs: readonly number[]): number {
  let step = Infinity;
  for (let at = 1; at < timesMs.length; at += 1) step = Math.min(step, (timesMs[at] ?? 0) - (timesMs[at - 1] ?? 0));
  return Number.isFinite(step) ? step : 60_000;
}

function readLook(custom: JsonObject): SeriesLook {
  const draw = textOf(custom, 'drawStyle');
  const curve = textOf(custom, 'lineInterpolation');
  const stacking = objectOf(custom, 'stacking');
  const mode = textOf(stacking, 'mode');
  const spans = fieldOf(custom, 'spanNulls');
  const line = objectOf(custom, 'lineStyle');
  const points = textOf(custom, 'showPoints');
  return {
    draw: draw === 'bars' || draw === 'points' ? draw : 'line',
    curve:
      curve === 'smooth' ? 'smooth' : curve === 'stepBefore' ? 'before' : curve === 'stepAfter' ? 'after' : 'linear',
    widthPx: Math.min(Math.max(numberOf(custom, 'lineWidth') ?? 1, 0), 10),
    fill: Math.min(Math.max((numberOf(custom, 'fillOpacity') ?? 0) / 100, 0), 1),
    dashed: textOf(line, 'fill') === 'dash' || textOf(line, 'fill') === 'dot',
    points: points === 'always' || points === 'never' ? points : 'auto',
    pointPx: Math.min(Math.max(numberOf(custom, 'pointSize') ?? 5, 1), 20),
    spanMs: spans === true ? Infinity : typeof spans === 'number' ? spans : 0,
    axis: textOf(custom, 'axisPlacement') === 'right' ? 'right' : 'left',
    stack: mode === 'normal' || mode === 'percent' ? textOf(stacking, 'group') || 'A' : undefined,
    isPercent: mode === 'percent',
  };
}

/** Values as they are drawn: stacked on those before in the same group and direction, as percent of the sum where asked for. */
export function stackedValues(series: readonly DrawnSeries[]): readonly (readonly (number | null)[])[] {
  const sums = new Map<string, number[]>();
  const totals = new Map<string, number[]>();
  for (const { look, values } of series) {
    if (look.stack === undefined || !look.isPercent) continue;
    const total = totals.get(look.stack) ?? values.map(() => 0);
    values.forEach((value, step) => {
      total[step] = (total[step] ?? 0) + Math.abs(value ?? 0);
    });
    totals.set(look.stack, total);
  }
  return series.map(({ look, values }) => {
    if (look.stack === undefined) return values;
    const isBelow =
      values.every(value => value === null || value <= 0) && values.some(value => value !== null && value < 0);
    const key = `${look.stack} ${isBelow ? '-' : '+'} ${look.axis}`;
    const sum = sums.get(key) ?? values.map(() => 0);
    sums.set(key, sum);
    const total = look.isPercent ? totals.get(look.stack) : undefined;
    return values.map((value, step) => {
      if (value === null) return null;
      const share = total === undefined ? value : (total[step] ?? 0) === 0 ? 0 : value / (total[step] ?? 1);
      sum[step] = (sum[step] ?? 0) + share;
      return sum[step] ?? null;
    });
  });
}

/** Gaps that are short enough are crossed by a line between their ends. */
export function crossGaps(
  values: readonly (number | null)[],
  timesMs: readonly number[],
  spanMs: number,
): readonly (number | null | undefined)[] {
  if (spanMs <= 0) return values;
  const crossed: (number | null | undefined)[] = [...values];
  let last = -1;
  for (let step = 0; step < values.length; step += 1) {
    if (values[step] === null) continue;
    const gapMs = last < 0 ? 0 : (timesMs[step] ?? 0) - (timesMs[last] ?? 0);
    // uPlot joins over undefined and breaks at null.
    if (last >= 0 && gapMs <= spanMs) for (let at = last + 1; at < step; at += 1) crossed[at] = undefined;
    last = step;
  }
  return crossed;
}

/** Whether a legend is to be seen, and how. */
export function readLegend(options: JsonObject): {
  readonly shown: boolean;
  readonly isTable: boolean;
  readonly isRight: boolean;
  readonly calcs: readonly string[];
} {
  const legend = objectOf(options, 'legend');
  const mode = textOf(legend, 'displayMode');
  const calcs = fieldOf(legend, 'calcs');
  return {
    shown: fieldOf(legend, 'showLegend') !== false && mode !== 'hidden' && !flagOf(legend, 'hidden'),
    isTable: mode === 'table',
    isRight: textOf(legend, 'placement') === 'right',
    calcs: Array.isArray(calcs) ? calcs.filter(one => typeof one === 'string') : [],
  };
}

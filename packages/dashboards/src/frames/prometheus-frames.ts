import { type Cell, type Field, type Frame, column } from './frame.js';
import { automaticNames, legendName, seriesName } from './legend-name.js';
import type { PrometheusAnswer, PrometheusSeries } from './prometheus-answer.js';

export interface Asked {
  readonly refId: string;
  /** After its variables were put in. */
  readonly expr: string;
  readonly legend: string;
  readonly format: 'time_series' | 'table' | 'heatmap';
  /** Undefined: an instant query. */
  readonly grid: Grid | undefined;
  /** Whether the panel asks several queries: then the values' columns say whose they are. */
  readonly isOneOfMany: boolean;
}

/** The moments of a range query: `count` of them, `stepMs` apart. */
export interface Grid {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** An answer of the Prometheus API as the tables that panels draw. */
export function prometheusFrames(answer: PrometheusAnswer, asked: Asked): readonly Frame[] {
  if (asked.format === 'table') return answer.series.length === 0 ? [] : [tableFrame(answer.series, asked)];
  const series = asked.format === 'heatmap' ? withoutSums(answer.series) : answer.series;
  const names = namesOf(series, asked);
  const timesMs = asked.grid === undefined ? undefined : gridTimes(asked.grid);
  return series.map((one, at) => seriesFrame(one, names[at] ?? '', timesMs, asked));
}

/** The legend for each series; series that it can not tell apart keep the same name. */
function namesOf(series: readonly PrometheusSeries[], { legend, expr, format }: Asked): readonly string[] {
  if (legend !== '' && legend !== '__auto') return series.map(({ labels }) => legendName(legend, labels));
  if (format === 'heatmap') return series.map(({ labels }) => labels.get('le') ?? seriesName(labels));
  if (legend === '__auto')
    return automaticNames(
      series.map(({ labels }) => labels),
      expr,
    );
  return series.map(({ labels }) => (labels.size === 0 ? expr : seriesName(labels)));
}

function gridTimes({ fromMs, stepMs, count }: Grid): readonly number[] {
  return Array.from({ length: count }, (_, step) => fromMs + step * stepMs);
}

function seriesFrame(
  series: PrometheusSeries,
  name: string,
  gridMs: readonly number[] | undefined,
  { refId, grid }: Asked,
): Frame {
  const timesMs = gridMs ?? series.timesMs;
  const values = gridMs === undefined || grid === undefined ? series.values.map(cellOf) : onGrid(series, grid);
  const value: Field = { name: 'Value', type: 'number', values, labels: series.labels, legend: name };
  return { refId, name, fields: [column('Time', 'time', timesMs), value] };
}

/** NaN is no number to draw; infinities are kept for tables and texts. */
function cellOf(value: number): Cell {
  return Number.isNaN(value) ? null : value;
}

function onGrid({ timesMs, values }: PrometheusSeries, { fromMs, stepMs, count }: Grid): readonly Cell[] {
  const cells: Cell[] = Array.from({ length: count }, () => null);
  timesMs.forEach((timeMs, at) => {
    const step = Math.round((timeMs - fromMs) / stepMs);
    if (step >= 0 && step < count) cells[step] = cellOf(values[at] ?? Number.NaN);
  });
  return cells;
}

/** `Time`, a column for each label, and the value. */
function tableFrame(series: readonly PrometheusSeries[], { refId, isOneOfMany }: Asked): Frame {
  const names = [...new Set(series.flatMap(({ labels }) => [...labels.keys()]))].toSorted();
  const times: Cell[] = [];
  const values: Cell[] = [];
  const labels = names.map((): Cell[] => []);
  for (const one of series) {
    one.timesMs.forEach((timeMs, at) => {
      times.push(timeMs);
      values.push(cellOf(one.values[at] ?? Number.NaN));
      names.forEach((name, index) => labels[index]?.push(one.labels.get(name) ?? ''));
    });
  }
  const fields = [
    column('Time', 'time', times),
    ...names.map((name, index) => column(name, 'string', labels[index] ?? [])),
    column(isOneOfMany ? `Value #${refId}` : 'Value', 'number', values),
  ];
  return { refId, name: refId, fields };
}

function bound({ labels }: PrometheusSeries): number {
  const le = labels.get('le');
  return le === '+Inf' ? Infinity : Number(le);
}

/** Buckets hold what is below them too: each less the one before, in the order of `le`. */
function withoutSums(series: readonly PrometheusSeries[]): readonly PrometheusSeries[] {
  const sorted = series.filter(one => !Number.isNaN(bound(one))).toSorted((a, b) => bound(a) - bound(b));
  if (sorted.length === 0) return series;
  let before = new Map<number, number>();
  return sorted.map(one => {
    const sums = new Map(one.timesMs.map((timeMs, at) => [timeMs, one.values[at] ?? 0]));
    const values = one.timesMs.map((timeMs, at) => Math.max(0, (one.values[at] ?? 0) - (before.get(timeMs) ?? 0)));
    before = sums;
    return { ...one, values };
  });
}

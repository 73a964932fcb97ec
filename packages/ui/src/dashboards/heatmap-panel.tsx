import {
  fieldOfType,
  flagOf,
  formatUnit,
  numberOf,
  objectOf,
  readHistogramFrame,
  textOf,
  valueText,
  type Frame,
  type JsonObject,
} from '@bellwether/dashboards';
import { useMemo, useState, type ReactNode } from 'react';
import type uPlot from 'uplot';
import { BrushMenu } from '../charts/brush-menu.js';
import { countedCells, timedCells, type BucketCells } from '../charts/bucket-cells.js';
import { BucketHeatmap } from '../charts/bucket-heatmap.js';
import chartStyles from '../charts/chart.module.css';
import { ChartTooltip, type TooltipLine } from '../charts/chart-tooltip.js';
import { noDrill, type Drill } from '../charts/drill.js';
import { Plot, type PlotPoint, type Selection } from '../charts/plot.js';
import { withAlpha } from '../charts/series-colour.js';
import { formatStep } from '../format.js';
import { useHold } from '../hold.js';
import { boxDrill, bucketSpans, type BucketSpans } from '../metrics/bucket-spans.js';
import { usePageRange } from '../page-range.js';
import type { Theme } from '../theme.js';
import type { PanelBodyProps } from './panel-body.js';
import styles from './panels.module.css';

type Cells = {
  readonly timesMs: readonly number[];
  readonly stepMs: number;
  /** From the lowest up. */
  readonly names: readonly string[];
  /** The upper bounds of the rows; undefined where they are series. */
  readonly bounds: readonly number[] | undefined;
  /** By row, then by step. */
  readonly counts: readonly (readonly (number | null)[])[];
  readonly most: number;
};

/** Buckets over time, darker is more: Grafana's `heatmap`. One hue, so that it can be read by everybody. */
export function HeatmapPanel(props: PanelBodyProps): ReactNode {
  const { panel, title, frames, exprs, markers, heightPx } = props;
  const spans = useMemo(() => bucketSpans(exprs), [exprs]);
  const drawing = useMemo(
    () => valueBuckets(frames, panel.options, Math.max(Math.floor((heightPx - 30) / 12), 4)),
    [frames, panel.options, heightPx],
  );
  if (drawing === undefined) return <RowHeatmap {...props} spans={spans} />;
  // What it works out itself counts values.
  const isOfSpans = drawing.scale === 'log' && !('why' in spans);
  const unit = textOf(objectOf(panel.options, 'yAxis'), 'unit') || unitIn(panel.fieldConfig);
  const decimals = numberOf(objectOf(panel.options, 'yAxis'), 'decimals');
  return (
    <div className={styles['plotroom']}>
      <BucketHeatmap
        buckets={drawing.buckets}
        {...(isOfSpans
          ? { drillOf: (low: number, high: number) => boxDrill(spans, low, high) }
          : { note: drawing.scale === 'linear' || !('why' in spans) ? countsValues : spans.why })}
        format={value => valueText(formatUnit(value, unit === '' ? 'short' : unit, decimals))}
        heightPx={Math.max(heightPx - 8, 80)}
        markers={markers}
        scale={drawing.scale}
        title={title}
      />
    </div>
  );
}

const countsValues = 'Its boxes count values of series, not spans: there is nothing to compare.';

function unitIn(fieldConfig: JsonObject): string {
  return textOf(objectOf(fieldConfig, 'defaults'), 'unit');
}

/** Native histograms, or buckets that the panel works out from the values of its series; undefined: each series is a row. */
function valueBuckets(
  frames: readonly Frame[],
  options: JsonObject,
  rows: number,
): { readonly buckets: BucketCells; readonly scale: 'log' | 'linear' } | undefined {
  const native = frames.flatMap(frame => readHistogramFrame(frame) ?? []);
  if (native.length > 0) return { buckets: timedCells(native), scale: 'log' };
  if (!flagOf(options, 'calculate')) return undefined;
  const series = frames.flatMap(frame => {
    const field = fieldOfType(frame, 'number');
    return field === undefined ? [] : [{ frame, field }];
  });
  const [first] = series;
  const timesMs = (first === undefined ? undefined : fieldOfType(first.frame, 'time'))?.values.map(Number) ?? [];
  const lines = series.map(({ field }) => field.values.map(value => (typeof value === 'number' ? value : null)));
  const given = objectOf(objectOf(options, 'calculation'), 'yBuckets');
  const value = numberOf(given, 'value');
  const sized =
    value === undefined || value <= 0 ? {} : textOf(given, 'mode') === 'count' ? { rows: value } : { size: value };
  const stepMs = timesMs.length > 1 ? (timesMs[1] ?? 0) - (timesMs[0] ?? 0) : 60_000;
  return { buckets: countedCells(lines, { rows, ...sized }, { timesMs, stepMs }), scale: 'linear' };
}

/** One row per bucket or series. */
function RowHeatmap({
  panel,
  title,
  frames,
  markers,
  heightPx,
  spans,
}: PanelBodyProps & { readonly spans: BucketSpans }): ReactNode {
  const { zone } = usePageRange();
  const cells = useMemo(() => cellsOf(frames, panel.options), [frames, panel.options]);
  const [point, setPoint] = useState<PlotPoint | undefined>(undefined);
  const [selection, setSelection] = useState<Selection | undefined>(undefined);
  useHold(selection !== undefined);
  const data = useMemo((): uPlot.AlignedData => [[...cells.timesMs], cells.timesMs.map(() => null)], [cells]);
  const { bounds } = cells;
  const every = Math.max(1, Math.ceil((cells.names.length * 16) / Math.max(heightPx - 30, 40)));

  function lines(step: number): readonly TooltipLine[] {
    return cells.names
      .map((name, row): TooltipLine & { readonly count: number } => {
        const count = cells.counts[row]?.[step] ?? 0;
        return { name, colour: 1, count, text: valueText(formatUnit(count, 'short', undefined)) };
      })
      .filter(({ count }) => count > 0)
      .toReversed();
  }

  return (
    <div className={styles['plotroom']}>
      <div className={chartStyles['drawing']}>
        <Plot
          axis={value => cells.names[Math.round(value) - 1] ?? ''}
          build={() => ({
            series: [{}, { scale: 'y', show: true, points: { show: false }, stroke: 'transparent' }],
            scales: {
              x: { time: true, range: (_plot, min, max) => [min, max + cells.stepMs] },
              // Rows stand at 1, 2, 3: an axis writes 0 as 0.
              y: { range: () => [0.5, Math.max(cells.names.length + 0.5, 1.5)] },
            },
          })}
          data={data}
          describe={step =>
            `${formatStep(cells.timesMs[step] ?? 0, cells.stepMs, zone)}: ${lines(step)
              .map(({ name, text }) => `${name} ${text}`)
              .join(', ')}`
          }
          drawUnder={(plot, theme) => drawCells(plot, cells, theme)}
          heightPx={Math.max(heightPx - 8, 80)}
          markers={markers}
          {...(bounds !== undefined && !('why' in spans) && { brush: 'xy' as const })}
          onPoint={setPoint}
          onSelect={setSelection}
          selection={selection}
          splits={cells.names.map((_, row) => row + 1).filter(row => (row - 1) % every === 0)}
          structure={JSON.stringify([cells.names, cells.stepMs])}
          summary={`${title}: ${cells.names.length} buckets over time, at most ${valueText(formatUnit(cells.most, 'short', undefined))} in one`}
          walkLabel={`${title}: walk the steps with the arrow keys`}
        />
        {selection !== undefined && (
          <BrushMenu
            drill={bounds === undefined ? noDrill : rowDrill(selection, bounds, spans)}
            note={bounds === undefined ? countsValues : 'why' in spans ? spans.why : undefined}
            onClose={() => setSelection(undefined)}
            selection={selection}
            shortestMs={cells.stepMs}
          />
        )}
        {point !== undefined && selection === undefined && (
          <ChartTooltip
            fromMs={cells.timesMs[point.step] ?? 0}
            lines={lines(point.step)}
            onClose={() => setPoint(undefined)}
            pinned={false}
            point={point}
            stepMs={cells.stepMs}
          />
        )}
      </div>
    </div>
  );
}

/** A selection means all rows that it touches; a row is half below and half above its place. */
function rowDrill({ low, high }: Selection, bounds: readonly number[], spans: BucketSpans): Drill {
  if (low === undefined || high === undefined) return noDrill;
  const rows = bounds.map((_, row) => row).filter(row => row + 1.5 > low && row + 0.5 < high);
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return noDrill;
  return boxDrill(spans, bounds[first - 1] ?? 0, bounds[last] ?? Infinity);
}

function cellsOf(frames: readonly Frame[], options: JsonObject): Cells {
  const axis = objectOf(options, 'yAxis');
  const unit = textOf(axis, 'unit');
  const rows = frames.flatMap(frame => {
    const field = fieldOfType(frame, 'number');
    return field === undefined ? [] : [{ frame, field, bound: boundOf(field.labels.get('le') ?? field.legend ?? '') }];
  });
  const areBuckets = rows.every(({ bound }) => !Number.isNaN(bound));
  const sorted = areBuckets ? rows.toSorted((a, b) => a.bound - b.bound) : rows;
  const times = fieldOfType(sorted[0]?.frame ?? { refId: '', name: '', fields: [] }, 'time')?.values.map(Number) ?? [];
  const counts = sorted.map(({ field }) => field.values.map(value => (typeof value === 'number' ? value : null)));
  const names = sorted.map(({ bound, field, frame }) =>
    Number.isNaN(bound)
      ? (field.legend ?? frame.name)
      : valueText(formatUnit(bound, unit === '' && bound < 100 ? 'none' : unit, undefined)),
  );
  const most = counts.flat().reduce<number>((top, count) => Math.max(top, count ?? 0), 0);
  return {
    timesMs: times,
    stepMs: times.length > 1 ? (times[1] ?? 0) - (times[0] ?? 0) : 60_000,
    names,
    bounds: areBuckets ? sorted.map(({ bound }) => bound) : undefined,
    counts,
    most,
  };
}

function boundOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '' ? Number.NaN : Number(text);
}

function drawCells(plot: uPlot, { timesMs, stepMs, counts, most }: Cells, theme: Theme): void {
  const { ctx, bbox } = plot;
  const colour = theme.series[0] ?? theme.accent;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  counts.forEach((row, at) => {
    const bottom = plot.valToPos(at + 0.5, 'y', true);
    const top = plot.valToPos(at + 1.5, 'y', true);
    row.forEach((count, step) => {
      if (count === null || count <= 0) return;
      const left = Math.round(plot.valToPos(timesMs[step] ?? 0, 'x', true));
      const right = Math.round(plot.valToPos((timesMs[step] ?? 0) + stepMs, 'x', true));
      ctx.fillStyle = withAlpha(colour, 0.1 + 0.85 * Math.sqrt(count / most));
      ctx.fillRect(
        left,
        top + 0.5,
        Math.max(right - left - (right - left > 5 ? 1 : 0), 1),
        Math.max(bottom - top - 1, 1),
      );
    });
  });
  ctx.restore();
}

import { useMemo, useState, type ReactNode } from 'react';
import type uPlot from 'uplot';
import { formatNumber, formatStep } from '../format.js';
import { useHold } from '../hold.js';
import { usePageRange } from '../page-range.js';
import type { Theme } from '../theme.js';
import { BrushMenu } from './brush-menu.js';
import { noDrill, type Drill } from './drill.js';
import type { BucketCell, BucketCells } from './bucket-cells.js';
import { bucketScale, type BucketScale } from './bucket-scale.js';
import styles from './chart.module.css';
import { ChartTooltip, type TooltipLine } from './chart-tooltip.js';
import { Plot, type Marker, type PlotPoint, type Selection } from './plot.js';
import { withAlpha } from './series-colour.js';

type BucketHeatmapProps = {
  readonly title: string;
  readonly buckets: BucketCells;
  readonly scale: 'log' | 'linear';
  readonly heightPx: number;
  readonly markers?: readonly Marker[];
  /** Where boxes lead, by the bounds of their values; without it a selection is one of time alone. */
  drillOf?(low: number, high: number): Drill;
  /** Why boxes lead to no spans. */
  readonly note?: string | undefined;
  /** A bound of a bucket in words. */
  format(value: number): string;
};

const mostLines = 12;
const shadeCount = 32;

/** Buckets over time, darker is more: the heatmap of histograms of any kind. */
export function BucketHeatmap({
  title,
  buckets,
  scale,
  heightPx,
  markers,
  drillOf,
  note,
  format,
}: BucketHeatmapProps): ReactNode {
  const { zone } = usePageRange();
  const { timesMs, stepMs, cells } = buckets;
  const [point, setPoint] = useState<PlotPoint | undefined>(undefined);
  const [selection, setSelection] = useState<Selection | undefined>(undefined);
  useHold(selection !== undefined);
  const axis = useMemo(
    () => bucketScale(cells, scale, Math.max(2, Math.floor(heightPx / 45))),
    [cells, scale, heightPx],
  );
  const byStep = useMemo(() => stepped(cells), [cells]);
  const most = useMemo(() => cells.reduce((top, { count }) => Math.max(top, count), 0), [cells]);
  // uPlot needs a series to have an axis; it is never drawn.
  const data = useMemo((): uPlot.AlignedData => [[...timesMs], timesMs.map(() => null)], [timesMs]);
  const words = new Map(axis.ticks.map(({ at, value }) => [at, format(value)]));

  function lines(step: number): readonly TooltipLine[] {
    return (byStep.get(step) ?? [])
      .toSorted((a, b) => b.count - a.count)
      .slice(0, mostLines)
      .toSorted((a, b) => b.high - a.high)
      .map(({ low, high, count }) => ({ name: bucketName(low, high, format), colour: 1, text: formatNumber(count) }));
  }

  /** A selection means all buckets that it touches. */
  function boxDrill({ low, high }: Selection): Drill {
    if (drillOf === undefined || low === undefined || high === undefined) return noDrill;
    const touched = cells.filter(cell => {
      const { from, to } = axis.span(cell);
      return from < high && to > low;
    });
    if (touched.length === 0) return noDrill;
    return drillOf(
      touched.reduce((least, cell) => Math.min(least, cell.low), Infinity),
      touched.reduce((most, cell) => Math.max(most, cell.high), -Infinity),
    );
  }

  return (
    <div className={styles['drawing']}>
      <Plot
        axis={at => words.get(at) ?? ''}
        {...(drillOf !== undefined && { brush: 'xy' as const })}
        build={() => ({
          series: [{}, { scale: 'y', show: true, points: { show: false }, stroke: 'transparent' }],
          scales: {
            x: { time: true, range: (_plot, min, max) => [min, max + stepMs] },
            y: { range: () => [axis.low, axis.high] },
          },
        })}
        data={data}
        describe={step =>
          `${formatStep(timesMs[step] ?? 0, stepMs, zone)}: ${lines(step)
            .map(({ name, text }) => `${name} ${text}`)
            .join(', ')}`
        }
        drawUnder={(plot, theme) => drawCells(plot, { ...buckets, axis, most, theme })}
        heightPx={heightPx}
        {...(markers !== undefined && { markers })}
        onPoint={setPoint}
        onSelect={setSelection}
        selection={selection}
        splits={axis.ticks.map(({ at }) => at)}
        structure={JSON.stringify([axis.low, axis.high, axis.ticks, stepMs])}
        summary={summaryOf(title, cells, format)}
        walkLabel={`${title}: walk the steps with the arrow keys`}
      />
      {point !== undefined && selection === undefined && (
        <ChartTooltip
          fromMs={timesMs[point.step] ?? 0}
          lines={lines(point.step)}
          onClose={() => setPoint(undefined)}
          pinned={false}
          point={point}
          stepMs={stepMs}
          widthPx={230}
        />
      )}
      {selection !== undefined && (
        <BrushMenu
          drill={boxDrill(selection)}
          note={note}
          onClose={() => setSelection(undefined)}
          selection={selection}
          shortestMs={stepMs}
        />
      )}
    </div>
  );
}

function stepped(cells: readonly BucketCell[]): ReadonlyMap<number, readonly BucketCell[]> {
  const found = new Map<number, BucketCell[]>();
  for (const cell of cells) {
    const step = found.get(cell.step);
    if (step === undefined) found.set(cell.step, [cell]);
    else step.push(cell);
  }
  return found;
}

function bucketName(low: number, high: number, format: (value: number) => string): string {
  if (!Number.isFinite(low)) return `up to ${format(high)}`;
  if (!Number.isFinite(high)) return `above ${format(low)}`;
  return `${format(low)} to ${format(high)}`;
}

function summaryOf(title: string, cells: readonly BucketCell[], format: (value: number) => string): string {
  const totals = new Map<string, number>();
  for (const { low, high, count } of cells) {
    const name = bucketName(low, high, format);
    totals.set(name, (totals.get(name) ?? 0) + count);
  }
  const [fullest] = [...totals].toSorted(([, a], [, b]) => b - a);
  return fullest === undefined
    ? `${title}: no data`
    : `${title}: ${totals.size} buckets over time, most in ${fullest[0]}`;
}

type Drawn = BucketCells & { readonly axis: BucketScale; readonly most: number; readonly theme: Theme };

function drawCells(plot: uPlot, { timesMs, stepMs, cells, axis, most, theme }: Drawn): void {
  const { ctx, bbox } = plot;
  const colour = theme.series[0] ?? theme.accent;
  const shades = Array.from({ length: shadeCount + 1 }, (_, at) => withAlpha(colour, 0.1 + (0.85 * at) / shadeCount));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { step, low, high, count } of cells) {
    const fromMs = timesMs[step] ?? 0;
    // Whole pixels, or neighbours would overlap into stripes.
    const left = Math.round(plot.valToPos(fromMs, 'x', true));
    const right = Math.round(plot.valToPos(fromMs + stepMs, 'x', true));
    const { from, to } = axis.span({ low, high });
    const bottom = Math.round(plot.valToPos(from, 'y', true));
    const top = Math.round(plot.valToPos(to, 'y', true));
    // Small cells touch: a gap would be as wide as they are.
    const gapX = right - left > 5 ? 1 : 0;
    const gapY = bottom - top > 8 ? 1 : 0;
    ctx.fillStyle = shades[Math.round(Math.sqrt(count / most) * shadeCount)] ?? colour;
    ctx.fillRect(left, top, Math.max(right - left - gapX, 1), Math.max(bottom - top - gapY, 1));
  }
  ctx.restore();
}

import { Link } from '@tanstack/react-router';
import { useMemo, useState, type ReactNode } from 'react';
import type uPlot from 'uplot';
import { formatCount, formatDuration, formatExact, formatStep } from '../format.js';
import { useHold } from '../hold.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import type { Theme } from '../theme.js';
import { selectedRange } from './brush-menu.js';
import styles from './chart.module.css';
import { ChartMenu } from './chart-menu.js';
import { ChartTooltip, type TooltipLine } from './chart-tooltip.js';
import { Headline } from './headline.js';
import { bucketBounds, countSelected, durationTicks, shades, type HeatmapCounts } from './heatmap-counts.js';
import { durationColumns } from './heatmap-csv.js';
import { Plot, type Marker, type PlotPoint, type Selection } from './plot.js';
import { withAlpha } from './series-colour.js';

type HeatmapProps = HeatmapCounts & {
  readonly title: string;
  /** What is counted: `request`, `call`. */
  readonly noun: string;
  readonly markers: readonly Marker[];
  readonly summary: string;
  readonly empty: string | undefined;
  /** The search text that finds what is counted; the selection's durations are added to it. */
  readonly traces: string;
  /** The same for the spans alone that are counted. */
  readonly spans?: string;
};

/** Durations over time on a log scale: one hue, darker is more. A selected rectangle leads to its traces. */
export function Heatmap(props: HeatmapProps): ReactNode {
  const { title, noun, markers, summary, empty, traces, spans = traces, stepsMs, stepMs, bucketLowMs, counts } = props;
  const { zone } = usePageRange();
  const [point, setPoint] = useState<PlotPoint | undefined>(undefined);
  const [selection, setSelection] = useState<Selection | undefined>(undefined);
  useHold(selection !== undefined);

  const shade = useMemo(() => shades(counts), [counts]);
  // uPlot needs a series to have an axis; it is never drawn.
  const data = useMemo((): uPlot.AlignedData => [[...stepsMs], stepsMs.map(() => null)], [stepsMs]);
  const { lowMs, highMs } = bucketBounds(bucketLowMs);
  const selected = selection === undefined ? undefined : countSelected(props, selection);
  const total = useMemo(() => counts.flat().reduce((sum, count) => sum + count, 0), [counts]);
  const range = selection === undefined ? undefined : selectedRange(selection, stepMs);

  function lines(step: number): readonly TooltipLine[] {
    return slowestFirst(counts[step] ?? [], bucketLowMs).slice(0, 6);
  }

  return (
    <Card
      right={
        <>
          log scale
          {empty === undefined && <ChartMenu series={durationColumns(props)} stepsMs={stepsMs} title={title} />}
        </>
      }
      title={title}
    >
      <Headline
        unit={selected !== undefined ? 'selected' : total === 1 ? noun : `${noun}s`}
        value={formatCount(selected ?? (empty === undefined ? total : undefined))}
      >
        {range !== undefined && (
          <>
            <Link
              className={`link ${styles['way']}`}
              search={{
                from: String(range.fromMs),
                to: String(range.toMs),
                q: `${traces}${durationFilter(selection)}`,
              }}
              to="/traces"
            >
              Open traces
            </Link>
            <Link
              className={`link ${styles['way']}`}
              search={{
                q: spans,
                selected: durationFilter(selection).trim(),
                selFrom: String(range.fromMs),
                selTo: String(range.toMs),
              }}
              to="/difference"
            >
              What is different
            </Link>
            <button className={`link ${styles['way']}`} onClick={() => setSelection(undefined)} type="button">
              Clear
            </button>
          </>
        )}
      </Headline>
      {empty === undefined ? (
        <div className={styles['drawing']}>
          <Plot
            axis={value => formatDuration(value)}
            brush="xy"
            build={() => {
              return {
                series: [{}, { scale: 'y', show: true, points: { show: false }, stroke: 'transparent' }],
                scales: {
                  x: { time: true, range: (_plot, min, max) => [min, max + stepMs] },
                  y: { distr: 3, range: () => [lowMs, highMs] },
                },
              };
            }}
            data={data}
            describe={step => {
              const text = lines(step).map(({ name, text }) => `${name} ${text}`);
              return `${formatStep(stepsMs[step] ?? 0, stepMs, zone)}: ${text.join(', ')}`;
            }}
            drawUnder={(plot, theme) => drawCells(plot, props, shade, theme)}
            markers={markers}
            onPoint={setPoint}
            onSelect={setSelection}
            selection={selection}
            splits={durationTicks(lowMs, highMs)}
            structure={JSON.stringify([stepMs, bucketLowMs])}
            summary={summary}
            walkLabel={`${title}: walk the steps with the arrow keys`}
          />
          {point !== undefined && selection === undefined && (
            <ChartTooltip
              fromMs={stepsMs[point.step] ?? 0}
              lines={lines(point.step)}
              onClose={() => setPoint(undefined)}
              pinned={false}
              point={point}
              stepMs={stepMs}
            />
          )}
        </div>
      ) : (
        <p className={styles['empty']}>{empty}</p>
      )}
    </Card>
  );
}

function slowestFirst(counts: readonly number[], bucketLowMs: readonly number[]): TooltipLine[] {
  const lines: TooltipLine[] = [];
  for (let bucket = counts.length - 1; bucket >= 0; bucket -= 1) {
    const count = counts[bucket] ?? 0;
    if (count === 0) continue;
    lines.push({ name: `from ${formatDuration(bucketLowMs[bucket])}`, colour: 1, text: formatExact(count) });
  }
  return lines;
}

function durationFilter({ low, high }: Selection | { low?: undefined; high?: undefined } = {}): string {
  if (low === undefined || high === undefined) return '';
  return ` duration>=${wholeUnits(low)} duration<${wholeUnits(high)}`;
}

/** As the search language takes it: a plain number and a unit without a space. */
function wholeUnits(ms: number): string {
  return ms >= 10 ? `${Math.round(ms)}ms` : `${Math.round(ms * 1000)}us`;
}

function drawCells(
  plot: uPlot,
  { stepsMs, stepMs, bucketLowMs, counts }: HeatmapCounts,
  shade: (count: number) => number,
  theme: Theme,
): void {
  const { ctx } = plot;
  const { lowMs, highMs } = bucketBounds(bucketLowMs);
  const colour = theme.series[0] ?? theme.accent;
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  ctx.clip();
  for (let step = 0; step < stepsMs.length; step += 1) {
    const fromMs = stepsMs[step] ?? 0;
    // Whole pixels, or neighbours would overlap into stripes.
    const left = Math.round(plot.valToPos(fromMs, 'x', true));
    const width = Math.round(plot.valToPos(fromMs + stepMs, 'x', true)) - left;
    // Narrow cells touch: a gap would be as wide as they are.
    const gap = width > 4 * devicePixelRatio ? 0.8 * devicePixelRatio : 0;
    for (let bucket = 0; bucket < bucketLowMs.length; bucket += 1) {
      const count = counts[step]?.[bucket] ?? 0;
      if (count === 0) continue;
      const bottom = plot.valToPos(bucketLowMs[bucket] ?? lowMs, 'y', true);
      const top = plot.valToPos(bucketLowMs[bucket + 1] ?? highMs, 'y', true);
      ctx.fillStyle = withAlpha(colour, shade(count));
      ctx.fillRect(left + gap / 2, top + 0.4, Math.max(width - gap, 1), Math.max(bottom - top - 0.8, 1));
    }
  }
  ctx.restore();
}

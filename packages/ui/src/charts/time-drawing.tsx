import { useMemo, useState, type ReactNode } from 'react';
import uPlot from 'uplot';
import { formatStep } from '../format.js';
import { useHold } from '../hold.js';
import { usePageRange } from '../page-range.js';
import type { Theme } from '../theme.js';
import { BrushMenu } from './brush-menu.js';
import styles from './chart.module.css';
import { ChartTooltip, type TooltipLine } from './chart-tooltip.js';
import type { Drill, NamedDrill } from './drill.js';
import { Exemplars, type ExemplarPoint } from './exemplars.js';
import { lonelySteps, splitIncomplete } from './last-step.js';
import { Plot, type Marker, type PlotPlace, type PlotPoint, type Selection } from './plot.js';
import { colourOf, withAlpha } from './series-colour.js';
import { stack } from './stack.js';
import type { ChartSeries, Steps, Threshold } from './time-chart.js';

export type TimeDrawingProps = Steps & {
  readonly title: string;
  /** Top of the legend first. */
  readonly series: readonly ChartSeries[];
  /** The earlier period, drawn dashed; its values stand at the steps of now. */
  readonly before?: { readonly name: string; readonly series: readonly ChartSeries[] } | undefined;
  /** Stacked areas: the last series lies at the bottom. */
  readonly stacked?: boolean;
  /** Soft ground under the first series. */
  readonly filled?: boolean;
  /** The axis starts at 0, or below where values are negative, unless this says otherwise. */
  readonly axisRange?: readonly [number, number];
  /** The axis reaches at least to here, so that nearly nothing does not look like a lot. */
  readonly leastTop?: number;
  readonly threshold?: Threshold | undefined;
  readonly markers?: readonly Marker[];
  readonly markerLabels?: boolean;
  /** Samples that lead to a trace: hollow diamonds. */
  readonly exemplars?: readonly ExemplarPoint[];
  readonly heightPx?: number;
  /** Wider for long names. */
  readonly tooltipPx?: number;
  format(value: number | null): string;
  axis(value: number): string;
  /** The lines of the axis stand at powers of two: bytes. */
  readonly binary?: boolean;
  /** Labels of the axis of those series that are measured at the right. */
  readonly rightAxis?: ((value: number) => string) | undefined;
  /** The finding in one sentence. */
  readonly summary: string;
  /** Where selections lead, and points that have no ways of their own. */
  readonly drill: Drill;
  /** Where the points of one step lead, when that depends on the series. */
  drills?(step: number): readonly NamedDrill[];
  /** How far before a step what it shows begins: ways out of a point reach back so far. */
  readonly leadMs?: number;
};

/** Lines or areas over time with crosshair, tooltip, brush and keyboard; the panel around it is the caller's. */
export function TimeDrawing(props: TimeDrawingProps): ReactNode {
  const { title, stepsMs, stepMs, lastIncomplete, series, before, stacked = false, threshold, drill, format } = props;
  const { zone } = usePageRange();
  const [point, setPoint] = useState<PlotPoint | undefined>(undefined);
  const [pinned, setPinned] = useState<PlotPoint | undefined>(undefined);
  const [selection, setSelection] = useState<Selection | undefined>(undefined);
  const [place, setPlace] = useState<PlotPlace | undefined>(undefined);
  useHold(pinned !== undefined || selection !== undefined);

  const data = useMemo(
    () => alignedData({ stepsMs, series, before: before?.series ?? [], stacked, lastIncomplete }),
    [stepsMs, series, before, stacked, lastIncomplete],
  );
  const names = [...series, ...(before?.series ?? [])].map(
    ({ name, colour, right }) => `${name} ${colour} ${right === undefined}`,
  );
  const structure = JSON.stringify([names, stacked, lastIncomplete, series.length, props.axisRange, threshold]);
  const shown = pinned ?? point;

  function lines(step: number): readonly TooltipLine[] {
    return tooltipLines(step, series, before, format, stacked);
  }

  function describe(step: number): string {
    const text = lines(step).map(({ name, text }) => `${name} ${text}`);
    return `${formatStep(stepsMs[step] ?? 0, stepMs, zone)}: ${text.join(', ')}`;
  }

  return (
    <div className={styles['drawing']}>
      <Plot
        axis={props.axis}
        binary={props.binary ?? false}
        {...(props.rightAxis !== undefined && { rightAxis: props.rightAxis })}
        build={theme => builder(props, theme)}
        data={data}
        describe={describe}
        drawOver={(plot, theme) => {
          if (threshold !== undefined) drawThreshold(plot, threshold, theme);
        }}
        markerLabels={props.markerLabels ?? false}
        markers={props.markers ?? []}
        onPin={setPinned}
        onPoint={setPoint}
        onSelect={setSelection}
        heightPx={props.heightPx ?? 132}
        onPlaced={setPlace}
        rings={!stacked}
        selection={selection}
        structure={structure}
        summary={props.summary}
        walkLabel={`${title}: walk the points with the arrow keys`}
      />
      {place !== undefined && props.exemplars !== undefined && (
        <Exemplars exemplars={props.exemplars} format={format} place={place} />
      )}
      {shown !== undefined && selection === undefined && (
        <ChartTooltip
          drills={props.drills?.(shown.step) ?? [{ ...drill, name: undefined }]}
          fromMs={stepsMs[shown.step] ?? 0}
          leadMs={props.leadMs ?? 0}
          lines={lines(shown.step)}
          onClose={() => setPinned(undefined)}
          pinned={pinned !== undefined}
          point={shown}
          stepMs={stepMs}
          widthPx={props.tooltipPx ?? 190}
        />
      )}
      {selection !== undefined && (
        <BrushMenu drill={drill} onClose={() => setSelection(undefined)} selection={selection} shortestMs={stepMs} />
      )}
    </div>
  );
}

type Aligned = {
  readonly stepsMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly before: readonly ChartSeries[];
  readonly stacked: boolean;
  readonly lastIncomplete: boolean;
};

/** uPlot's arrays: times, the series of now, their dashed ends, then the earlier period. */
function alignedData({ stepsMs, series, before, stacked, lastIncomplete }: Aligned): uPlot.AlignedData {
  const values = series.map(one => one.values);
  // The last series lies at the bottom; sums are drawn in the order of the legend.
  const drawn = stacked ? stack(values.toReversed()).toReversed() : values;
  const split = drawn.map(one => splitIncomplete(one, lastIncomplete && !stacked));
  return [
    [...stepsMs],
    ...split.map(({ solid }) => solid),
    ...(lastIncomplete ? split.map(({ dashed }) => dashed) : []),
    ...before.map(one => [...one.values]),
  ];
}

function builder(
  {
    series,
    before,
    lastIncomplete,
    stacked = false,
    filled = false,
    axisRange,
    leastTop = 0,
    threshold,
  }: TimeDrawingProps,
  theme: Theme,
): Pick<uPlot.Options, 'series' | 'scales'> & Partial<Pick<uPlot.Options, 'bands'>> {
  const colours = series.map(({ colour }) => colourOf(colour, theme));
  const solid = colours.map((colour, index): uPlot.Series => {
    if (stacked) return { stroke: theme.surface, width: 0.8, fill: withAlpha(colour, 0.82), points: points(colour) };
    const ground = filled && index === 0 ? { fill: withAlpha(colour, 0.1) } : {};
    // What is grey stands behind what has a colour.
    const width = series[index]?.colour === 'prev' ? 0.8 : 1.6;
    return { stroke: colour, width, points: points(colour), ...ground, ...scaleOf(series[index]) };
  });
  const dashed = (lastIncomplete ? colours : []).map((colour, index): uPlot.Series => {
    return {
      stroke: colour,
      width: 1.6,
      dash: [2, 3],
      points: points(colour),
      show: !stacked,
      ...scaleOf(series[index]),
    };
  });
  const earlier = (before?.series ?? []).map((one): uPlot.Series => {
    return { stroke: theme.prev, width: 1.1, dash: [3, 2.5], points: { show: false }, ...scaleOf(one) };
  });
  // Each area ends where the one below begins.
  const bands = stacked ? series.slice(0, -1).map((_, at) => ({ series: [at + 1, at + 2] as uPlot.Band.Bounds })) : [];
  return {
    series: [{}, ...solid, ...dashed, ...earlier],
    bands,
    scales: {
      x: { time: true, range: (_plot, min, max) => [min, max] },
      y: {
        range: (_plot, min, max) => {
          if (axisRange !== undefined) return [axisRange[0], axisRange[1]];
          return around(min, max, Math.max(threshold?.value ?? 0, leastTop));
        },
      },
      ...(series.some(({ right }) => right !== undefined) && {
        right: { range: (_plot: uPlot, min: number, max: number) => around(min, max, 0) },
      }),
    },
  };
}

/** Only what is measured at the right names its scale. */
function scaleOf(series: ChartSeries | undefined): { readonly scale?: string } {
  return series?.right === undefined ? {} : { scale: 'right' };
}

/** From 0, or below where values are negative, to a little above the largest. */
function around(min: number | null, max: number | null, leastTop: number): [number, number] {
  const top = Math.max(max ?? 0, leastTop);
  const bottom = Math.min(min ?? 0, 0);
  return top > 0 || bottom < 0 ? [bottom * 1.08, top * 1.08] : [0, 1];
}

/** A step between gaps would not be seen as a line. */
function points(colour: string): uPlot.Series.Points {
  return { show: true, size: 4, fill: colour, filter: (plot, at) => lonelySteps([...(plot.data[at] ?? [])]) };
}

function tooltipLines(
  step: number,
  series: readonly ChartSeries[],
  before: TimeDrawingProps['before'],
  format: (value: number | null) => string,
  stacked: boolean,
): readonly TooltipLine[] {
  const now = series.map(({ name, colour, values, right }) => {
    const value = values[step] ?? null;
    return { name, colour, value, text: (right?.format ?? format)(value) };
  });
  if (!stacked) now.sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
  const lines: TooltipLine[] = now.map(({ name, colour, text }) => ({ name, colour, text }));
  if (stacked && now.some(({ value }) => value !== null)) {
    const sum = now.reduce((total, { value }) => total + (value ?? 0), 0);
    lines.push({ name: 'Together', colour: undefined, text: format(sum) });
  }
  for (const { name, values, right } of before?.series ?? []) {
    lines.push({ name: `${name} before`, colour: 'prev', text: (right?.format ?? format)(values[step] ?? null) });
  }
  return lines;
}

function drawThreshold(plot: uPlot, { value, label }: Threshold, theme: Theme): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(value, 'y', true));
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  const px = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = theme.crit;
  ctx.fillStyle = theme.crit;
  ctx.lineWidth = px;
  ctx.setLineDash([4 * px, 3 * px]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${10.5 * px}px ${theme.font}`;
  ctx.textBaseline = 'bottom';
  ctx.textAlign = 'left';
  ctx.fillText(label, bbox.left + 4 * px, y - 3 * px);
  ctx.restore();
}

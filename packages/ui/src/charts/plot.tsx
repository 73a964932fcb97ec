import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatClock, formatClockSeconds, formatDay, type Zone } from '../format.js';
import { usePageRange } from '../page-range.js';
import { useTheme, type Theme } from '../theme.js';
import styles from './plot.module.css';

/** What a brush has selected: times, and for two-dimensional brushes values. CSS pixels within the plot for the menu. */
export type Selection = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly leftPx: number;
  readonly widthPx: number;
};

/** A step under the pointer or the keyboard. */
export type PlotPoint = { readonly step: number; readonly leftPx: number; readonly plotLeftPx: number };

/** Where times and values stand on the drawing, in CSS pixels from its left and top. */
export type PlotPlace = {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly low: number;
  readonly high: number;
};

export type Marker = { readonly atMs: number; readonly label: string };

type PlotProps = {
  /** Milliseconds since 1970, then one array per series. */
  readonly data: uPlot.AlignedData;
  /** Changes when the drawing itself must be built anew, not only its data. */
  readonly structure: string;
  /** Series, scales, bands and the y axis in the theme's colours; called when the structure changes. */
  build(theme: Theme): Pick<uPlot.Options, 'series' | 'scales'> & Partial<Pick<uPlot.Options, 'bands'>>;
  /** Labels of the y axis. */
  axis(value: number): string;
  /** The lines of the axis stand at powers of two: bytes. */
  readonly binary?: boolean;
  /** With it there is an axis at the right, for the scale `right`. */
  rightAxis?(value: number): string;
  /** Where the y axis has its lines; as uPlot sees fit when absent. */
  readonly splits?: readonly number[];
  readonly markers?: readonly Marker[];
  readonly markerLabels?: boolean;
  readonly heightPx?: number;
  readonly brush?: 'x' | 'xy';
  /** Rings where the crosshair meets the lines. */
  readonly rings?: boolean;
  /** Draws under the series, in canvas pixels. */
  drawUnder?(plot: uPlot, theme: Theme): void;
  /** Draws over the series, in canvas pixels. */
  drawOver?(plot: uPlot, theme: Theme): void;
  /** The finding, for those who do not see the drawing. */
  readonly summary: string;
  /** What the keyboard walks, and what it says at a step. */
  readonly walkLabel: string;
  describe(step: number): string;
  readonly selection: Selection | undefined;
  onSelect?(selection: Selection | undefined): void;
  onPoint?(point: PlotPoint | undefined): void;
  onPin?(point: PlotPoint): void;
  /** The plot was drawn: what stands over it may be placed. */
  onPlaced?(place: PlotPlace): void;
};

// Charts of one page share the crosshair; only one page is shown at a time.
const syncKey = 'page';
const smallestBrushPx = 4;
const topPx = 16;

/** uPlot in React: one canvas, crosshair shared by the page, brush, keyboard. What is drawn comes from `build`. */
export function Plot(props: PlotProps): ReactNode {
  const { data, structure, heightPx = 132, summary, selection } = props;
  const theme = useTheme();
  const { zone } = usePageRange();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  const [walked, setWalked] = useState<number | undefined>(undefined);

  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const made = new uPlot(options(latest, theme, zone, element.clientWidth, heightPx), latest.current.data, element);
    plot.current = made;
    const release = watchPointer(made, latest);
    const resize = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height: heightPx });
    });
    resize.observe(element);
    return () => {
      resize.disconnect();
      release();
      made.destroy();
      plot.current = undefined;
    };
    // `structure` stands for everything that `build` and the axes read.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [structure, theme, zone, heightPx]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  useEffect(() => {
    if (selection === undefined) letGo();
  }, [selection]);

  const steps = data[0].length;
  const at = walked === undefined ? undefined : Math.min(walked, steps - 1);

  function walk(event: KeyboardEvent): void {
    const made = plot.current;
    if (made === undefined || steps === 0) return;
    const current = at ?? steps;
    const next = walkTo(event.key, current, steps);
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      setWalked(next);
      made.setCursor({ left: made.valToPos(made.data[0][next] ?? 0, 'x'), top: made.over.clientHeight / 2 });
      props.onPoint?.(pointOf(made, next));
    } else if (event.key === 'Enter' && at !== undefined) {
      event.preventDefault();
      props.onPin?.(pointOf(made, at));
    }
  }

  function leave(): void {
    setWalked(undefined);
    plot.current?.setCursor({ left: -10, top: -10 });
    props.onPoint?.(undefined);
  }

  return (
    <div className={styles['plot']}>
      <div aria-label={summary} className={styles['canvas']} ref={host} role="img" />
      <div
        aria-label={props.walkLabel}
        aria-valuemax={Math.max(steps - 1, 0)}
        aria-valuemin={0}
        aria-valuenow={at ?? Math.max(steps - 1, 0)}
        aria-valuetext={steps === 0 ? 'No data' : props.describe(at ?? steps - 1)}
        className={styles['walk']}
        onBlur={leave}
        onKeyDown={walk}
        role="slider"
        tabIndex={0}
      />
    </div>
  );
}

/** The charts of the page show a selection together, so they let it go together. */
function letGo(): void {
  for (const plot of uPlot.sync(syncKey).plots) plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

function walkTo(key: string, current: number, steps: number): number | undefined {
  if (key === 'ArrowLeft') return Math.max(current - 1, 0);
  if (key === 'ArrowRight') return Math.min(current + 1, steps - 1);
  if (key === 'Home') return 0;
  return key === 'End' ? steps - 1 : undefined;
}

function pointOf(plot: uPlot, step: number): PlotPoint {
  const plotLeftPx = plot.over.offsetLeft;
  return { step, plotLeftPx, leftPx: plotLeftPx + plot.valToPos(plot.data[0][step] ?? 0, 'x') };
}

function placeOf({ over, scales }: uPlot): PlotPlace {
  const { x, y } = scales;
  return {
    leftPx: over.offsetLeft,
    topPx: over.offsetTop,
    widthPx: over.clientWidth,
    heightPx: over.clientHeight,
    fromMs: x?.min ?? 0,
    toMs: x?.max ?? 0,
    low: y?.min ?? 0,
    high: y?.max ?? 0,
  };
}

/** Hover and click of this chart; the crosshair of the others follows by itself. */
function watchPointer(plot: uPlot, latest: { readonly current: PlotProps }): () => void {
  const { over } = plot;
  let downX = 0;
  const move = (): void => {
    const { idx } = plot.cursor;
    latest.current.onPoint?.(idx === null || idx === undefined ? undefined : pointOf(plot, idx));
  };
  const leave = (): void => latest.current.onPoint?.(undefined);
  const down = (event: MouseEvent): void => {
    downX = event.clientX;
  };
  const click = (event: MouseEvent): void => {
    const { idx } = plot.cursor;
    if (idx === null || idx === undefined || Math.abs(event.clientX - downX) > smallestBrushPx) return;
    latest.current.onPin?.(pointOf(plot, idx));
  };
  over.addEventListener('mousemove', move);
  over.addEventListener('mouseleave', leave);
  over.addEventListener('mousedown', down);
  over.addEventListener('click', click);
  return () => {
    over.removeEventListener('mousemove', move);
    over.removeEventListener('mouseleave', leave);
    over.removeEventListener('mousedown', down);
    over.removeEventListener('click', click);
  };
}

function options(
  latest: { readonly current: PlotProps },
  theme: Theme,
  zone: Zone,
  width: number,
  height: number,
): uPlot.Options {
  const { build, brush = 'x', rings = true, markers, splits } = latest.current;
  const font = `10.5px ${theme.font}`;
  const built = build(theme);
  return {
    width: Math.max(width, 1),
    height,
    ms: 1,
    // Room for the flags above, and at the right for half of a time.
    padding: [markers === undefined ? 8 : topPx, 14, 0, 0],
    legend: { show: false },
    tzDate: ms => (zone === undefined ? new Date(ms) : uPlot.tzDate(new Date(ms), zone)),
    cursor: {
      y: false,
      sync: { key: syncKey, scales: ['x', null] },
      drag: { x: true, y: brush === 'xy', uni: brush === 'xy' ? 0 : 10, setScale: false, dist: smallestBrushPx },
      points: {
        show: rings,
        size: 7,
        width: 1.7,
        fill: theme.surface,
        stroke: (plot, series) => String(strokeOf(plot, series)),
      },
      // A double click would reset scales that never change.
      bind: { dblclick: () => () => null },
    },
    axes: [
      timeAxis(font, theme, zone),
      valueAxis(font, theme, latest, splits),
      ...(latest.current.rightAxis === undefined ? [] : [rightAxis(font, theme, latest)]),
    ],
    hooks: {
      drawAxes: [plot => latest.current.drawUnder?.(plot, theme)],
      draw: [
        plot => latest.current.drawOver?.(plot, theme),
        plot => latest.current.onPlaced?.(placeOf(plot)),
        plot => drawMarkers(plot, latest.current.markers ?? [], latest.current.markerLabels === true, theme),
      ],
      setSelect: [
        plot => {
          // Synced charts replay the mouse-up without an event: only the chart that was brushed may act.
          if (plot.cursor.event === null || plot.cursor.event === undefined) return;
          latest.current.onSelect?.(selectionOf(plot, brush));
        },
      ],
    },
    ...built,
  };
}

function timeAxis(font: string, theme: Theme, zone: Zone): uPlot.Axis {
  return {
    font,
    stroke: theme.text3,
    size: 20,
    gap: 4,
    space: 72,
    grid: { show: false },
    ticks: { show: false },
    values: (_plot, splits, _axis, _space, incrMs) => splits.map(split => timeLabel(split, incrMs, zone)),
  };
}

const binaryIncrements = Array.from({ length: 60 }, (_, power) => 2 ** power);

function valueAxis(
  font: string,
  theme: Theme,
  latest: { readonly current: PlotProps },
  splits: readonly number[] | undefined,
): uPlot.Axis {
  return {
    font,
    stroke: theme.text3,
    size: (_plot, labels) => Math.max(34, ...(labels ?? []).map(label => label.length * 6 + 12)),
    gap: 5,
    space: 20,
    // On log scales uPlot would label powers of ten only.
    filter: (_plot, at) => at,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { show: false },
    values: (_plot, at) => at.map(value => (value === 0 ? '0' : latest.current.axis(value))),
    ...(splits !== undefined && { splits: () => [...splits] }),
    ...(latest.current.binary === true && { incrs: binaryIncrements }),
  };
}

function rightAxis(font: string, theme: Theme, latest: { readonly current: PlotProps }): uPlot.Axis {
  return {
    ...valueAxis(font, theme, latest, undefined),
    scale: 'right',
    side: 1,
    grid: { show: false },
    values: (_plot, at) => at.map(value => (value === 0 ? '0' : (latest.current.rightAxis?.(value) ?? ''))),
  };
}

function strokeOf(plot: uPlot, series: number): unknown {
  const stroke = plot.series[series]?.stroke;
  return typeof stroke === 'function' ? stroke(plot, series) : stroke;
}

function timeLabel(ms: number, incrMs: number, zone: Zone): string {
  if (incrMs >= 86_400_000) return formatDay(ms, zone);
  if (incrMs < 60_000) return formatClockSeconds(ms, zone);
  const clock = formatClock(ms, zone);
  return clock === '00:00' ? formatDay(ms, zone) : clock;
}

function selectionOf(plot: uPlot, brush: 'x' | 'xy'): Selection | undefined {
  const { left, top, width, height } = plot.select;
  if (width < smallestBrushPx) return undefined;
  const twoWay = brush === 'xy' && height >= smallestBrushPx && height < plot.over.clientHeight - 1;
  return {
    fromMs: plot.posToVal(left, 'x'),
    toMs: plot.posToVal(left + width, 'x'),
    low: twoWay ? plot.posToVal(top + height, 'y') : undefined,
    high: twoWay ? plot.posToVal(top, 'y') : undefined,
    leftPx: plot.over.offsetLeft + left,
    widthPx: width,
  };
}

/** A dotted line with a flag, and what was deployed where there is room for it. */
function drawMarkers(plot: uPlot, markers: readonly Marker[], labels: boolean, theme: Theme): void {
  const { ctx, bbox } = plot;
  const px = devicePixelRatio;
  const right = bbox.left + bbox.width;
  const shown = markers
    .map(({ atMs, label }) => ({ label, x: Math.round(plot.valToPos(atMs, 'x', true)) }))
    .filter(({ x }) => x >= bbox.left && x <= right)
    .toSorted((a, b) => a.x - b.x);
  ctx.save();
  ctx.font = `500 ${10.5 * px}px ${theme.font}`;
  ctx.textBaseline = 'middle';
  ctx.strokeStyle = theme.text2;
  ctx.fillStyle = theme.text2;
  ctx.lineWidth = px;
  shown.forEach(({ label, x }, at) => {
    const before = shown[at - 1]?.x ?? -Infinity;
    const after = shown[at + 1]?.x ?? Infinity;
    if (x === before) return;
    ctx.setLineDash([2 * px, 2 * px]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - 2 * px);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    if (x - before >= 9 * px) drawFlag(ctx, x, bbox.top - 12 * px, px);
    if (!labels) return;
    const widthPx = ctx.measureText(label).width + 14 * px;
    const fitsRight = x + widthPx < Math.min(after, right);
    if (!fitsRight && x - widthPx < Math.max(before, bbox.left)) return;
    ctx.textAlign = fitsRight ? 'left' : 'right';
    ctx.fillText(label, fitsRight ? x + 8 * px : x - 8 * px, bbox.top - 7 * px);
  });
  ctx.restore();
}

function drawFlag(ctx: CanvasRenderingContext2D, x: number, y: number, px: number): void {
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(x - 4 * px, y);
  ctx.lineTo(x + 4 * px, y);
  ctx.lineTo(x + 4 * px, y + 5 * px);
  ctx.lineTo(x, y + 9 * px);
  ctx.lineTo(x - 4 * px, y + 5 * px);
  ctx.fill();
}

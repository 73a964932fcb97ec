import {
  formatUnit,
  isBinaryUnit,
  numberOf,
  objectOf,
  textOf,
  thresholdValue,
  valueLinks,
  valueText,
  type FieldConfig,
  type FollowedLink,
} from '@bellwether/dashboards';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import uPlot from 'uplot';
import { BrushMenu } from '../charts/brush-menu.js';
import chartStyles from '../charts/chart.module.css';
import { ChartTooltip, type TooltipLine } from '../charts/chart-tooltip.js';
import { noDrill, type Drill, type NamedDrill } from '../charts/drill.js';
import { lonelySteps } from '../charts/last-step.js';
import { Plot, type PlotPoint, type Selection } from '../charts/plot.js';
import { colourOf, withAlpha } from '../charts/series-colour.js';
import { formatClock, formatStep } from '../format.js';
import { useHold } from '../hold.js';
import { drillOf, serviceOf } from '../metrics/labels-drill.js';
import { usePageRange } from '../page-range.js';
import { writeTerm } from '../search/write-term.js';
import type { Theme } from '../theme.js';
import styles from './panels.module.css';
import { chartColour } from './panel-colours.js';
import type { PanelBodyProps } from './panel-body.js';
import { PanelLegend } from './panel-legend.js';
import {
  crossGaps,
  readLegend,
  seriesModel,
  stackedValues,
  type DrawnSeries,
  type SeriesModel,
} from './series-model.js';
import { useSize } from './use-size.js';

const mostLinked = 8;
const mostWays = 3;

/** Lines, areas, bars and points over time: Grafana's `timeseries`. */
export function SeriesPanel(props: PanelBodyProps): ReactNode {
  const { panel, title, frames, markers, interval, variables, widthPx, heightPx } = props;
  const { zone } = usePageRange();
  const model = useMemo(() => seriesModel(frames, panel.fieldConfig), [frames, panel.fieldConfig]);
  const [only, setOnly] = useState<string | undefined>(undefined);
  const [point, setPoint] = useState<PlotPoint | undefined>(undefined);
  const [pinned, setPinned] = useState<PlotPoint | undefined>(undefined);
  const [selection, setSelection] = useState<Selection | undefined>(undefined);
  const plotRoom = useRef<HTMLDivElement>(null);
  const { heightPx: roomPx } = useSize(plotRoom);
  useHold(pinned !== undefined || selection !== undefined);

  const isOnly = only !== undefined && model.series.some(({ key }) => key === only);
  const drawn = useMemo(
    () => (isOnly ? model.series.filter(({ key }) => key === only) : model.series),
    [model, isOnly, only],
  );
  const data = useMemo(() => alignedData(model, drawn, interval), [model, drawn, interval]);
  const legend = readLegend(panel.options);
  const left = drawn.find(({ look }) => look.axis === 'left') ?? drawn[0];
  const right = drawn.find(({ look }) => look.axis === 'right');
  const shown = pinned ?? point;
  const isMulti = textOf(objectOf(panel.options, 'tooltip'), 'mode') !== 'none';
  const structure = JSON.stringify([
    drawn.map(({ name, colour, look }) => [name, colour, look]),
    left === undefined ? '' : axisKey(left.config),
    right === undefined ? '' : axisKey(right.config),
  ]);

  function lines(step: number): readonly TooltipLine[] {
    const fromMs = model.timesMs[step] ?? 0;
    const marked = markers
      .filter(({ atMs }) => Math.abs(atMs - fromMs) <= Math.max(model.stepMs, (interval.toMs - interval.fromMs) / 150))
      .slice(0, 4)
      .map(({ label, atMs }) => ({ name: label, colour: undefined, text: formatClock(atMs, zone) }));
    const values = drawn
      .filter(({ isInTooltip, values }) => isInTooltip && values[step] !== null && values[step] !== undefined)
      .toSorted((a, b) => (b.values[step] ?? 0) - (a.values[step] ?? 0))
      .map(({ name, colour, config, values }) => ({ name, colour, text: textOfValue(values[step] ?? 0, config) }));
    return [...marked, ...values];
  }

  /** Where the values of a moment lead, the largest first. */
  function linksAt(step: number): readonly FollowedLink[] {
    return drawn
      .filter(({ config, values }) => config.links.length > 0 && typeof values[step] === 'number')
      .toSorted((a, b) => (b.values[step] ?? 0) - (a.values[step] ?? 0))
      .slice(0, mostLinked)
      .flatMap(({ name, config, shown: own, values }) =>
        valueLinks(config.links, { shown: own, value: values[step] ?? null, row: step }, variables).map(link => ({
          ...link,
          title: drawn.length === 1 ? link.title : `${link.title}: ${name}`,
        })),
      );
  }

  function describe(step: number): string {
    const text = lines(step).map(line => `${line.name} ${line.text}`);
    return `${formatStep(model.timesMs[step] ?? 0, model.stepMs, zone)}: ${text.slice(0, 8).join(', ') || 'no data'}`;
  }

  return (
    <div className={styles['series']} data-right={legend.shown && legend.isRight && widthPx > 420}>
      <div className={styles['plotroom']} ref={plotRoom}>
        {roomPx > 40 && (
          <div className={chartStyles['drawing']}>
            <Plot
              axis={value => (left === undefined ? '' : axisText(value, left))}
              {...(right !== undefined && { rightAxis: (value: number) => axisText(value, right) })}
              binary={left !== undefined && !left.look.isPercent && isBinaryUnit(left.config.unit)}
              build={theme => build(drawn, left, right, theme)}
              data={data}
              describe={describe}
              drawOver={(plot, theme) => {
                if (left !== undefined) drawThresholds(plot, left, theme);
              }}
              heightPx={Math.max(roomPx - 4, 60)}
              markerLabels={widthPx > 700}
              markers={markers}
              onPin={setPinned}
              onPoint={setPoint}
              onSelect={setSelection}
              rings={drawn.length < 30}
              selection={selection}
              structure={structure}
              summary={summary(title, model)}
              walkLabel={`${title}: walk the points with the arrow keys`}
            />
            {shown !== undefined && selection === undefined && isMulti && (
              <ChartTooltip
                drills={drillsOf(drawn, shown.step)}
                fromMs={model.timesMs[shown.step] ?? 0}
                lines={lines(shown.step)}
                links={linksAt(shown.step)}
                onClose={() => setPinned(undefined)}
                pinned={pinned !== undefined}
                point={shown}
                stepMs={model.stepMs}
                widthPx={Math.min(300, Math.max(190, widthPx * 0.45))}
              />
            )}
            {selection !== undefined && (
              <BrushMenu
                drill={drillOfAll(drawn)}
                onClose={() => setSelection(undefined)}
                selection={selection}
                shortestMs={model.stepMs}
              />
            )}
          </div>
        )}
      </div>
      {legend.shown && heightPx > 120 && (
        <PanelLegend
          legend={legend}
          left={model.left}
          onOnly={setOnly}
          only={isOnly ? only : undefined}
          series={model.series}
          title={title}
        />
      )}
    </div>
  );
}

/** Where the services of a moment lead, those of the largest values first. */
function drillsOf(drawn: readonly DrawnSeries[], step: number): readonly NamedDrill[] {
  const found = new Map<string, NamedDrill>();
  for (const { shown } of drawn.toSorted((a, b) => (b.values[step] ?? 0) - (a.values[step] ?? 0))) {
    const drill = drillOf(Object.fromEntries(shown.field.labels));
    if (drill?.name !== undefined && !found.has(drill.name)) found.set(drill.name, drill);
    if (found.size === mostWays) break;
  }
  return [...found.values()];
}

/** A stretch leads somewhere when all that is drawn is of one service. */
function drillOfAll(drawn: readonly DrawnSeries[]): Drill {
  const services = new Set(drawn.map(({ shown }) => serviceOf(Object.fromEntries(shown.field.labels))));
  const [first] = drawn;
  if (first === undefined || services.size !== 1) return noDrill;
  const one = drillOf(Object.fromEntries(first.shown.field.labels));
  if (one === undefined || drawn.length === 1) return one ?? noDrill;
  const service = one.name === undefined ? undefined : writeTerm('service', one.name);
  return { traces: service, logs: service };
}

export function textOfValue(value: number, config: FieldConfig): string {
  return valueText(formatUnit(value, config.unit, config.decimals));
}

function axisText(value: number, { config, look }: DrawnSeries): string {
  if (look.isPercent) return valueText(formatUnit(value, 'percentunit', 0));
  const distribution = objectOf(config.custom, 'scaleDistribution');
  if (textOf(distribution, 'type') === 'log' && !isPower(value, numberOf(distribution, 'log') === 2 ? 2 : 10))
    return '';
  // Axes need no more digits than their lines are apart.
  return valueText(
    formatUnit(
      value,
      config.unit,
      config.unit === 'percent' || config.unit === 'percentunit' ? undefined : config.decimals,
    ),
  );
}

/** On a log axis only the powers of its base are named. */
function isPower(value: number, base: number): boolean {
  const power = Math.log(value) / Math.log(base);
  return Math.abs(power - Math.round(power)) < 1e-6;
}

/** What makes another axis. */
function axisKey({ unit, decimals, min, max, custom, thresholds }: FieldConfig): unknown {
  return [unit, decimals, min, max, custom, thresholds];
}

/** The range's ends stand at both sides, with or without data. */
function alignedData(
  { timesMs }: SeriesModel,
  drawn: readonly DrawnSeries[],
  { fromMs, toMs }: PanelBodyProps['interval'],
): uPlot.AlignedData {
  if (timesMs.length === 0) return [[fromMs, toMs], ...drawn.map(() => [null, null])];
  return [
    [...timesMs],
    ...stackedValues(drawn).map((values, at) => {
      const crossed = crossGaps(values, timesMs, drawn[at]?.look.spanMs ?? 0);
      return [...crossed];
    }),
  ];
}

type Built = Pick<uPlot.Options, 'series' | 'scales'> & Partial<Pick<uPlot.Options, 'bands'>>;

function build(
  drawn: readonly DrawnSeries[],
  left: DrawnSeries | undefined,
  right: DrawnSeries | undefined,
  theme: Theme,
): Built {
  return {
    series: [{}, ...drawn.map(one => uplotSeries(one, theme))],
    bands: bandsOf(drawn),
    scales: {
      x: { time: true, range: (_plot, min, max) => [min, max] },
      y: scaleOf(left),
      ...(right !== undefined && { right: scaleOf(right) }),
    },
  };
}

const paths = {
  bars: uPlot.paths.bars?.({ size: [0.7, 40] }),
  smooth: uPlot.paths.spline?.(),
  before: uPlot.paths.stepped?.({ align: -1 }),
  after: uPlot.paths.stepped?.({ align: 1 }),
} as const;

function uplotSeries({ colour, look }: DrawnSeries, theme: Theme): uPlot.Series {
  const stroke = colourOf(colour, theme);
  const path = look.draw === 'bars' ? paths.bars : look.curve === 'linear' ? undefined : paths[look.curve];
  const points: uPlot.Series.Points =
    look.draw === 'points' || look.points === 'always'
      ? { show: true, size: look.pointPx, fill: stroke }
      : {
          show: true,
          size: 4,
          fill: stroke,
          filter: (plot, at) => lonelySteps([...(plot.data[at] ?? [])].map(value => value ?? null)),
        };
  return {
    scale: look.axis === 'right' ? 'right' : 'y',
    stroke,
    // A line of one pixel is hard to see on a fine screen.
    width:
      look.draw === 'points' || (look.draw === 'bars' && look.fill > 0.3) || look.widthPx === 0
        ? 0
        : Math.max(look.widthPx, 1.3),
    points,
    ...(look.dashed && { dash: [5, 4] }),
    ...(look.fill > 0 && { fill: withAlpha(stroke, look.stack === undefined ? look.fill : Math.max(look.fill, 0.15)) }),
    ...(path !== undefined && { paths: path }),
  };
}

/** A stacked area ends where the one below it in its group begins. */
function bandsOf(drawn: readonly DrawnSeries[]): uPlot.Band[] {
  const below = new Map<string, number>();
  return drawn.flatMap(({ look, values }, at): uPlot.Band[] => {
    if (look.stack === undefined || look.draw === 'bars') return [];
    const isNegative = values.some(value => value !== null && value < 0);
    const key = `${look.stack} ${isNegative} ${look.axis}`;
    const before = below.get(key);
    below.set(key, at);
    return before === undefined ? [] : [{ series: [at + 1, before + 1] }];
  });
}

function scaleOf(series: DrawnSeries | undefined): uPlot.Scale {
  const custom = series?.config.custom ?? {};
  const distribution = objectOf(custom, 'scaleDistribution');
  const isLog = textOf(distribution, 'type') === 'log';
  const { min, max } = series?.config ?? {};
  const softMin = numberOf(custom, 'axisSoftMin');
  const softMax = numberOf(custom, 'axisSoftMax');
  const isPercent = series?.look.isPercent === true;
  if (isLog) {
    return {
      distr: 3,
      log: numberOf(distribution, 'log') === 2 ? 2 : 10,
      range: (_plot, low, high) => {
        const bottom =
          min !== undefined && min > 0 ? min : (low ?? 0) > 0 ? (low ?? 1) : Math.min(1, (high ?? 1) / 1000);
        return uPlot.rangeLog(bottom, Math.max(max ?? high ?? 1, bottom * 10), 10, true);
      },
    };
  }
  return {
    range: (_plot, low, high) => {
      if (isPercent) return [Math.min(low ?? 0, 0), Math.max(high ?? 1, 1)];
      const bottom = min ?? Math.min(low ?? 0, softMin ?? 0, 0);
      const top = max ?? Math.max(high ?? 0, softMax ?? -Infinity, bottom);
      if (top <= bottom) return [bottom, bottom + 1];
      return [min ?? bottom * 1.05, max ?? top + (top - bottom) * 0.08];
    },
  };
}

function drawThresholds(plot: uPlot, { config }: DrawnSeries, theme: Theme): void {
  const mode = textOf(objectOf(config.custom, 'thresholdsStyle'), 'mode');
  if (mode === '' || mode === 'off') return;
  const { ctx, bbox } = plot;
  const { steps } = config.thresholds;
  const isDashed = mode.startsWith('dashed');
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  steps.forEach((step, at) => {
    if (step.colour === undefined) return;
    const colour = colourOf(chartColour(step.colour), theme);
    const from = thresholdValue(step, config);
    const y = Number.isFinite(from) ? plot.valToPos(from, 'y', true) : bbox.top + bbox.height;
    if (mode.includes('area')) {
      const next = steps[at + 1];
      const top = next === undefined ? bbox.top : plot.valToPos(thresholdValue(next, config), 'y', true);
      ctx.fillStyle = withAlpha(colour, 0.08);
      ctx.fillRect(bbox.left, top, bbox.width, y - top);
    }
    if ((mode.includes('line') || isDashed) && Number.isFinite(from)) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
  });
  ctx.restore();
}

function summary(title: string, { series, timesMs }: SeriesModel): string {
  if (series.length === 0 || timesMs.length === 0) return `${title}: no data`;
  const latest = series.slice(0, 5).map(({ name, values, config }) => {
    const value = values.findLast(one => one !== null);
    return `${name} ${value === undefined || value === null ? 'no data' : textOfValue(value, config)}`;
  });
  return `${title}: ${series.length === 1 ? '1 series' : `${series.length} series`}, latest ${latest.join(', ')}`;
}

import { useMemo, useState, type ReactNode } from 'react';
import uPlot from 'uplot';
import { formatCount, formatExact, formatStep } from '../format.js';
import { usePageRange } from '../page-range.js';
import { writeRange } from '../time-range.js';
import { useUrlState } from '../url-state.js';
import { selectedRange } from './brush-menu.js';
import { ChartTooltip } from './chart-tooltip.js';
import styles from './chart.module.css';
import { Plot, type PlotPoint } from './plot.js';
import { colourOf, type SeriesColour } from './series-colour.js';
import { stack } from './stack.js';

export type HistogramSeries = {
  readonly name: string;
  readonly colour: SeriesColour;
  readonly counts: readonly number[];
};

type HistogramProps = {
  readonly stepsMs: readonly number[];
  readonly stepMs: number;
  /** The first lies at the bottom. */
  readonly series: readonly HistogramSeries[];
  readonly heightPx?: number;
  /** The finding in one sentence. */
  readonly summary: string;
};

/** How many, over the page's range: stacked bars. Brushing zooms the page's range, Back undoes it. */
export function Histogram({ stepsMs, stepMs, series, heightPx = 84, summary }: HistogramProps): ReactNode {
  const { zone } = usePageRange();
  const { set } = useUrlState();
  const [point, setPoint] = useState<PlotPoint | undefined>(undefined);
  // Drawn from the tallest sum down, so that each bar covers the upper part of the one behind it.
  const data = useMemo((): uPlot.AlignedData => {
    const sums = stack(series.map(({ counts }) => counts));
    return [[...stepsMs], ...sums.toReversed()];
  }, [stepsMs, series]);
  const structure = JSON.stringify([series.map(({ name, colour }) => [name, colour]), stepMs]);

  function lines(step: number): { name: string; colour: SeriesColour; text: string }[] {
    return series
      .toReversed()
      .map(({ name, colour, counts }) => ({ name, colour, text: formatExact(counts[step] ?? 0) }));
  }

  return (
    <div className={styles['drawing']}>
      <Plot
        axis={value => (Number.isInteger(value) ? formatCount(value) : '')}
        build={theme => {
          const bars = uPlot.paths.bars?.({ size: [0.82, 60], align: 1 });
          return {
            series: [
              {},
              ...series.toReversed().map(({ colour }): uPlot.Series => {
                const fill = colourOf(colour, theme);
                return {
                  fill,
                  stroke: fill,
                  width: 0,
                  points: { show: false },
                  ...(bars !== undefined && { paths: bars }),
                };
              }),
            ],
            scales: {
              // A bar begins at its step's start and needs room for its whole width.
              x: { time: true, range: (_plot, min, max) => [min, max + stepMs] },
              y: { range: (_plot, _min, max) => [0, Math.max((max ?? 0) * 1.05, 1)] },
            },
          };
        }}
        data={data}
        describe={step => {
          const counts = lines(step).map(({ name, text }) => `${name} ${text}`);
          return `${formatStep(stepsMs[step] ?? 0, stepMs, zone)}: ${counts.join(', ')}`;
        }}
        heightPx={heightPx}
        onPin={({ step }) => {
          const fromMs = stepsMs[step] ?? 0;
          set(writeRange({ kind: 'fixed', fromMs, toMs: fromMs + stepMs }));
        }}
        onPoint={setPoint}
        onSelect={selection => {
          if (selection !== undefined) set(writeRange(selectedRange(selection, stepMs)));
        }}
        selection={undefined}
        structure={structure}
        summary={summary}
        walkLabel="Counts over time: walk the bars with the arrow keys, Enter zooms"
      />
      {point !== undefined && (
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
  );
}

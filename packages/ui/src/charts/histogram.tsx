import { use, useMemo, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import uPlot from 'uplot';
import { formatCount, formatExact, formatStep } from '../format.js';
import { useHold } from '../hold.js';
import { usePageRange } from '../page-range.js';
import { CardEnd } from '../parts/card-end.js';
import { writeRange } from '../time-range.js';
import { useUrlState } from '../url-state.js';
import { BrushMenu } from './brush-menu.js';
import { ChartMenu } from './chart-menu.js';
import { ChartTable } from './chart-table.js';
import { ChartTooltip } from './chart-tooltip.js';
import styles from './chart.module.css';
import type { Drill } from './drill.js';
import { Plot, type PlotPoint, type Selection } from './plot.js';
import { colourOf, type SeriesColour } from './series-colour.js';
import { stack } from './stack.js';

export type HistogramSeries = {
  readonly name: string;
  readonly colour: SeriesColour;
  readonly counts: readonly number[];
};

type HistogramProps = {
  /** Names its files. */
  readonly title: string;
  readonly stepsMs: readonly number[];
  readonly stepMs: number;
  /** The first lies at the bottom. */
  readonly series: readonly HistogramSeries[];
  readonly heightPx?: number;
  /** Where a selected stretch leads. */
  readonly drill: Drill;
  /** The finding in one sentence. */
  readonly summary: string;
};

/** How many, over the page's range: stacked bars. A click zooms to its bar; of a selected stretch it is asked what to do with it. */
export function Histogram({
  title,
  stepsMs,
  stepMs,
  series,
  heightPx = 84,
  drill,
  summary,
}: HistogramProps): ReactNode {
  const { zone } = usePageRange();
  const { set } = useUrlState();
  const cardEnd = use(CardEnd);
  const [asTable, setAsTable] = useState(false);
  const [point, setPoint] = useState<PlotPoint | undefined>(undefined);
  const [selection, setSelection] = useState<Selection | undefined>(undefined);
  useHold(selection !== undefined);
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

  const columns = series.map(({ name, colour, counts }) => ({ name, colour, values: counts }));
  const menu = (
    <ChartMenu
      asTable={asTable}
      onToggle={() => setAsTable(!asTable)}
      series={columns}
      stepsMs={stepsMs}
      title={title}
    />
  );

  return (
    <div className={styles['drawing']} {...(cardEnd === null && { 'data-picture': true })}>
      {cardEnd === null ? <div className={styles['corner']}>{menu}</div> : createPortal(menu, cardEnd)}
      {asTable ? (
        <ChartTable format={formatExact} series={columns} stepMs={stepMs} stepsMs={stepsMs} title={title} />
      ) : (
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
          onSelect={setSelection}
          selection={selection}
          structure={structure}
          summary={summary}
          walkLabel="Counts over time: walk the bars with the arrow keys, Enter zooms"
        />
      )}
      {!asTable && selection !== undefined && (
        <BrushMenu
          compares={false}
          drill={drill}
          onClose={() => setSelection(undefined)}
          selection={selection}
          shortestMs={stepMs}
        />
      )}
      {!asTable && point !== undefined && selection === undefined && (
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

import { useState, type ReactNode } from 'react';
import type { ValueAndUnit } from '../format.js';
import { Card } from '../parts/card.js';
import styles from './chart.module.css';
import { ChartMenu } from './chart-menu.js';
import { ChartTable } from './chart-table.js';
import { Headline, type Change } from './headline.js';
import { Legend } from './legend.js';
import type { SeriesColour } from './series-colour.js';
import { TimeDrawing, type TimeDrawingProps } from './time-drawing.js';

export type ChartSeries = {
  readonly name: string;
  readonly colour: SeriesColour;
  /** One per step; null where nothing is known, which stays a gap. */
  readonly values: readonly (number | null)[];
  /** Of another unit than the chart: it is measured at the right, and written in its own way. */
  readonly right?: { format(value: number | null): string };
};

export type Threshold = { readonly value: number; readonly label: string };

/** The steps of a chart: what the API calls `stepsMs`, `stepMs` and `lastStepIncomplete`. */
export type Steps = {
  readonly stepsMs: readonly number[];
  readonly stepMs: number;
  readonly lastIncomplete: boolean;
};

type TimeChartProps = TimeDrawingProps & {
  readonly headline: ValueAndUnit;
  /** Beside the headline, in words: `fair`. */
  readonly note?: string;
  readonly change?: Change | undefined;
  /** The same question in PromQL, to go on from in Metrics. */
  readonly promql?: string | undefined;
  /** Why there is nothing to draw. */
  readonly empty: string | undefined;
};

/** About how wide a headline is. */
function headlinePx({ value, unit }: ValueAndUnit, ...more: readonly (string | undefined)[]): number {
  const words = more.filter(word => word !== undefined);
  return value.length * 12 + [unit, ...words].join('').length * 7 + words.length * 8;
}

/** A line or area chart over the page's range: headline, legend, crosshair, tooltip, brush, table. */
export function TimeChart(props: TimeChartProps): ReactNode {
  const { title, headline, note, change, series, before, empty } = props;
  const [asTable, setAsTable] = useState(false);
  return (
    <Card
      right={
        <>
          <Legend
            before={before?.name}
            besidePx={headlinePx(headline, change?.text, note)}
            looks={props.stacked === true ? 'bar' : 'line'}
            series={series}
          />
          <ChartMenu asTable={asTable} onToggle={() => setAsTable(!asTable)} {...props} />
        </>
      }
      rightOverhangs
      title={title}
    >
      <Headline change={change} note={note} {...headline} />
      {empty !== undefined ? (
        <p className={styles['empty']}>{empty}</p>
      ) : asTable ? (
        <ChartTable {...props} />
      ) : (
        <TimeDrawing {...props} />
      )}
    </Card>
  );
}

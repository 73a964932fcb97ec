import { useMemo, type ReactNode } from 'react';
import { ChartTable } from '../charts/chart-table.js';
import type { NamedDrill } from '../charts/drill.js';
import { TimeDrawing } from '../charts/time-drawing.js';
import type { ChartSeries } from '../charts/time-chart.js';
import { comparedName } from '../compared-name.js';
import { usePageRange } from '../page-range.js';
import { useUrlState } from '../url-state.js';
import { ExemplarList } from './exemplar-list.js';
import { drillOf, serviceOf } from './labels-drill.js';
import { LegendTable } from './legend-table.js';
import { measureFormat, sameMeasure } from './measure-format.js';
import { parsedQuery, rangesOf } from './parsed-query.js';
import { ResultMenu } from './result-menu.js';
import styles from './result.module.css';
import type { AskedQuery } from './result-query.js';
import { colourSeries, type FrameSeries } from './series-frame.js';
import { useDeployMarkers } from './use-deploy-markers.js';
import { useExemplars } from './use-exemplars.js';
import { useMeasure } from './use-measure.js';

type ResultChartProps = {
  readonly asked: readonly AskedQuery[];
  readonly frame: readonly FrameSeries[];
  readonly stepsMs: readonly number[];
  readonly stepMs: number;
};

const noDrill = { traces: undefined, logs: undefined };
const noExemplars = { points: [], failed: false };
const mostWays = 3;
const leastLeadMs = 60_000;
/** Earlier lines beyond this would hide those of now. */
const mostBefore = 8;

/** The lines of all queries, and the table that says which is which. */
export function ResultChart({ asked, frame, stepsMs, stepMs }: ResultChartProps): ReactNode {
  const page = usePageRange();
  const { params, get, set } = useUrlState();
  const measureOf = useMeasure();
  const isolated = useMemo(() => new Set(listed(params['only'])), [params]);
  const colours = useMemo(() => colourSeries(frame), [frame]);
  const shown = useMemo(() => {
    const chosen = frame.filter(({ key }) => isolated.has(key));
    return chosen.length === 0 ? frame : chosen;
  }, [frame, isolated]);
  const measures = asked.filter(({ result }) => result.data !== undefined).map(({ query }) => measureOf(query));
  const [first = { base: '1', perSecond: false } as const] = measures;
  const isMixed = measures.some(measure => !sameMeasure(measure, first));
  const words = measureFormat(isMixed ? { base: '1', perSecond: false } : first);
  const services = useMemo(() => [...new Set(shown.flatMap(({ labels }) => serviceOf(labels) ?? []))], [shown]);
  const markers = useDeployMarkers(services.length === 1 ? services[0] : undefined);
  const wantsExemplars = get('exemplars') !== 'off';
  const exemplars = useExemplars(asked, wantsExemplars);
  const beforeName = comparedName(page);

  const series = useMemo(() => {
    // What is grey is drawn first, behind the rest.
    const grey = shown.filter(({ key }) => colours.get(key) === 'prev' && !isolated.has(key));
    const rest = shown.filter(one => !grey.includes(one));
    return [...grey, ...rest].map(({ key, name, values }): ChartSeries => ({
      name,
      values,
      colour: colours.get(key) === 'prev' && isolated.has(key) ? 1 : (colours.get(key) ?? 'prev'),
    }));
  }, [shown, colours, isolated]);
  const before = useMemo(() => {
    const earlier = shown.filter(one => one.before !== undefined).slice(0, mostBefore);
    if (beforeName === undefined || earlier.length === 0) return undefined;
    return {
      name: beforeName,
      series: earlier.map(({ name, before = [] }): ChartSeries => ({ name, colour: 'prev', values: before })),
    };
  }, [shown, beforeName]);

  function drills(step: number): readonly NamedDrill[] {
    const found = new Map<string, NamedDrill>();
    const bySize = shown.toSorted((a, b) => (b.values[step] ?? 0) - (a.values[step] ?? 0));
    for (const { labels } of bySize) {
      const drill = drillOf(labels);
      if (drill?.name !== undefined && !found.has(drill.name)) found.set(drill.name, drill);
      if (found.size === mostWays) break;
    }
    return [...found.values()];
  }

  const isTable = get('points') === 'table';
  const drawing = {
    title: 'Result',
    stepsMs,
    stepMs,
    lastIncomplete: false,
    series,
    format: words.format,
  };
  return (
    <>
      <div className={styles['tools']}>
        {shown.length < frame.length && (
          <button className={styles['way']} onClick={() => set({ only: undefined })} type="button">
            Show all {frame.length} series
          </button>
        )}
        <ResultMenu
          exemplars={wantsExemplars}
          isTable={isTable}
          series={shown}
          stepsMs={stepsMs}
          title={asked.map(({ query }) => query.expr).join(', ')}
        />
      </div>
      {isMixed && <p className={styles['note']}>The queries have different units, so the axis has none.</p>}
      {isTable ? (
        <div className={styles['points']}>
          <ChartTable {...drawing} />
          {wantsExemplars && <ExemplarList exemplars={exemplars.points} format={words.format} />}
        </div>
      ) : (
        <TimeDrawing
          {...drawing}
          axis={words.axis}
          before={before}
          drill={services.length === 1 && shown[0] !== undefined ? (drillOf(shown[0].labels) ?? noDrill) : noDrill}
          drills={drills}
          exemplars={(wantsExemplars ? exemplars : noExemplars).points}
          filled={shown.length === 1}
          heightPx={300}
          markerLabels
          markers={markers}
          summary={summaryOf(shown, words.format)}
          leadMs={leadOf(asked)}
          tooltipPx={300}
        />
      )}
      <LegendTable
        asked={asked}
        colours={colours}
        frame={frame}
        isolated={isolated}
        onIsolate={(key, more) => set({ only: nextIsolated(isolated, key, more) })}
      />
    </>
  );
}

/** How far back the samples behind a point reach: the longest range of the queries, and a minute at least. */
function leadOf(asked: readonly AskedQuery[]): number {
  const ranges = asked.flatMap(({ query }) => {
    const parsed = parsedQuery(query.expr);
    return parsed === undefined ? [] : rangesOf(parsed);
  });
  return Math.max(leastLeadMs, ...ranges);
}

/** A click shows one series alone, and again all; with a key held it adds to those shown. */
function nextIsolated(isolated: ReadonlySet<string>, key: string, more: boolean): readonly string[] | undefined {
  if (!more) return isolated.size === 1 && isolated.has(key) ? undefined : [key];
  const next = new Set(isolated);
  if (!next.delete(key)) next.add(key);
  return next.size === 0 ? undefined : [...next];
}

function listed(param: string | readonly string[] | undefined): readonly string[] {
  return param === undefined ? [] : typeof param === 'string' ? [param] : param;
}

function summaryOf(shown: readonly FrameSeries[], format: (value: number | null) => string): string {
  const bySize = shown.toSorted((a, b) => (b.stats.last ?? -Infinity) - (a.stats.last ?? -Infinity));
  const said = bySize.slice(0, 3).map(({ name, stats }) => `${name} ${format(stats.last)}`);
  const rest = shown.length > said.length ? ` and ${shown.length - said.length} more` : '';
  return `${shown.length} series; last values: ${said.join(', ')}${rest}`;
}

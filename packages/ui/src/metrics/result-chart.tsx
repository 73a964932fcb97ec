import { useMemo, type ReactNode } from 'react';
import { ChartTable } from '../charts/chart-table.js';
import { noDrill, type NamedDrill } from '../charts/drill.js';
import type { SeriesColour } from '../charts/series-colour.js';
import { TimeDrawing } from '../charts/time-drawing.js';
import type { ChartSeries } from '../charts/time-chart.js';
import { comparedName } from '../compared-name.js';
import { usePageRange } from '../page-range.js';
import { useUrlState } from '../url-state.js';
import { ExemplarList } from './exemplar-list.js';
import { axesOf } from './axes.js';
import { drillOf, serviceOf } from './labels-drill.js';
import { LegendTable } from './legend-table.js';
import { measureFormat, unitName, type ValueFormat } from './measure-format.js';
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
  const answered = asked.filter(({ result }) => result.data !== undefined);
  const { left, right, rightLetters, isMixed } = axesOf(
    answered.map(({ query }) => ({ letter: query.letter, measure: measureOf(query) })),
  );
  const words = measureFormat(left);
  const rightWords = right === undefined ? undefined : measureFormat(right);
  const services = useMemo(() => [...new Set(shown.flatMap(({ labels }) => serviceOf(labels) ?? []))], [shown]);
  const markers = useDeployMarkers(services.length === 1 ? services[0] : undefined);
  const wantsExemplars = get('exemplars') !== 'off';
  const exemplars = useExemplars(asked, wantsExemplars);
  const beforeName = comparedName(page);

  function lineOf({ letter, lineName }: FrameSeries, colour: SeriesColour, values: ChartSeries['values']): ChartSeries {
    const isRight = rightWords !== undefined && rightLetters.has(letter);
    return { name: lineName, colour, values, ...(isRight && { right: { format: rightWords.format } }) };
  }

  const isGrey = ({ key }: FrameSeries): boolean => colours.get(key) === 'prev' && !isolated.has(key);
  // What is grey is drawn first, behind the rest.
  const series = [...shown.filter(isGrey), ...shown.filter(one => !isGrey(one))].map(one => {
    const colour = colours.get(one.key) ?? 'prev';
    return lineOf(one, colour === 'prev' && isolated.has(one.key) ? 1 : colour, one.values);
  });
  const earlier = shown.filter(one => one.before !== undefined).slice(0, mostBefore);
  const before =
    beforeName === undefined || earlier.length === 0
      ? undefined
      : { name: beforeName, series: earlier.map(one => lineOf(one, 'prev', one.before ?? [])) };

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
      {isMixed && <p className={styles['note']}>The queries have more than two units, so the axis has none.</p>}
      {right !== undefined && (
        <p className={styles['note']}>
          {[...rightLetters].join(' and ')}: {unitName(right)}, measured at the right.
        </p>
      )}
      {isTable ? (
        <div className={styles['points']}>
          <ChartTable {...drawing} />
          {wantsExemplars && <ExemplarList exemplars={exemplars.points} format={words.format} />}
        </div>
      ) : (
        <TimeDrawing
          {...drawing}
          axis={words.axis}
          binary={left.base === 'By'}
          rightAxis={rightWords?.axis}
          before={before}
          drill={services.length === 1 && shown[0] !== undefined ? (drillOf(shown[0].labels) ?? noDrill) : noDrill}
          drills={drills}
          exemplars={(wantsExemplars ? exemplars : noExemplars).points}
          filled={shown.length === 1}
          heightPx={300}
          markerLabels
          markers={markers}
          summary={summaryOf(shown, ({ letter }) =>
            rightWords !== undefined && rightLetters.has(letter) ? rightWords : words,
          )}
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

function summaryOf(shown: readonly FrameSeries[], wordsOf: (series: FrameSeries) => ValueFormat): string {
  const bySize = shown.toSorted((a, b) => (b.stats.last ?? -Infinity) - (a.stats.last ?? -Infinity));
  const said = bySize.slice(0, 3).map(one => `${one.lineName} ${wordsOf(one).format(one.stats.last)}`);
  const rest = shown.length > said.length ? ` and ${shown.length - said.length} more` : '';
  return `${shown.length} series; last values: ${said.join(', ')}${rest}`;
}

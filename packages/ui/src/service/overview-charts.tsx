import type { OverviewAnswer, RedSeries, ServiceChartsAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { deployMarker } from '../charts/deploy-marker.js';
import type { Drill } from '../charts/drill.js';
import { Heatmap } from '../charts/heatmap.js';
import type { Change } from '../charts/headline.js';
import type { Marker } from '../charts/plot.js';
import type { SeriesColour } from '../charts/series-colour.js';
import { TimeChart, type ChartSeries, type Steps } from '../charts/time-chart.js';
import { comparedName } from '../compared-name.js';
import {
  durationParts,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  formatScore,
  missing,
  rateParts,
} from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { writeTerm } from '../search/write-term.js';
import { apdexWord, headlineChange, headlineStep, headlineValue, layerNames } from './chart-facts.js';
import { entrySpans } from './entry-spans.js';
import { useLatencyExemplars } from './latency-exemplars.js';
import { metricQueries } from './metric-queries.js';
import styles from './service.module.css';

export const panelTitles = ['Requests', 'Errors', 'Latency', 'Apdex', 'Time by layer', 'Request durations'] as const;

const layerColours: readonly SeriesColour[] = [1, 2, 3, 4, 5, 6];
const restColour: SeriesColour = 7;
const leastErrorTop = 0.01;

type PanelProps = {
  readonly answer: ServiceChartsAnswer;
  readonly steps: Steps;
  readonly markers: readonly Marker[];
  readonly beforeName: string | undefined;
  readonly empty: string | undefined;
  readonly drill: Drill;
};

/** The six charts of the overview: the first row also names the deploys. */
export function OverviewCharts({
  answer,
  whole,
  isPainted,
}: {
  readonly answer: ServiceChartsAnswer;
  readonly whole: OverviewAnswer | undefined;
  /** The charts are in sight: their traces come after that. */
  readonly isPainted: boolean;
}): ReactNode {
  const page = usePageRange();
  const q = writeTerm('service', answer.service);
  const panel: PanelProps = {
    answer,
    steps: { stepsMs: answer.stepsMs, stepMs: answer.stepMs, lastIncomplete: answer.lastStepIncomplete },
    markers: (whole?.deploys ?? []).map(deployMarker),
    beforeName: answer.before === null ? undefined : comparedName(page),
    empty:
      answer.totals.requests === 0
        ? 'No requests were handled in this range: the service only makes calls or runs jobs.'
        : undefined,
    drill: { traces: q, logs: q, spans: entrySpans(q) },
  };
  return (
    <div className={styles['charts']}>
      <Requests {...panel} />
      <Errors {...panel} />
      <Latency {...panel} isPainted={isPainted} />
      <Apdex {...panel} />
      {whole === undefined ? (
        <Card title="Time by layer">
          <SkeletonBlock heightPx={164} />
        </Card>
      ) : (
        <Layers {...panel} layers={whole.layers} />
      )}
      <Heatmap
        bucketLowMs={answer.heatmap.bucketLowMs}
        counts={answer.heatmap.counts}
        empty={panel.empty}
        markers={panel.markers}
        noun="request"
        stepMs={answer.stepMs}
        stepsMs={answer.stepsMs}
        summary={`Durations of ${formatCount(answer.totals.requests)} requests; half took at most ${formatDuration(answer.totals.p50Ms)}, one in a hundred more than ${formatDuration(answer.totals.p99Ms)}`}
        title="Request durations"
        spans={entrySpans(q)}
        traces={q}
      />
    </div>
  );
}

function series(name: string, colour: SeriesColour, values: readonly (number | null)[]): ChartSeries {
  return { name, colour, values };
}

/** The earlier period of one series. */
function earlier(
  { answer, beforeName }: PanelProps,
  name: string,
  measure: keyof RedSeries,
): { readonly before: { readonly name: string; readonly series: readonly ChartSeries[] } | undefined } {
  const { before } = answer;
  if (before === null || beforeName === undefined) return { before: undefined };
  return { before: { name: beforeName, series: [series(name, 'prev', before[measure])] } };
}

function changed(change: Change | undefined, name: string | undefined): string {
  return change === undefined || name === undefined ? '' : `, ${change.text} against ${name}`;
}

function Requests(panel: PanelProps): ReactNode {
  const { answer, steps, beforeName } = panel;
  const now = headlineValue(answer, 'rate');
  const change = headlineChange(answer, 'rate', { direction: 'neither', as: 'percent' });
  return (
    <TimeChart
      {...steps}
      {...earlier(panel, 'rate', 'rate')}
      axis={value => (value < 10 ? String(Number(value.toPrecision(2))) : formatCount(value))}
      change={change}
      drill={panel.drill}
      empty={panel.empty}
      filled
      format={formatRate}
      headline={rateParts(now)}
      markerLabels
      markers={panel.markers}
      promql={metricQueries(answer.service).requests}
      series={[series('rate', 1, answer.now.rate)]}
      summary={`Requests per second: ${formatRate(now)} now${changed(change, beforeName)}`}
      title="Requests"
    />
  );
}

function Errors(panel: PanelProps): ReactNode {
  const { answer, steps, beforeName, drill } = panel;
  const now = headlineValue(answer, 'errorRatio');
  const change = headlineChange(answer, 'errorRatio', { direction: 'rise-is-bad', as: 'points' });
  const text = formatPercent(now);
  return (
    <TimeChart
      {...steps}
      {...earlier(panel, 'failed', 'errorRatio')}
      axis={value => `${Number((value * 100).toPrecision(3))}%`}
      change={change}
      drill={{
        traces: `${drill.traces ?? ''} status:error`,
        logs: `${drill.logs ?? ''} level>=error`,
        spans: entrySpans(writeTerm('service', answer.service)),
      }}
      empty={panel.empty}
      format={formatPercent}
      headline={{ value: text.replace('%', ''), unit: text === missing ? '' : '%' }}
      leastTop={leastErrorTop}
      markerLabels
      markers={panel.markers}
      promql={metricQueries(answer.service).errors}
      series={[series('failed', 2, answer.now.errorRatio)]}
      summary={`Failed requests: ${text} now${changed(change, beforeName)}`}
      title="Errors"
    />
  );
}

function Latency({ isPainted, ...panel }: PanelProps & { readonly isPainted: boolean }): ReactNode {
  const { answer, steps, beforeName } = panel;
  const exemplars = useLatencyExemplars(entrySpans(writeTerm('service', answer.service)), isPainted);
  const now = headlineValue(answer, 'p95Ms');
  const change = headlineChange(answer, 'p95Ms', { direction: 'rise-is-bad', as: 'percent' });
  const { value, unit } = durationParts(now);
  return (
    <TimeChart
      {...steps}
      {...earlier(panel, 'p95', 'p95Ms')}
      axis={formatDuration}
      change={change}
      drill={panel.drill}
      empty={panel.empty}
      exemplars={exemplars}
      format={formatDuration}
      headline={{ value, unit: now === undefined ? '' : `${unit} p95` }}
      markerLabels
      markers={panel.markers}
      promql={metricQueries(answer.service).latency}
      series={[
        series('p99', 4, answer.now.p99Ms),
        series('p95', 2, answer.now.p95Ms),
        series('p50', 1, answer.now.p50Ms),
      ]}
      summary={`95 of 100 requests take at most ${formatDuration(now)} now${changed(change, beforeName)}`}
      title="Latency"
    />
  );
}

function Apdex(panel: PanelProps): ReactNode {
  const { answer, steps, beforeName } = panel;
  const now = headlineValue(answer, 'apdex');
  const change = headlineChange(answer, 'apdex', { direction: 'rise-is-good', as: 'difference' });
  const known = [...answer.now.apdex, ...(answer.before?.apdex ?? [])].filter(value => value !== null);
  const low = Math.min(...known, 1) < 0.5 ? 0 : 0.5;
  const word = apdexWord(now);
  return (
    <TimeChart
      {...steps}
      {...earlier(panel, 'T = 250 ms', 'apdex')}
      axis={value => value.toFixed(2)}
      axisRange={[low, 1]}
      change={change}
      drill={panel.drill}
      empty={panel.empty}
      format={formatScore}
      headline={{ value: formatScore(now), unit: '' }}
      markers={panel.markers}
      {...(word !== undefined && { note: word })}
      series={[series('T = 250 ms', 3, answer.now.apdex)]}
      summary={`Apdex ${formatScore(now)}, ${word ?? 'unknown'}${changed(change, beforeName)}`}
      title="Apdex"
    />
  );
}

function Layers({ layers: known, ...panel }: PanelProps & { readonly layers: OverviewAnswer['layers'] }): ReactNode {
  const { answer, steps } = panel;
  const names = layerNames(known.map(({ name }) => name));
  const layers = known.map(({ name, ms }, index): ChartSeries => {
    const colour = name === 'Other' ? restColour : (layerColours[index] ?? restColour);
    return { name: names[index] ?? name, colour, values: ms };
  });
  const sums = answer.stepsMs.map((_, step) => {
    const values = layers.map(layer => layer.values[step] ?? null).filter(value => value !== null);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
  });
  const step = headlineStep(sums, answer.lastStepIncomplete);
  const now = step === undefined ? undefined : (sums[step] ?? undefined);
  const { value, unit } = durationParts(now);
  const most = layers.toSorted((a, b) => valueAt(b, step) - valueAt(a, step))[0];
  return (
    <TimeChart
      {...steps}
      axis={formatDuration}
      drill={panel.drill}
      empty={panel.empty ?? (layers.length === 0 ? 'No calls to other systems were seen.' : undefined)}
      format={formatDuration}
      headline={{ value, unit: now === undefined ? '' : `${unit} mean` }}
      markers={panel.markers}
      series={layers.toReversed()}
      stacked
      summary={`Mean time per request by layer: ${formatDuration(now)} now${most === undefined ? '' : `, most of it in ${most.name}`}`}
      title="Time by layer"
    />
  );
}

function valueAt({ values }: ChartSeries, step: number | undefined): number {
  return step === undefined ? 0 : (values[step] ?? 0);
}

import type { DatabasesAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { busyMs, formatBusy } from '../calls/per-second.js';
import type { SeriesColour } from '../charts/series-colour.js';
import { TimeChart, type ChartSeries } from '../charts/time-chart.js';
import { formatDuration } from '../format.js';
import { headlineStep } from '../service/chart-facts.js';
import { useUrlState } from '../url-state.js';
import { peerTerms } from '../service/peer-terms.js';

const colours: readonly SeriesColour[] = [1, 2, 3, 4, 5, 6, 7];

/** The time that queries take per second, by query: with more seconds than it has cores, a database is behind. */
export function LoadChart({ answer }: { readonly answer: DatabasesAnswer }): ReactNode {
  const { get } = useUrlState();
  const db = get('db');
  const twice = new Set(answer.load.map(({ name }) => name).filter((name, at, names) => names.indexOf(name) !== at));
  const series = answer.load.map(({ name, database, busy }, at): ChartSeries => {
    return {
      name: twice.has(name) ? `${name} (${database})` : name,
      colour: database === '' ? 'prev' : (colours[at] ?? 8),
      values: busy,
    };
  });
  const sums = answer.stepsMs.map((_, step) => series.reduce((sum, { values }) => sum + (values[step] ?? 0), 0));
  const step = headlineStep(sums, answer.lastStepIncomplete);
  const now = step === undefined ? undefined : sums[step];
  const terms = answer.databases
    .filter(({ name }) => db === undefined || name === db)
    .map(({ name }) => `(${peerTerms(name, 'db')})`);
  return (
    <TimeChart
      axis={formatBusy}
      drill={{ traces: terms.slice(0, 8).join(' OR '), logs: undefined }}
      empty={series.length === 0 ? 'No queries in this range.' : undefined}
      format={formatBusy}
      headline={{ value: formatDuration(busyMs(now)), unit: now === undefined ? '' : 'per second' }}
      lastIncomplete={answer.lastStepIncomplete}
      series={series.toReversed()}
      stacked
      stepMs={answer.stepMs}
      stepsMs={answer.stepsMs}
      summary={`${formatBusy(now)} of work${series[0] === undefined ? '' : `, most of the time in ${series[0].name}`}`}
      title="Load by query"
      tooltipPx={300}
    />
  );
}

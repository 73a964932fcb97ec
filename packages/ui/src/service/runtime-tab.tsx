import type { LimitForecast, OverviewAnswer, RuntimeAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import type { SeriesColour } from '../charts/series-colour.js';
import { TimeChart } from '../charts/time-chart.js';
import {
  formatBytes,
  formatBytesShort,
  formatCores,
  formatDuration,
  formatNumber,
  formatPercent,
  formatShare,
} from '../format.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusMark, type Status } from '../parts/status-mark.js';
import { headlineStep } from './chart-facts.js';
import { useRuntime } from './runtime-query.js';
import styles from './service.module.css';

/** What the processes of the service take, and when something will be full. */
export function RuntimeTab({ answer }: { answer: OverviewAnswer }): ReactNode {
  const query = useRuntime(answer.service);
  return (
    <Remote
      query={query}
      skeleton={
        <Card title="Runtime">
          <Skeleton rows={10} />
        </Card>
      }
    >
      {runtime => <Runtime answer={runtime} />}
    </Remote>
  );
}

const seconds = (value: number | null): string => formatDuration(value === null ? null : value * 1000);

function Runtime({ answer }: { answer: RuntimeAnswer }): ReactNode {
  const charts = [
    { title: 'Event loop utilization', series: answer.loopUtilization, format: formatPercent },
    { title: 'Event loop delay, p99', series: answer.loopDelayP99, format: seconds },
    { title: 'CPU, cores', series: answer.cpu, format: formatCores },
    { title: 'Memory', series: answer.memory, format: formatBytes, isBytes: true },
    { title: 'Heap in use', series: answer.heap, format: formatBytes, isBytes: true },
    { title: 'Time in garbage collection', series: answer.gc, format: formatPercent },
  ];
  return (
    <>
      <div className={styles['charts']}>
        {charts.map(chart => (
          <InstanceChart answer={answer} key={chart.title} {...chart} />
        ))}
      </div>
      <Card note="by a straight line through the range" title="When something is full">
        {answer.forecasts.length === 0 ? (
          <Empty title="Nothing with a limit was told in this range">
            <p>Disks, heaps, containers and connection pools are, by the metrics that the SDK sends of its process.</p>
          </Empty>
        ) : (
          <DataTable
            columns={forecastColumns}
            label="When something is full"
            rowKey={row => `${row.what} ${row.name}`}
            rowPx={46}
            rows={answer.forecasts}
          />
        )}
      </Card>
    </>
  );
}

const colours: readonly SeriesColour[] = [1, 2, 3, 4, 5, 6, 7, 8];

function InstanceChart({
  answer,
  title,
  series,
  format,
  isBytes = false,
}: {
  readonly answer: RuntimeAnswer;
  readonly title: string;
  readonly series: RuntimeAnswer['cpu'];
  readonly format: (value: number | null) => string;
  readonly isBytes?: boolean;
}): ReactNode {
  const tops = answer.stepsMs.map((_, step) => {
    const known = series.map(({ values }) => values[step] ?? null).filter(value => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
  const step = headlineStep(tops, answer.lastStepIncomplete);
  const now = step === undefined ? null : (tops[step] ?? null);
  return (
    <TimeChart
      axis={isBytes ? formatBytesShort : format}
      binary={isBytes}
      drill={{ traces: undefined, logs: undefined }}
      empty={series.length === 0 ? 'No process tells it in this range.' : undefined}
      format={format}
      headline={{ value: format(now), unit: series.length > 1 ? 'at most' : '' }}
      lastIncomplete={answer.lastStepIncomplete}
      series={series.map(({ instance, values }, at) => ({
        name: instanceName(instance),
        colour: colours[at] ?? 8,
        values,
      }))}
      stepMs={answer.stepMs}
      stepsMs={answer.stepsMs}
      summary={`${title}: ${format(now)} now${series.length > 1 ? ' at most' : ''}`}
      title={title}
    />
  );
}

/** What `service.instance.id` is made of says nothing: its first digits tell instances apart as well, and leave room for the chart. */
function instanceName(instance: string): string {
  if (instance === '') return 'process';
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(instance) ? instance.slice(0, 8) : instance;
}

const things: { readonly [what in LimitForecast['what']]: string } = {
  disk: 'Disk',
  memory: 'Memory of the container',
  heap: 'Heap',
  pool: 'Connection pool',
};

const soonSeconds = 86_400;

function forecastWords({ state, seconds: until, soonestSeconds, latestSeconds }: LimitForecast): {
  readonly mark: Status;
  readonly word: string;
  readonly between: string;
} {
  switch (state) {
    case 'full':
      return { mark: 'crit', word: 'Full', between: 'It is at its limit' };
    case 'rising':
      return {
        mark: (until ?? Infinity) < soonSeconds ? 'warn' : 'none',
        word: `In ${seconds(until)}`,
        between: `Between ${seconds(soonestSeconds)} and ${latestSeconds === null ? 'never' : seconds(latestSeconds)}, if it goes on so`,
      };
    case 'falling':
      return { mark: 'ok', word: 'Falling', between: 'It becomes less' };
    case 'steady':
      return { mark: 'ok', word: 'Steady', between: 'It hardly changes' };
    case 'early':
      return {
        mark: 'none',
        word: 'Too early',
        between: 'It rises; an hour, or a tenth of the time until it is full, has to be known',
      };
    case 'unclear':
      return { mark: 'none', word: 'Unclear', between: 'Its course is no straight line, or too short' };
  }
}

const forecastColumns: readonly Column<LimitForecast>[] = [
  {
    key: 'what',
    title: 'What',
    cell: row => (
      <span className={styles['two']}>
        <span>{things[row.what]}</span>
        <span className={styles['sub']}>{row.name}</span>
      </span>
    ),
  },
  {
    key: 'used',
    title: 'In use',
    right: true,
    width: '170px',
    cell: row => {
      const format = row.unit === 'bytes' ? formatBytes : formatNumber;
      return `${format(row.used)} of ${format(row.limit)}`;
    },
  },
  {
    key: 'share',
    title: 'Share',
    right: true,
    width: '64px',
    fromPx: 600,
    cell: row => formatShare(row.used / row.limit),
  },
  {
    key: 'when',
    title: 'Full',
    width: '132px',
    cell: row => {
      const { mark, word } = forecastWords(row);
      return <StatusMark status={mark} word={word} />;
    },
  },
  { key: 'between', title: 'How sure', width: '34%', fromPx: 800, cell: row => forecastWords(row).between },
];

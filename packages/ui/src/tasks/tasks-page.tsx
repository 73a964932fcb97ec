import type { TasksAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import styles from '../calls/calls.module.css';
import { CallsSkeleton } from '../calls/calls-skeleton.js';
import { Figure, Figures } from '../calls/figure.js';
import { NoCalls } from '../calls/no-calls.js';
import { Picker } from '../calls/picker.js';
import type { SeriesColour } from '../charts/series-colour.js';
import { TimeChart } from '../charts/time-chart.js';
import { formatCount, formatDuration, formatNumber, formatRate, formatWhole, rateParts } from '../format.js';
import { Card } from '../parts/card.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { headlineStep } from '../service/chart-facts.js';
import { useUrlState } from '../url-state.js';
import { queueColumns } from './queue-columns.js';
import { taskColumns } from './task-columns.js';
import { useTasks } from './tasks-query.js';

/** What waits to be done: how long, since when, and whether it will ever be empty. */
export function TasksPage(): ReactNode {
  const { get } = useUrlState();
  const query = useTasks(get('queue'));
  return (
    <Page title="Tasks & queues">
      <Remote query={query} skeleton={<CallsSkeleton charts={['Waiting', 'Runs']} table="Queues" />}>
        {answer =>
          answer.queues.length === 0 && answer.tasks.length === 0 ? (
            <NoCalls
              filter={{ param: 'queue', all: 'All queues' }}
              title="Tasks & queues"
              what="No queue was told and no worker ran"
            >
              <p>
                They are read from consumer spans and the metrics messaging.*. The SDK sends both for BullMQ, RabbitMQ,
                pg-boss and others by itself.
              </p>
            </NoCalls>
          ) : (
            <Tasks answer={answer} />
          )
        }
      </Remote>
    </Page>
  );
}

type AnswerProps = { readonly answer: TasksAnswer };

function Tasks({ answer }: AnswerProps): ReactNode {
  const { get, set } = useUrlState();
  const tasks = answer.tasks;
  return (
    <>
      <Headlines answer={answer} />
      <Picker
        choices={answer.queues.map(({ queue }) => ({ value: queue, title: queue }))}
        label="Which queue"
        param="queue"
      />
      <div className={styles['two']}>
        <DepthChart answer={answer} />
        <RunChart answer={answer} />
      </div>
      <Card note="most that wait first; a click shows its tasks" title="Queues">
        <DataTable
          columns={queueColumns}
          label="Queues"
          onOpen={row => set({ queue: get('queue') === row.queue ? undefined : row.queue })}
          rowKey={row => `${row.system} ${row.queue}`}
          rowPx={46}
          rows={answer.queues}
          selectedKey={answer.queues
            .filter(({ queue }) => queue === get('queue'))
            .map(row => `${row.system} ${row.queue}`)
            .at(0)}
          sortParam="qsort"
        />
      </Card>
      <Card note="by time taken" title="Tasks">
        {tasks.length === 0 ? (
          <Empty title="No task ran in this range" />
        ) : (
          <DataTable
            columns={taskColumns}
            label="Tasks"
            rowKey={row => `${row.system} ${row.queue} ${row.task} ${row.services.join(' ')}`}
            rowPx={46}
            rows={tasks}
            sortParam="sort"
            walks
          />
        )}
      </Card>
      {answer.metricsMissing !== '' && (
        <p className={styles['note']}>Some figures that come from metrics are missing: {answer.metricsMissing}</p>
      )}
    </>
  );
}

/** Oldest that waits, what failed, and the backlog in time. */
function Headlines({ answer: { queues, tasks } }: AnswerProps): ReactNode {
  const oldest = queues.toSorted((a, b) => (b.oldestSeconds ?? -1) - (a.oldestSeconds ?? -1))[0];
  const slowest = queues
    .filter(({ drain }) => drain.state === 'draining')
    .toSorted((a, b) => (b.drain.seconds ?? 0) - (a.drain.seconds ?? 0))[0];
  const stuck = queues.filter(({ drain }) => drain.state === 'growing' || drain.state === 'standing');
  const failed = tasks.reduce((sum, row) => sum + row.errors, 0);
  const dead = tasks.reduce((sum, row) => sum + (row.deadLetters ?? 0), 0);
  const isKnown = queues.some(({ waiting }) => waiting !== null);
  const oldestSeconds = oldest?.oldestSeconds ?? null;
  return (
    <Figures>
      <Figure
        {...(oldest !== undefined && oldestSeconds !== null && { note: `in ${oldest.queue}` })}
        name="Oldest waiting"
        value={oldestSeconds === null ? '–' : formatDuration(oldestSeconds * 1000)}
        why={oldestSeconds === null ? 'No queue tells its oldest message' : 'Age of the message that waits longest'}
      />
      <Figure
        {...(stuck.length > 0 && {
          note: `${stuck.map(({ queue }) => queue).join(', ')} ${stuck.length === 1 ? 'does' : 'do'} not drain`,
        })}
        name="Backlog"
        value={
          slowest === undefined
            ? stuck.length > 0 || !isKnown
              ? '–'
              : 'None'
            : formatDuration((slowest.drain.seconds ?? 0) * 1000)
        }
        why="Until the fullest queue that drains is empty, if it goes on as in the last ten minutes. Queues that grow have no such time."
      />
      <Figure
        name="Waiting"
        value={isKnown ? formatCount(queues.reduce((sum, { waiting }) => sum + (waiting ?? 0), 0)) : '–'}
        why="Messages of all queues that could be worked on now"
      />
      <Figure
        {...(dead > 0 && { note: `${formatCount(dead)} not run again` })}
        name="Failed"
        value={formatCount(failed)}
        why="Runs that failed in this range"
      />
    </Figures>
  );
}

const colours: readonly SeriesColour[] = [1, 2, 3, 4, 5, 6, 7];

function DepthChart({ answer }: AnswerProps): ReactNode {
  const { depth } = answer;
  const sums = answer.stepsMs.map((_, step) => {
    const known = depth.map(({ waiting }) => waiting[step] ?? null).filter(value => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
  const step = headlineStep(sums, answer.lastStepIncomplete);
  const now = step === undefined ? undefined : sums[step];
  return (
    <TimeChart
      axis={formatWhole}
      drill={{ traces: undefined, logs: undefined }}
      empty={depth.length === 0 ? 'No queue tells how many wait in this range.' : undefined}
      format={formatCount}
      headline={{ value: formatCount(now), unit: now === undefined || now === null ? '' : 'wait' }}
      lastIncomplete={answer.lastStepIncomplete}
      promql="max by (messaging_destination_name) (messaging_queue_depth)"
      series={depth.map(({ queue, waiting }, at) => ({ name: queue, colour: colours[at] ?? 8, values: waiting }))}
      stepMs={answer.stepMs}
      stepsMs={answer.stepsMs}
      summary={`${formatCount(now)} messages wait${depth[0] === undefined ? '' : `, most of them in ${depth[0].queue}`}`}
      title="Waiting"
    />
  );
}

function RunChart({ answer }: AnswerProps): ReactNode {
  const { done, failed } = answer.runs;
  const step = headlineStep(done, answer.lastStepIncomplete);
  const now = step === undefined ? undefined : done[step];
  return (
    <TimeChart
      axis={formatNumber}
      drill={{ traces: 'kind:consumer', logs: undefined }}
      empty={done.every(value => value === null) ? 'No worker counts its runs in this range.' : undefined}
      filled
      format={formatRate}
      headline={rateParts(now)}
      lastIncomplete={answer.lastStepIncomplete}
      promql="sum by (messaging_destination_name) (histogram_count(rate(messaging_process_duration_seconds[5m])))"
      series={[
        { name: 'runs', colour: 1, values: done },
        { name: 'failed', colour: 2, values: failed },
      ]}
      stepMs={answer.stepMs}
      stepsMs={answer.stepsMs}
      summary={`${formatRate(now)} runs now`}
      title="Runs"
    />
  );
}

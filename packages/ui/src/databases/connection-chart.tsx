import type { DatabasesAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { TimeChart } from '../charts/time-chart.js';
import { formatNumber } from '../format.js';
import { headlineStep } from '../service/chart-facts.js';

const promql = 'sum by (db_client_connection_pool_name, db_client_connection_state) (db_client_connection_count)';

/** Connections of all pools together: at the limit, requests wait for one. */
export function ConnectionChart({ answer }: { readonly answer: DatabasesAnswer }): ReactNode {
  const { used, idle, pending, max } = answer.connections;
  const step = headlineStep(used, answer.lastStepIncomplete);
  const at = (values: readonly (number | null)[]): number | null =>
    step === undefined ? null : (values[step] ?? null);
  const limit = max.findLast(value => value !== null);
  const waiting = at(pending);
  return (
    <TimeChart
      axis={formatNumber}
      drill={{ traces: undefined, logs: undefined }}
      empty={
        used.every(value => value === null)
          ? 'No pool was told. The SDK tells of those of pg, mysql2, mongodb and Knex; others by db.client.connection.count.'
          : undefined
      }
      filled
      format={formatNumber}
      leastTop={(limit ?? 0) * 1.15}
      headline={{
        value: formatNumber(at(used)),
        unit: limit === undefined ? 'in use' : `of ${formatNumber(limit)} in use`,
      }}
      lastIncomplete={answer.lastStepIncomplete}
      {...(waiting !== null && waiting > 0 && { note: `${formatNumber(waiting)} wait for one` })}
      promql={promql}
      series={[
        { name: 'in use', colour: 1, values: used },
        { name: 'idle', colour: 3, values: idle },
        { name: 'waiting', colour: 2, values: pending },
      ]}
      stepMs={answer.stepMs}
      stepsMs={answer.stepsMs}
      summary={`${formatNumber(at(used))} connections in use${limit === undefined ? '' : ` of ${formatNumber(limit)}`}, ${formatNumber(waiting)} requests wait for one`}
      threshold={limit === undefined ? undefined : { value: limit, label: 'limit' }}
      title="Connections"
    />
  );
}

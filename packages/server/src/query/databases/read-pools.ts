import type { DatabasesAnswer, PoolRow } from '@bellwether/model';
import { inEnvironment, type MetricQuestions, type MetricSeries, type MetricValue, rangeOf } from '../metric-reader.js';
import type { Steps, TimeWindow } from '../time-window.js';
import { databaseName } from './list-databases.js';

const maxPools = 200;

interface PoolsQuestion extends TimeWindow {
  readonly env: string | undefined;
  readonly db: string | undefined;
}

/** The connection pools of all processes, by OpenTelemetry's metrics: fullest first. */
export async function readPools(
  metrics: MetricQuestions,
  steps: Steps,
  question: PoolsQuestion,
): Promise<Pick<DatabasesAnswer, 'pools' | 'connections'>> {
  const { env, toMs, fromMs, db } = question;
  const range = rangeOf(toMs - fromMs);
  const of = (metric: string): string => inEnvironment(metric, env);
  const by = '(job, instance, db_client_connection_pool_name, db_system_name)';
  const [counts, peaks, max, pending, waits, timeouts, states, limits, queued] = await Promise.all([
    metrics.at(
      `sum by (job, instance, db_client_connection_pool_name, db_system_name, db_client_connection_state) (${of('db_client_connection_count')})`,
      toMs,
    ),
    metrics.at(
      `sum by ${by} (${of(`max_over_time(db_client_connection_count{db_client_connection_state="used"}[${range}])`)})`,
      toMs,
    ),
    metrics.at(`sum by ${by} (${of('db_client_connection_max')})`, toMs),
    metrics.at(`sum by ${by} (${of('db_client_connection_pending_requests')})`, toMs),
    metrics.at(
      `histogram_quantile(0.95, sum by ${by} (${of(`increase(db_client_connection_wait_time_seconds[${range}])`)}))`,
      toMs,
    ),
    metrics.at(`sum by ${by} (${of(`increase(db_client_connection_timeouts_total[${range}])`)})`, toMs),
    metrics.over(
      `sum by (db_client_connection_pool_name, db_system_name, db_client_connection_state) (${of('db_client_connection_count')})`,
      steps,
    ),
    metrics.over(`sum by (db_client_connection_pool_name, db_system_name) (${of('db_client_connection_max')})`, steps),
    metrics.over(
      `sum by (db_client_connection_pool_name, db_system_name) (${of('db_client_connection_pending_requests')})`,
      steps,
    ),
  ]);
  const isShown = (labels: ReadonlyMap<string, string>): boolean => db === undefined || isPoolOf(db, labels);
  const inState = (state: string): readonly MetricValue[] =>
    counts.filter(({ labels }) => labels.get('db_client_connection_state') === state);
  const [idle, most, limit, waiting, wait, gaveUp] = [inState('idle'), peaks, max, pending, waits, timeouts].map(
    byPool,
  );
  const pools = inState('used')
    .filter(({ labels }) => isShown(labels))
    .map(({ labels, value }): PoolRow => {
      const key = poolKey(labels);
      const there = limit?.get(key);
      const waitSeconds = wait?.get(key);
      const timedOut = gaveUp?.get(key);
      return {
        pool: labels.get('db_client_connection_pool_name') ?? '',
        system: labels.get('db_system_name') ?? '',
        service: labels.get('job') ?? '',
        instance: labels.get('instance') ?? '',
        used: value,
        idle: idle?.get(key) ?? null,
        max: there ?? null,
        peak: there === undefined || there === 0 ? null : Math.max(most?.get(key) ?? value, value) / there,
        pending: waiting?.get(key) ?? null,
        waitP95Ms: waitSeconds === undefined ? null : waitSeconds * 1000,
        timeouts: timedOut === undefined ? null : Math.round(timedOut),
      };
    })
    .sort((a, b) => (b.peak ?? 0) - (a.peak ?? 0) || a.pool.localeCompare(b.pool))
    .slice(0, maxPools);
  const ofState = (state: string): readonly MetricSeries[] =>
    states.filter(({ labels }) => labels.get('db_client_connection_state') === state);
  const together = (series: readonly MetricSeries[]): (number | null)[] =>
    sumOf(
      series.filter(({ labels }) => isShown(labels)),
      steps.stepsMs.length,
    );
  return {
    pools,
    connections: {
      used: together(ofState('used')),
      idle: together(ofState('idle')),
      pending: together(queued),
      max: together(limits),
    },
  };
}

function byPool(values: readonly MetricValue[]): ReadonlyMap<string, number> {
  return new Map(values.map(({ labels, value }) => [poolKey(labels), value]));
}

function poolKey(labels: ReadonlyMap<string, string>): string {
  return ['job', 'instance', 'db_client_connection_pool_name', 'db_system_name']
    .map(label => labels.get(label) ?? '')
    .join('\n');
}

/** A pool is named `host:port/database`, a second one of it `host:port/database#2`. */
function isPoolOf(db: string, labels: ReadonlyMap<string, string>): boolean {
  const { system, namespace } = databaseName(db);
  if ((labels.get('db_system_name') ?? system) !== system) return false;
  const pool = (labels.get('db_client_connection_pool_name') ?? '').replace(/#\d+$/, '');
  return namespace === '' || pool === namespace || pool.endsWith(`/${namespace}`);
}

function sumOf(series: readonly MetricSeries[], steps: number): (number | null)[] {
  return Array.from({ length: steps }, (_, step) => {
    const known = series.map(({ values }) => values[step] ?? null).filter(value => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
}

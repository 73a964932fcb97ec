import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, choice, dashboard, query, table } from './panels.js';

const of = 'job=~"$job", db_system_name=~"$system"';
const took = `db_client_operation_duration_seconds{${of}}`;
const rate = (by: string): string => `sum by (${by}) (rate(${took}[$__rate_interval]))`;
const statement = 'db_system_name, db_namespace, db_query_summary, db_operation_name';

/** R4: query rates, slow queries, pool usage. */
export function databasePerformance(): DashboardBuilder {
  return dashboard(
    'bellwether-database-performance',
    'Database performance',
    'Query rates, slow queries and pools, as the services that ask see them.',
  )
    .withVariable(choice('job', 'Service', 'label_values(db_client_operation_duration_seconds, job)'))
    .withVariable(choice('system', 'System', 'label_values(db_client_operation_duration_seconds, db_system_name)'))
    .withRow(new RowBuilder('Queries'))
    .withPanel(
      chart(
        { title: 'Query rate', description: 'Queries per second by system and operation.', unit: 'ops', width: 12 },
        [
          query(
            `histogram_count(${rate('db_system_name, db_operation_name')})`,
            '{{db_system_name}} {{db_operation_name}}',
          ),
        ],
      ),
    )
    .withPanel(
      chart({ title: 'Query time, p95', description: 'By system and operation.', unit: 's', width: 12 }, [
        query(
          `histogram_quantile(0.95, ${rate('db_system_name, db_operation_name')})`,
          '{{db_system_name}} {{db_operation_name}}',
        ),
      ]),
    )
    .withPanel(
      chart(
        {
          title: 'Slow queries',
          description: 'Queries per second that took longer than 100 ms.',
          unit: 'ops',
          width: 12,
        },
        [query(`histogram_fraction(0.1, +Inf, ${rate('job')}) * histogram_count(${rate('job')})`, '{{job}}')],
      ),
    )
    .withPanel(
      chart(
        { title: 'Load', description: 'Queries that run at the same moment, on average.', unit: 'short', width: 12 },
        [query(`histogram_sum(${rate('job')})`, '{{job}}')],
      ),
    )
    .withRow(new RowBuilder('Pools'))
    .withPanel(
      chart(
        {
          title: 'Connections',
          description: 'By state. All used and none idle: the pool is the bottleneck.',
          unit: 'short',
          width: 12,
        },
        [
          query(
            'sum by (job, db_client_connection_state) (db_client_connection_count{job=~"$job"})',
            '{{job}} {{db_client_connection_state}}',
          ),
          query('db_connection_pool_size', 'pool size'),
        ],
      ),
    )
    .withPanel(
      chart(
        {
          title: 'Waiting for a connection',
          description: 'Requests that wait for one to be free.',
          unit: 'short',
          width: 12,
        },
        [query('sum by (job) (db_client_connection_pending_requests{job=~"$job"})', '{{job}}')],
      ),
    )
    .withRow(new RowBuilder('Statements'))
    .withPanel(
      table(
        { title: 'Statements', description: 'By the time they take together.', width: 24 },
        {
          db_system_name: 'System',
          db_namespace: 'Database',
          db_query_summary: 'Statement',
          db_operation_name: 'Operation',
        },
        [
          { expr: `topk(50, histogram_sum(${rate(statement)}))`, title: 'Load', unit: 'short' },
          { expr: `histogram_count(${rate(statement)})`, title: 'Calls', unit: 'ops' },
          { expr: `histogram_avg(${rate(statement)})`, title: 'Mean', unit: 's' },
          { expr: `histogram_quantile(0.95, ${rate(statement)})`, title: 'p95', unit: 's' },
        ],
      ),
    );
}

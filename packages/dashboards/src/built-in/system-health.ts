import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, choice, dashboard, query } from './panels.js';

const of = 'job=~"$job"';

/** R2: CPU, memory, event loop, garbage collection, database connections, requests and errors of each process. */
export function systemHealth(): DashboardBuilder {
  return dashboard(
    'bellwether-system-health',
    'System health',
    'What each process takes and how it feels: CPU, memory, event loop, garbage collection, database connections, and its requests and errors.',
  )
    .withVariable(choice('job', 'Service', 'label_values(process_uptime_seconds, job)'))
    .withRow(new RowBuilder('Process'))
    .withPanel(
      chart(
        { title: 'CPU', description: 'Cores in use. Near 1 a Node process has no room left.', unit: 'short', width: 8 },
        [
          query(
            `sum by (job, instance) (rate(process_cpu_time_seconds_total{${of}}[$__rate_interval]))`,
            '{{job}} {{instance}}',
          ),
        ],
      ),
    )
    .withPanel(
      chart({ title: 'Memory', description: 'Resident memory of each process.', unit: 'bytes', width: 8 }, [
        query(`sum by (job, instance) (process_memory_usage_bytes{${of}})`, '{{job}} {{instance}}'),
      ]),
    )
    .withPanel(
      chart({ title: 'Uptime', description: 'A line that falls to zero is a restart.', unit: 's', width: 8 }, [
        query(`max by (job, instance) (process_uptime_seconds{${of}})`, '{{job}} {{instance}}'),
      ]),
    )
    .withRow(new RowBuilder('Event loop and garbage collection'))
    .withPanel(
      chart(
        {
          title: 'Event loop busy',
          description: 'Part of the time that the event loop was at work.',
          unit: 'percentunit',
          width: 8,
        },
        [query(`max by (job, instance) (nodejs_eventloop_utilization_ratio{${of}})`, '{{job}} {{instance}}')],
      ),
    )
    .withPanel(
      chart(
        {
          title: 'Event loop delay, p99',
          description: 'How late timers fire. Over 100 ms users feel it.',
          unit: 's',
          width: 8,
        },
        [query(`max by (job, instance) (nodejs_eventloop_delay_p99_seconds{${of}})`, '{{job}} {{instance}}')],
      ),
    )
    .withPanel(
      chart(
        {
          title: 'Garbage collection',
          description: 'Part of the time that went into collecting garbage, by kind.',
          unit: 'percentunit',
          width: 8,
        },
        [
          query(
            `sum by (job, v8js_gc_type) (histogram_sum(rate(v8js_gc_duration_seconds{${of}}[$__rate_interval])))`,
            '{{job}} {{v8js_gc_type}}',
          ),
        ],
      ),
    )
    .withPanel(
      chart(
        {
          title: 'Heap in use',
          description: 'V8 heap of each process. A floor that rises for hours is a leak.',
          unit: 'bytes',
          width: 12,
        },
        [query(`sum by (job, instance) (v8js_memory_heap_used_bytes{${of}})`, '{{job}} {{instance}}')],
      ),
    )
    .withPanel(
      chart(
        { title: 'Database connections', description: 'Connections of the pools, by state.', unit: 'short', width: 12 },
        [
          query(
            `sum by (job, db_client_connection_state) (db_client_connection_count{${of}})`,
            '{{job}} {{db_client_connection_state}}',
          ),
          query('db_connection_pool_size', 'pool size'),
        ],
      ),
    )
    .withRow(new RowBuilder('Requests'))
    .withPanel(
      chart({ title: 'Request rate', description: 'HTTP requests per second.', unit: 'reqps', width: 12 }, [
        query(
          `sum by (job) (histogram_count(rate(http_server_request_duration_seconds{${of}}[$__rate_interval])))`,
          '{{job}}',
        ),
      ]),
    )
    .withPanel(
      chart(
        {
          title: 'Error rate',
          description: 'Share of HTTP requests answered with 5xx.',
          unit: 'percentunit',
          width: 12,
        },
        [
          query(
            `sum by (job) (histogram_count(rate(http_server_request_duration_seconds{${of}, http_response_status_code=~"5.."}[$__rate_interval])))
/
sum by (job) (histogram_count(rate(http_server_request_duration_seconds{${of}}[$__rate_interval])))`,
            '{{job}}',
          ),
        ],
      ),
    );
}

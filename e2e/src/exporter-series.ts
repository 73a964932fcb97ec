import { type MadeSeries, counting, waving } from './metric-history.ts';

const series = (name: string, labels: Readonly<Record<string, string>>, at: MadeSeries['at']): MadeSeries => ({
  name,
  labels,
  at,
});

const node = { job: 'node', instance: 'web-1:9100' };
const cluster = { job: 'kube', instance: 'kube-1' };
const postgres = { job: 'postgres', instance: 'db-1:9187' };

/** What the dashboards of `packages/dashboards/tests` ask for, as their exporters would send it. */
export const exporterSeries: readonly MadeSeries[] = [
  ...['web', 'app', 'phone'].map((channel, at) =>
    series('orders_created_total', { channel }, counting(0.4 + at * 0.3)),
  ),

  series('node_uname_info', { ...node, nodename: 'web-1' }, () => 1),
  ...['0', '1'].flatMap(cpu =>
    (
      [
        ['idle', 0.7],
        ['user', 0.2],
        ['system', 0.07],
        ['iowait', 0.03],
      ] as const
    ).map(([mode, share]) => series('node_cpu_seconds_total', { ...node, cpu, mode }, counting(share))),
  ),
  series('node_memory_MemTotal_bytes', node, () => 16 * 1024 ** 3),
  series('node_memory_MemAvailable_bytes', node, waving(7 * 1024 ** 3)),
  ...['/', '/data'].flatMap((mountpoint, at) => [
    series('node_filesystem_size_bytes', { ...node, mountpoint }, () => 200e9),
    series('node_filesystem_avail_bytes', { ...node, mountpoint }, waving(80e9 + at * 60e9, at)),
  ]),
  ...['eth0', 'eth1'].flatMap((device, at) => [
    series('node_network_receive_bytes_total', { ...node, device }, counting(2e6 + at * 1e6)),
    series('node_network_transmit_bytes_total', { ...node, device }, counting(1e6 + at * 5e5)),
  ]),
  series('node_disk_reads_completed_total', { ...node, device: 'sda' }, counting(40)),
  series('node_time_seconds', node, step => 1.7e9 + step * 15),
  series('node_boot_time_seconds', node, () => 1.7e9 - 352_800),

  ...['shop', 'billing', 'monitoring'].flatMap((namespace, at) => [
    series('container_cpu_usage_seconds_total', { ...cluster, namespace }, counting(0.5 + at)),
    series('container_memory_working_set_bytes', { ...cluster, namespace }, waving(2e9 + at * 1e9, at)),
    ...['a', 'b'].map(pod => series('kube_pod_info', { ...cluster, namespace, pod }, () => 1)),
  ]),
  series('kube_node_status_allocatable_cpu_cores', cluster, () => 8),
  series('kube_node_status_allocatable_memory_bytes', cluster, () => 32e9),
  series('kube_pod_container_resource_requests_cpu_cores', cluster, () => 5),

  series('pg_up', postgres, () => 1),
  ...['shop', 'billing', 'template1'].flatMap((datname, at) => [
    series('pg_stat_database_numbackends', { ...postgres, datname }, waving(12 + at * 4, at)),
    series('pg_stat_database_blks_hit', { ...postgres, datname }, counting(900)),
    series('pg_stat_database_blks_read', { ...postgres, datname }, counting(20)),
    series('pg_stat_database_xact_commit', { ...postgres, datname }, counting(30 + at * 10)),
    series('pg_stat_database_xact_rollback', { ...postgres, datname }, counting(0.5)),
    series('pg_database_size_bytes', { ...postgres, datname }, () => 4e9 / (at + 1)),
  ]),
  ...['active', 'idle', 'idle in transaction'].map((state, at) =>
    series('pg_stat_activity_count', { ...postgres, state }, waving(4 + at * 6, at)),
  ),
  ...['accesssharelock', 'rowexclusivelock'].map((mode, at) =>
    series('pg_locks_count', { ...postgres, mode }, waving(20 - at * 9)),
  ),
  series('pg_replication_lag', postgres, waving(0.4)),

  ...['checkout', 'search'].flatMap((service, at) => [
    series('http_requests_total', { service, code: '200' }, counting(40 - at * 15)),
    series('http_requests_total', { service, code: '500' }, counting(0.6)),
    ...(
      [
        ['0.1', 0.5],
        ['0.25', 0.8],
        ['1', 0.97],
        ['+Inf', 1],
      ] as const
    ).map(([le, share]) => series('http_request_duration_seconds_bucket', { service, le }, counting(40 * share))),
    series('service_up', { service }, step => (at === 1 && step % 60 > 50 ? 0 : 1)),
    series('process_start_time_seconds', { service }, step => (step < 120 ? 1.7e9 : 1.7e9 + 900)),
  ]),
];

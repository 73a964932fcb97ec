import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type MadeSeries, counting, waving } from './metric-history.ts';

/**
 * Two hosts of a Ceph cluster with all that dashboards in `folder` ask for: the names of metrics are read from them, their labels are those
 * that Ceph's exporter and the node exporter set.
 */
export function cephSeries(folder: string): readonly MadeSeries[] {
  const text = readdirSync(folder)
    .map(name => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const names = new Set([...text.matchAll(/\b((?:ceph|node)_[a-zA-Z0-9_]+)\b/g)].flatMap(([, name]) => name ?? []));
  return [...names].flatMap(name => ['0', '1'].flatMap(host => ofHost(name, host)));
}

function ofHost(name: string, host: string): readonly MadeSeries[] {
  const at = /_total$|_sum$|_count$|_ops$|_op_|_bytes$|_req$|_get|_put|_rd|_wr$|hits|misses|request$/.test(name)
    ? counting(Number(host) + 3)
    : waving(5, Number(host));
  if (name.startsWith('node_')) {
    const labels = { job: 'node', instance: `ceph-${host}:9100` };
    if (/cpu/.test(name)) {
      return ['idle', 'user', 'system', 'iowait'].map(mode => ({ name, labels: { ...labels, cpu: '0', mode }, at }));
    }
    if (/network/.test(name)) return [{ name, labels: { ...labels, device: 'eth0' }, at }];
    if (/disk/.test(name)) return [{ name, labels: { ...labels, device: 'sda' }, at }];
    return [{ name, labels, at }];
  }
  const labels = { job: 'ceph', instance: 'ceph-mgr:9283', cluster: 'one' };
  const daemon = /rgw|data_sync/.test(name)
    ? `rgw.${host}`
    : /mds/.test(name)
      ? `mds.${host}`
      : /mon_/.test(name)
        ? `mon.${host}`
        : `osd.${host}`;
  if (name === 'ceph_health_status' || /ceph_pg_/.test(name))
    return host === '0' ? [{ name, labels, at: () => 0 }] : [];
  if (/_metadata$|_up$|_in$|quorum|mgr_status/.test(name)) {
    const more = { ceph_daemon: daemon, hostname: `ceph-${host}`, device_class: 'ssd' };
    const own = /pool/.test(name)
      ? { pool_id: host, name: `pool-${host}`, type: 'replicated', compression_mode: 'none' }
      : more;
    return [{ name, labels: { ...labels, ...own, instance_id: host }, at: () => 1 }];
  }
  if (/disk_occupation/.test(name)) {
    return [
      {
        name,
        labels: {
          ...labels,
          ceph_daemon: daemon,
          device: 'sda',
          exported_instance: `ceph-${host}`,
          instance: `ceph-${host}`,
        },
        at: () => 1,
      },
    ];
  }
  if (/pool/.test(name)) return [{ name, labels: { ...labels, pool_id: host }, at }];
  if (/rbd/.test(name))
    return [{ name, labels: { ...labels, pool: 'rbd', namespace: '', image: `image-${host}` }, at }];
  return [{ name, labels: { ...labels, ceph_daemon: daemon, instance_id: host, type: 'SLOW_OPS' }, at }];
}

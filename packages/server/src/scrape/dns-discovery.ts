import { Resolver } from 'node:dns/promises';
import type { DnsDiscovery } from '../config/scrape-job.js';
import type { Discovery } from './discovery.js';
import type { TargetGroup } from './target.js';

/** The questions to a name server that are asked here; Node's `Resolver` answers them. */
export type Names = Pick<Resolver, 'resolve4' | 'resolve6' | 'resolveSrv' | 'resolveMx' | 'resolveNs'>;

/** No answer is longer; a name server is not trusted to keep it so. */
const maxRecords = 10_000;

/** Targets from DNS, as `dns_sd_configs`. A name that does not exist has no targets; one that can not be asked for keeps those it had. */
export function dnsDiscovery(
  { names, type, port, refreshMs }: DnsDiscovery,
  resolver: Names = new Resolver(),
): Discovery {
  const known = new Map<string, readonly TargetGroup[]>();
  return {
    what: `dns_sd_configs ${names.join(', ')}`,
    everyMs: refreshMs,
    async find() {
      const faults: string[] = [];
      const ofName = async (name: string): Promise<readonly TargetGroup[]> => {
        try {
          const records = (await ask(resolver, name, type, port)).slice(0, maxRecords);
          return records.map(({ address, labels }) => ({
            targets: [address],
            labels: { __meta_dns_name: name, ...labels },
          }));
        } catch (error) {
          const code = error instanceof Error && 'code' in error ? error.code : '';
          if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
          faults.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
          return known.get(name) ?? [];
        }
      };
      const groups = await Promise.all(
        names.map(async name => {
          const found = await ofName(name);
          known.set(name, found);
          return found;
        }),
      );
      return { groups: groups.flat(), faults };
    },
  };
}

interface DnsRecord {
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

async function ask(
  resolver: Names,
  name: string,
  type: DnsDiscovery['type'],
  port: number,
): Promise<readonly DnsRecord[]> {
  switch (type) {
    case 'A':
      return (await resolver.resolve4(name)).map(ip => ({ address: `${ip}:${port}`, labels: {} }));
    case 'AAAA':
      return (await resolver.resolve6(name)).map(ip => ({ address: `[${ip}]:${port}`, labels: {} }));
    case 'SRV':
      return (await resolver.resolveSrv(name)).map(({ name: host, port: own }) => ({
        address: `${host}:${own}`,
        labels: { __meta_dns_srv_record_target: `${host}.`, __meta_dns_srv_record_port: String(own) },
      }));
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ exchange }) => ({
        address: `${exchange}:${port}`,
        labels: { __meta_dns_mx_record_target: `${exchange}.` },
      }));
    case 'NS':
      return (await resolver.resolveNs(name)).map(host => ({
        address: `${host}:${port}`,
        labels: { __meta_dns_ns_record_target: `${host}.` },
      }));
  }
}

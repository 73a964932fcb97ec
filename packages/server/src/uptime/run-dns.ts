import { Resolver } from 'node:dns/promises';
import type { CheckDefinition } from '@bellwether/model';
import { isInternalAddress } from './internal-address.js';
import type { Reach } from './resolve-target.js';
import { RunFailed, type RunFacts } from './run-failed.js';

type DnsCheck = Extract<CheckDefinition, { kind: 'dns' }>;

const codeWords: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'there is no such name'],
  ['ENODATA', 'the name has no such record'],
]);

/**
 * The name has records, the expected one among them. It asks the system's name servers and connects to nobody else. Throws `RunFailed`.
 *
 * Name servers of a company know its inside: unless internal addresses are allowed, a name that leads there has failed whatever was expected, and what was found is not told.
 */
export async function runDns(
  { host, type, expect }: DnsCheck,
  { reach, servers }: { readonly reach: Reach; readonly servers: readonly string[] | undefined },
  signal: AbortSignal,
): Promise<RunFacts> {
  const resolver = new Resolver({ tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const stop = (): void => resolver.cancel();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!reach.allowInternal && isInternalName(host)) throw forbidden(host);
    const found = await records(resolver, host, type);
    if (!reach.allowInternal && (await leadsInside(resolver, type, found))) throw forbidden(host);
    if (found.length === 0) throw new RunFailed('answer', `${host} has no ${type} record`);
    const wanted = expect.toLowerCase().replace(/\.$/, '');
    if (wanted !== '' && !found.some(record => record.toLowerCase().replace(/\.$/, '') === wanted))
      throw new RunFailed(
        'answer',
        `${host} has ${type} ${found.slice(0, 5).join(', ').slice(0, 300)}, expected ${expect}`,
      );
    return {};
  } catch (error) {
    if (error instanceof RunFailed) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    throw new RunFailed('dns', `${host}: ${codeWords.get(code) ?? `the name servers gave no answer (${code})`}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function records(resolver: Resolver, host: string, type: DnsCheck['type']): Promise<readonly string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(host);
    case 'AAAA':
      return resolver.resolve6(host);
    case 'CNAME':
      return resolver.resolveCname(host);
    case 'NS':
      return resolver.resolveNs(host);
    case 'MX':
      return (await resolver.resolveMx(host)).map(({ exchange }) => exchange);
    case 'TXT':
      return (await resolver.resolveTxt(host)).map(parts => parts.join(''));
  }
}

const forbidden = (host: string): RunFailed =>
  new RunFailed(
    'forbidden-address',
    `${host} is a name of an internal network; set uptime.allowInternal: true in bellwether.yaml if checks may ask for those`,
  );

/** So many of the names that were found are looked up. */
const judgedNames = 10;

/** Whether addresses that were found are internal, or the names that were found are or lead there. */
async function leadsInside(resolver: Resolver, type: DnsCheck['type'], found: readonly string[]): Promise<boolean> {
  if (type === 'TXT') return false;
  if (type === 'A' || type === 'AAAA') return found.some(isInternalAddress);
  if (found.some(isInternalName)) return true;
  const addresses = await Promise.all(
    found
      .slice(0, judgedNames)
      .flatMap(name => [resolver.resolve4(name).catch(() => []), resolver.resolve6(name).catch(() => [])]),
  );
  return addresses.flat().some(isInternalAddress);
}

/** Names that the internet does not have: without a dot, or below a top that is for inside alone (RFC 6761, 6762, 8375, and what is usual). */
function isInternalName(name: string): boolean {
  const bare = name.toLowerCase().replace(/\.$/, '');
  return !bare.includes('.') || /\.(?:internal|intranet|private|corp|home|lan|local|localhost|home\.arpa)$/.test(bare);
}

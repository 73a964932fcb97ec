import { Resolver } from 'node:dns/promises';
import type { CheckDefinition } from '@bellwether/model';
import { RunFailed, type RunFacts } from './run-failed.js';

type DnsCheck = Extract<CheckDefinition, { kind: 'dns' }>;

const codeWords: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'there is no such name'],
  ['ENODATA', 'the name has no such record'],
]);

/** The name has records, the expected one among them. It asks the system's name servers and connects to nobody else. Throws `RunFailed`. */
export async function runDns(
  { host, type, expect }: DnsCheck,
  servers: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<RunFacts> {
  const resolver = new Resolver({ tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const stop = (): void => resolver.cancel();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const found = await records(resolver, host, type);
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

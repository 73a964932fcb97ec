import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isLoopback } from '../base/browser-guard.js';
import { isInternalAddress } from './internal-address.js';
import { RunFailed, networkFailure } from './run-failed.js';

/** Looks a name up; a parameter so that tests have names of their own. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** What may be called: nothing internal unless allowed. */
export interface Reach {
  readonly allowInternal: boolean;
  /** This machine may be called, when nothing else internal may. */
  readonly allowLoopback?: boolean;
  readonly resolve: Resolve;
}

/** As the operating system resolves names, hosts file included. */
export const systemResolve: Resolve = async host => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The address to connect to. It is looked up once and the connection goes to exactly this one, so that a name which answers differently a
 * moment later (DNS rebinding) leads nowhere else. Throws `RunFailed` when one of its addresses is internal and that is not allowed.
 */
export async function resolveTarget(
  host: string,
  { allowInternal, allowLoopback = false, resolve }: Reach,
): Promise<string> {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const addresses = isIP(bare) !== 0 ? [bare] : await resolved(bare, resolve);
  const [first] = addresses;
  if (first === undefined) throw new RunFailed('dns', `${bare}: the name has no address`);
  const leadsInside = addresses.some(address => isInternalAddress(address) && !(allowLoopback && isLoopback(address)));
  if (!allowInternal && leadsInside)
    throw new RunFailed(
      'forbidden-address',
      `${bare} leads to an internal address; set uptime.allowInternal: true in bellwether.yaml if checks may call internal addresses`,
    );
  return first;
}

async function resolved(host: string, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(host);
  } catch (error) {
    throw networkFailure(error, host);
  }
}

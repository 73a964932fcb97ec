import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '../service/addresses.js';
import type { Fleet } from './fleet.js';
import { releaseAt, type Release, type ReleaseCycle } from './releases.js';
import type { ServiceProcess } from './service-process.js';

/** Between the moment nobody asks the old release any more and its end. */
const drainMs = 300;
/** How long the old release may take to finish what it is doing. */
const graceMs = 4_000;

export interface DeployDeps {
  readonly fleet: Fleet;
  start(name: ServiceName, release: Release): ServiceProcess;
}

/**
 * Deploys checkout as the cycle says, until `signal` aborts.
 *
 * Each deploy is a rolling one: the new process takes over when it is ready, then the old one ends. Rejects when a release does not start.
 */
export async function deployReleases(
  cycle: ReleaseCycle,
  { fleet, start }: DeployDeps,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    const { untilMs } = releaseAt(performance.now() - startedMs, cycle);
    const waitMs = startedMs + untilMs - performance.now();
    await sleep(Math.max(1, Math.ceil(waitMs)), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const { release } = releaseAt(performance.now() - startedMs, cycle);
    const next = start('checkout', release);
    const checkout = await next.url;
    const withNext = () => ({ ...fleet.addresses(), services: { ...fleet.addresses().services, checkout } });
    next.tell(withNext());
    await next.ready;
    const previous = fleet.replace(next);
    await fleet.connect(withNext());
    await sleep(drainMs);
    await previous?.stop(graceMs);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames, type Addresses, type ServiceName } from '../service/addresses.js';
import { drive } from '../traffic/drive.js';
import { plan } from '../traffic/plan.js';
import { prepareDatabase, startEmbeddedDatabase } from './database-process.js';
import type { ShopOptions } from './options.js';
import { fastCycle, releaseAt, usualCycle } from './releases.js';
import { startService, type ServiceProcess } from './service-process.js';

/** How long a service may take to finish what it is doing. */
const graceMs = 4_000;
/** Between the moment nobody asks the old release any more and its end. */
const drainMs = 300;

const versions: Readonly<Record<Exclude<ServiceName, 'checkout'>, string>> = {
  gateway: 'v87',
  catalogue: 'v203',
  inventory: 'v158',
  payments: 'v64',
  worker: 'v311',
};

/** The shop as it runs. */
export interface Shop {
  readonly gatewayUrl: string;
  /** Rejects when a part ends that nobody asked to end. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/** Starts everything and resolves when all services are ready. Nothing is restarted by itself; `signal` gives up the start. */
export async function startShop(options: ShopOptions, signal: AbortSignal): Promise<Shop> {
  const { otlpUrl, seed, showLogs, redisUrl } = options;
  const cycle = options.isFast ? fastCycle : usualCycle;
  const stopping = new AbortController();
  let fail: (error: Error) => void = () => {};
  const broken = new Promise<never>((_resolve, reject) => (fail = reject));
  broken.catch(() => {}); // before anyone waits for it

  const running = new Map<ServiceName, ServiceProcess>();
  const start = (name: ServiceName, version: string, isBad = false): ServiceProcess => {
    const port = name === 'gateway' ? options.gatewayPort : 0;
    return startService({ name, version, port, otlpUrl, seed, isBad, showLogs });
  };
  const watch = (service: ServiceProcess): void => {
    void service.ended.then(({ code, signal }) => {
      if (stopping.signal.aborted || running.get(service.name) !== service) return;
      fail(new Error(`${service.name} ended by itself (${signal ?? `code ${code}`})`));
    });
  };

  for (const name of serviceNames) {
    const service = start(name, name === 'checkout' ? releaseAt(0, cycle).release.version : versions[name]);
    running.set(name, service);
    watch(service);
  }

  const stopAll = async (stopDatabase: () => Promise<void>): Promise<void> => {
    stopping.abort();
    await Promise.all([...running.values()].map(service => service.stop(graceMs)));
    await stopDatabase();
  };
  let stopDatabase = async (): Promise<void> => {};
  let addresses: Addresses;
  try {
    const starting =
      options.databaseUrl === undefined ? startEmbeddedDatabase(signal) : prepareDatabase(options.databaseUrl);
    const database = await Promise.race([starting, broken]);
    stopDatabase = database.stop;
    void database.ended.then(() => stopping.signal.aborted || fail(new Error('the embedded database ended by itself')));
    addresses = {
      databaseUrl: database.url,
      ...(redisUrl === undefined ? {} : { redisUrl }),
      services: await urls(running),
    };
    for (const service of running.values()) service.tell(addresses);
    await Promise.all([...running.values()].map(service => service.ready));
    signal.throwIfAborted();
  } catch (error) {
    await stopAll(stopDatabase);
    throw error;
  }

  /** A rolling deploy of checkout: the new process takes over when it is ready, then the old one ends. */
  const deploy = async (version: string, isBad: boolean): Promise<void> => {
    const next = start('checkout', version, isBad);
    const services = { ...addresses.services, checkout: await next.url };
    addresses = { ...addresses, services };
    next.tell(addresses);
    await next.ready;
    const previous = running.get('checkout');
    running.set('checkout', next);
    watch(next);
    for (const service of running.values()) service.tell(addresses);
    await sleep(drainMs);
    await previous?.stop(graceMs);
  };
  const deploys = (async () => {
    const startedMs = performance.now();
    for (;;) {
      const { untilMs } = releaseAt(performance.now() - startedMs, cycle);
      await sleep(startedMs + untilMs - performance.now() + 1, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      const { release } = releaseAt(performance.now() - startedMs, cycle);
      await deploy(release.version, release.isBad);
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) fail(error instanceof Error ? error : new Error(String(error)));
  });

  const gatewayUrl = addresses.services.gateway;
  const traffic = options.hasTraffic
    ? drive(plan(seed, options.ratePerSecond, Date.now()), gatewayUrl, stopping.signal)
    : undefined;

  return {
    gatewayUrl,
    broken,
    async stop() {
      stopping.abort();
      await traffic;
      await deploys;
      await stopAll(stopDatabase);
    },
  };
}

async function urls(running: ReadonlyMap<ServiceName, ServiceProcess>): Promise<Addresses['services']> {
  const found = await Promise.all([...running].map(async ([name, { url }]) => [name, await url] as const));
  // `running` has an entry for each of the services' names.
  return Object.fromEntries(found) as Addresses['services'];
}

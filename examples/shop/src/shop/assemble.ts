import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames, type Addresses, type ServiceName } from '../service/addresses.js';
import { drive } from '../traffic/drive.js';
import { plan } from '../traffic/plan.js';
import { serveVendors } from '../vendors/serve-vendors.js';
import { alarm } from './alarm.js';
import { prepareDatabase, startEmbeddedDatabase, type ShopDatabase } from './database-process.js';
import { deployReleases } from './deploy.js';
import { fleetOf } from './fleet.js';
import type { ShopOptions } from './options.js';
import { fastCycle, releaseAt, usualCycle, type Release } from './releases.js';
import { startService, type ServiceProcess } from './service-process.js';
import { keepChecks, pagesOf } from './uptime-checks.js';

const otherReleases: Readonly<Record<Exclude<ServiceName, 'checkout'>, string>> = {
  gateway: 'v87',
  catalogue: 'v203',
  inventory: 'v158',
  payments: 'v64',
  worker: 'v311',
};

/** The shop as it runs. */
export interface Shop {
  readonly gatewayUrl: string;
  /** Rejects when a part ends that nobody asked to end. Nothing is restarted by itself. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/** Starts everything and resolves when all services are ready. `signal` gives up the start; it does not stop an open shop. */
export async function startShop(options: ShopOptions, signal: AbortSignal): Promise<Shop> {
  const { otlpUrl, seed, showLogs, redisUrl, databaseUrl, endpointsFile } = options;
  const cycle = options.isFast ? fastCycle : usualCycle;
  const vendors = await serveVendors(seed);
  const externalServices = Object.entries(vendors.urls)
    .map(([name, url]) => `${new URL(url).host}=${name}`)
    .join(',');
  const start = (name: ServiceName, { version, isBad }: Release): ServiceProcess => {
    const port = name === 'gateway' ? options.gatewayPort : 0;
    return startService({ name, version, port, otlpUrl, seed, isBad, showLogs, externalServices });
  };

  const startingDatabase = databaseUrl === undefined ? startEmbeddedDatabase(signal) : prepareDatabase(databaseUrl);
  const fleet = fleetOf(
    serviceNames.map(name =>
      start(name, name === 'checkout' ? releaseAt(0, cycle).release : { version: otherReleases[name], isBad: false }),
    ),
  );
  const closing = new AbortController();
  const stop = async (): Promise<void> => {
    closing.abort();
    await fleet.stop();
    // A database that did not start has nothing to stop, and its error went to whoever waited for the start.
    const database = await startingDatabase.catch((): undefined => undefined);
    await database?.stop();
    vendors.stop();
  };

  let addresses: Addresses;
  let database: ShopDatabase;
  try {
    const givenUp = alarm();
    signal.addEventListener('abort', () => givenUp.raise(new Error('the start was given up')), { once: true });
    const whole = <T>(part: Promise<T>): Promise<T> => Promise.race([part, fleet.broken, givenUp.raised]);
    database = await whole(startingDatabase);
    const services = await whole(fleet.urls());
    addresses = {
      databaseUrl: database.url,
      ...(redisUrl === undefined ? {} : { redisUrl }),
      services,
      vendors: vendors.urls,
    };
    await whole(fleet.connect(addresses));
  } catch (error) {
    await stop();
    throw error;
  }

  const deploys = deployReleases(cycle, { fleet, start }, closing.signal);
  const addChecks = async (file: string): Promise<void> => {
    const bellwetherUrl = await pagesOf(file, closing.signal);
    if (bellwetherUrl === undefined) return;
    const watched = { gatewayUrl: addresses.services.gateway, databaseUrl: database.url };
    const heartbeatUrl = await keepChecks(bellwetherUrl, watched);
    if (heartbeatUrl !== undefined) await fleet.connect({ ...fleet.addresses(), heartbeatUrl });
  };
  const checks = endpointsFile === undefined ? sleep(0) : addChecks(endpointsFile);
  const traffic = options.hasTraffic
    ? drive(
        plan(seed, options.ratePerSecond, Date.now(), options.isFast ? () => 1 : undefined),
        addresses.services.gateway,
        closing.signal,
      )
    : sleep(0);

  return {
    gatewayUrl: addresses.services.gateway,
    broken: Promise.race([
      fleet.broken,
      database.broken,
      onlyFailure(deploys),
      onlyFailure(checks),
      onlyFailure(traffic),
    ]),
    async stop() {
      closing.abort();
      await Promise.allSettled([traffic, deploys, checks]);
      await stop();
    },
  };
}

/** Never resolves. */
async function onlyFailure(work: Promise<unknown>): Promise<never> {
  await work;
  return new Promise(() => {});
}

import type { Addresses, ServiceName } from '../service/addresses.js';
import { alarm } from './alarm.js';
import type { ServiceProcess } from './service-process.js';

/** How long a service may take to finish what it is doing. */
const graceMs = 4_000;

/** Who asks stops before who answers: what is under way may still need the others. */
const stopOrder: readonly (readonly ServiceName[])[] = [
  ['gateway'],
  ['checkout', 'worker'],
  ['catalogue', 'inventory', 'payments'],
];

/** The services that run, one process each. */
export interface Fleet {
  /** Rejects when a service ends that nobody asked to end. */
  readonly broken: Promise<never>;
  /** Where they listen, as soon as all do. */
  urls(): Promise<Addresses['services']>;
  /** Sends the addresses to all and resolves when all are ready. */
  connect(addresses: Addresses): Promise<void>;
  /** What was sent last. Throws Error before the first `connect`. */
  addresses(): Addresses;
  /** Puts a process in the place of the one of the same name, which is handed back and no longer watched. */
  replace(next: ServiceProcess): ServiceProcess | undefined;
  stop(): Promise<void>;
}

export function fleetOf(services: readonly ServiceProcess[]): Fleet {
  const running = new Map<ServiceName, ServiceProcess>();
  const broken = alarm();
  let isStopping = false;
  let sent: Addresses | undefined;

  const watch = async (service: ServiceProcess): Promise<void> => {
    const { code, signal } = await service.ended;
    if (isStopping || running.get(service.name) !== service) return;
    broken.raise(new Error(`${service.name} ended by itself (${signal ?? `code ${code}`})`));
  };
  const replace = (next: ServiceProcess): ServiceProcess | undefined => {
    const previous = running.get(next.name);
    running.set(next.name, next);
    void watch(next);
    return previous;
  };
  for (const service of services) replace(service);

  return {
    broken: broken.raised,
    async urls() {
      const found = await Promise.all([...running].map(async ([name, { url }]) => [name, await url] as const));
      // There is a process for each of the services' names.
      return Object.fromEntries(found) as Addresses['services'];
    },
    async connect(addresses) {
      sent = addresses;
      for (const service of running.values()) service.tell(addresses);
      await Promise.all([...running.values()].map(service => service.ready));
    },
    addresses() {
      if (sent === undefined) throw new Error('the services were not told of each other yet');
      return sent;
    },
    replace,
    async stop() {
      isStopping = true;
      for (const names of stopOrder) {
        await Promise.all(names.map(name => running.get(name)?.stop(graceMs)));
      }
    },
  };
}

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Addresses, FromService, ServiceName, ToService } from '../service/addresses.js';
import { alarm } from './alarm.js';

/** What one process of a service is started with. */
export interface ServiceStart {
  readonly name: ServiceName;
  readonly version: string;
  readonly port: number;
  readonly otlpUrl: string;
  readonly seed: number;
  readonly isBad: boolean;
  readonly showLogs: boolean;
  /** Names of other people's services by `host:port`, as `BELLWETHER_EXTERNAL_SERVICES` takes them. */
  readonly externalServices: string;
}

/** Services whose code is worth a profile now and then. */
const profiled = new Set<ServiceName>(['gateway', 'catalogue', 'checkout']);
const profileRate = '0.1';

/** A service that runs. */
export interface ServiceProcess {
  readonly name: ServiceName;
  /** Its address, as soon as it listens. */
  readonly url: Promise<string>;
  /** When its database answers and it knows the others. */
  readonly ready: Promise<true>;
  /** How it ended; `undefined` code means by a signal. */
  readonly ended: Promise<{ readonly code: number | undefined; readonly signal: string | undefined }>;
  tell(addresses: Addresses): void;
  /** Asks it to end, and after `graceMs` makes it. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a service as its own process, instrumented from outside only: `--import @bellwether/node/register`. */
export function startService(start: ServiceStart): ServiceProcess {
  const child = fork(fileURLToPath(new URL(`../${start.name}/main.js`, import.meta.url)), {
    execArgv: ['--enable-source-maps', '--import', import.meta.resolve('@bellwether/node/register')],
    stdio: ['ignore', start.showLogs ? 'inherit' : 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      OTEL_SERVICE_NAME: start.name,
      OTEL_RESOURCE_ATTRIBUTES: `service.namespace=shop,service.version=${start.version},deployment.environment.name=demo`,
      OTEL_EXPORTER_OTLP_ENDPOINT: start.otlpUrl,
      BELLWETHER_EXTERNAL_SERVICES: start.externalServices,
      ...(profiled.has(start.name) && {
        BELLWETHER_PROFILE_RATE: process.env['BELLWETHER_PROFILE_RATE'] ?? profileRate,
      }),
      SHOP_VERSION: start.version,
      SHOP_PORT: String(start.port),
      SHOP_SEED: String(start.seed),
      SHOP_BAD_RELEASE: String(start.isBad),
    },
  });

  const ended = endOf(child);
  const broken = alarm();
  const watch = async (): Promise<void> => {
    const { code, signal } = await ended;
    broken.raise(new Error(`${start.name} ended (${signal ?? `code ${code}`}) before it was ready`));
  };
  void watch();
  const heard = <T>(read: (message: FromService) => T | undefined): Promise<T> => {
    const told = new Promise<T>(resolve => {
      child.on('message', (message: FromService) => {
        const value = read(message);
        if (value !== undefined) resolve(value);
      });
    });
    const outcome = Promise.race([told, broken.raised]);
    outcome.catch(() => {}); // whoever waits for it sees it
    return outcome;
  };

  return {
    name: start.name,
    url: heard(message => ('port' in message ? `http://127.0.0.1:${message.port}` : undefined)),
    ready: heard(message => ('ready' in message ? message.ready : undefined)),
    ended,
    tell(addresses) {
      const message: ToService = { addresses };
      if (child.connected) child.send(message);
    },
    async stop(graceMs) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Resolves when the process is gone, also when it could not be started at all. */
export function endOf(child: ChildProcess): ServiceProcess['ended'] {
  return new Promise(resolve => {
    child.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
    child.once('error', () => resolve({ code: 1, signal: undefined }));
  });
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../base/log.js';
import { settleMemory } from '../base/settle-memory.js';
import { formatAddress, isLoopback, type Address } from '../config/address.js';
import type { Config } from '../config/schema.js';
import { portProtocols, runReceiver, statsdOptions, type PortName, type RunningReceiver } from '../receiver.js';
import { endpointsFile, type Endpoints } from './endpoints.js';
import { Refused, exitCode } from './exit-code.js';
import { takeLock, type Lock } from './lock.js';
import { whyNotFree } from './port-holder.js';
import { superviseServer, type SupervisedServer } from './supervise.js';
import { ownVersion } from './version.js';

export interface Roles {
  readonly receive: boolean;
  readonly serve: boolean;
}

export interface RolesDeps {
  readonly config: Config;
  readonly demo: boolean;
  readonly log: Log;
  /** A warning for the person at the terminal. */
  readonly warn: (text: string) => void;
}

export interface RunningRoles {
  readonly endpoints: Endpoints;
  stop(): Promise<void>;
}

const lockWaitMs = 5000;
/** What the receiver could not hand over by then waits in its log for the next start. */
const receiverStopMs = 1000;
/** Linux allows 108 bytes for a socket's path, macOS 104. */
const maxSocketPathBytes = 100;

/** Starts the receiver here, the server as a child process, or both. Throws `Refused` with what to do. */
export async function runRoles(
  roles: Roles,
  { config, demo, log, warn }: RolesDeps,
  signal: AbortSignal,
): Promise<RunningRoles> {
  const { dataDir, ingest } = config;
  const listen = roles.serve ? mainAddress(config.listen, 'listen') : undefined;
  refuseOpen(config, roles);
  refuseSame(config, roles);
  if (Buffer.byteLength(join(dataDir, 'server.sock')) > maxSocketPathBytes)
    throw new Refused(
      `the path of the data folder is too long for a socket in it: ${dataDir}; choose a shorter one with --data`,
    );

  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch(error => {
    throw new Refused(`the data folder ${dataDir} can not be made: ${error.message}; choose another with --data`);
  });
  const lock = await takeLocks(dataDir, roles);
  process.once('exit', () => lock.release());

  if (listen !== undefined) await refuseBusy(listen, 'listen', 'for the API and the pages');
  if (roles.receive && ingest.http !== undefined) await refuseBusy(ingest.http, 'ingest', 'for OTLP over HTTP');
  let grpc = roles.receive ? ingest.grpc : undefined;
  const busy = grpc && (await whyNotFree(grpc));
  if (grpc !== undefined && busy !== undefined) {
    warn(`OTLP over gRPC is off: ${busy}; choose another with --grpc, or --grpc off`);
    grpc = undefined;
  }
  const ports: Partial<Record<PortName, Address>> = {};
  for (const { name, what, transport } of roles.receive ? portProtocols : []) {
    const address = ingest[name];
    const busy = address && transport === 'tcp' ? await whyNotFree(address) : undefined;
    if (busy !== undefined) warn(`${what} is off: ${busy}; choose another with --${name}, or --${name} off`);
    else if (address !== undefined) ports[name] = address;
  }
  signal.throwIfAborted();

  const file = endpointsFile(dataDir, roles);
  let receiver: RunningReceiver | undefined;
  let server: SupervisedServer | undefined;
  const stop = async (): Promise<void> => {
    // The receiver first: it hands over what it holds while somebody is there to take it.
    await Promise.race([receiver?.stop(), delay(receiverStopMs)]);
    await server?.stop();
    await file.remove();
    lock.release();
  };

  try {
    if (roles.receive) {
      receiver = await runReceiver(
        {
          dataDir,
          http: ingest.http,
          grpc,
          ports,
          keyless: ingest.keyless,
          enrich: config.enrich,
          scrubKey: process.env['BELLWETHER_SCRUB_KEY'],
          fluentSharedKey: ingest.fluentSharedKey,
          statsd: statsdOptions(ingest),
          datadogSocket: ingest.datadogSocket,
          seriesLimits: { perMetric: ingest.maxSeriesPerMetric, perWorkspace: ingest.maxSeries },
          sendLimits: ingest.limits,
          rememberedRequests: ingest.rememberedRequests,
          maxBodyBytes: ingest.maxBodyBytes,
          walMaxBytes: config.wal.maxBytes,
          blocksMaxBytes: config.blocks.maxBytes,
          keys: ingest.keys,
          scrape: config.scrape,
          tailSampling: samplingOf(config),
          log,
        },
        new AbortController().signal,
      );
    }
    let endpoints: Endpoints = {
      version: ownVersion(),
      pid: process.pid,
      serverPid: null,
      ui: null,
      otlpHttp: httpUrl(ingest.http, receiver?.httpPort),
      otlpGrpc: httpUrl(grpc, receiver?.grpcPort),
      datadog: hostAndPort(ports.datadog, receiver?.ports.datadog),
      statsd: hostAndPort(ports.statsd, receiver?.ports.statsd),
      fluent: hostAndPort(ports.fluent, receiver?.ports.fluent),
      syslog: hostAndPort(ports.syslog, receiver?.ports.syslog),
    };
    await file.write(endpoints);
    if (listen !== undefined) {
      const { retention, query, uptime } = config;
      const onReady = (port: number, serverPid: number): void => {
        endpoints = { ...endpoints, serverPid, ui: httpUrl(listen, port) };
        file.write(endpoints).catch((error: unknown) => log.warn({ err: error }, 'endpoints.json can not be written'));
      };
      const dashboardsFolder = config.dashboards.folder;
      server = await superviseServer(
        { dataDir, listen, retention, query, findings: config.findings, dashboardsFolder, uptime, demo },
        { log, onReady },
        signal,
      );
    }
    await file.write(endpoints);
    settleMemory();
    return { endpoints, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Undefined when every trace of every workspace is kept. */
function samplingOf({ tailSampling }: Config): Config['tailSampling'] | undefined {
  const shares = [tailSampling, ...Object.values(tailSampling.workspaces)].map(({ share }) => share ?? 1);
  return shares.some(share => share < 1) ? tailSampling : undefined;
}

function mainAddress(address: Address | undefined, flag: string): Address {
  if (address === undefined)
    throw new Refused(
      `--${flag} off leaves nothing to serve; run \`bellwether receive\` for the receiver alone`,
      exitCode.usage,
    );
  return address;
}

/** Nobody but this machine gets in without a key; to the API there is no key yet. */
function refuseOpen({ listen, ingest }: Config, roles: Roles): void {
  if (roles.serve && listen !== undefined && !isLoopback(listen))
    throw new Refused(
      `--listen ${formatAddress(listen)} would show everything to everybody who reaches that address: there is no sign-in yet. ` +
        `Listen on 127.0.0.1:${listen.port} and reach it through an SSH tunnel (ssh -L ${listen.port}:127.0.0.1:${listen.port} <this machine>), ` +
        'or through a proxy that authenticates',
      exitCode.usage,
    );
  if (!roles.receive) return;
  for (const { name, what } of portProtocols) {
    const address = ingest[name];
    if (address !== undefined && !isLoopback(address) && ingest.keyless.networks.length === 0)
      throw new Refused(
        `--${name} ${formatAddress(address)} would take data from everybody who reaches that address, and ${what} has no keys; ` +
          `say in bellwether.yaml from where it may come (ingest.keyless.networks: [10.0.0.0/8]), or listen on 127.0.0.1:${address.port}`,
        exitCode.usage,
      );
  }
  if (ingest.keys.length > 0) return;
  for (const [flag, address] of [
    ['ingest', ingest.http],
    ['grpc', ingest.grpc],
  ] as const) {
    if (address !== undefined && !isLoopback(address))
      throw new Refused(
        `--${flag} ${formatAddress(address)} would take data from everybody who reaches that address; ` +
          `add ingest.keys to bellwether.yaml, or listen on 127.0.0.1:${address.port}`,
        exitCode.usage,
      );
  }
}

/** One port for two listeners: the second would find it busy with the first. */
function refuseSame({ listen, ingest }: Config, { receive, serve }: Roles): void {
  const flags = new Map<string, string>();
  for (const [flag, address] of [
    ['listen', serve ? listen : undefined],
    ['ingest', receive ? ingest.http : undefined],
    ['grpc', receive ? ingest.grpc : undefined],
    ...portProtocols
      .filter(({ transport }) => receive && transport === 'tcp')
      .map(({ name }) => [name, ingest[name]] as const),
  ] as const) {
    if (address === undefined || address.port === 0) continue;
    const text = formatAddress(address);
    const other = flags.get(text);
    if (other !== undefined)
      throw new Refused(`--${other} and --${flag} both say ${text}; give each a port of its own`, exitCode.usage);
    flags.set(text, flag);
  }
}

/** One lock for each role: another process may have the other role, and none this one. */
async function takeLocks(dataDir: string, { receive, serve }: Roles): Promise<Lock> {
  const taken: Lock[] = [];
  const release = (): void => taken.forEach(lock => lock.release());
  try {
    for (const name of [...(receive ? ['lock'] : []), ...(serve ? ['supervisor.lock'] : [])])
      taken.push(await takeLock(join(dataDir, name), { dataDir, waitMs: lockWaitMs }));
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

async function refuseBusy(address: Address, flag: string, what: string): Promise<void> {
  const reason = await whyNotFree(address);
  if (reason !== undefined)
    throw new Refused(`${reason}, which is needed ${what}; choose another with --${flag} <port>`);
}

function hostAndPort(address: Address | undefined, port: number | undefined): string | null {
  return address === undefined || port === undefined ? null : formatAddress({ ...address, port });
}

function httpUrl(address: Address | undefined, port: number | undefined): string | null {
  return address === undefined || port === undefined ? null : `http://${formatAddress({ ...address, port })}`;
}

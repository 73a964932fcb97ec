import { randomUUID } from 'node:crypto';
import { fs } from '../core/node-modules.js';
import { arch, hostname, release, type } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import type { Config } from './config.js';
import { gitRevision } from './git-revision.js';
import { surroundings } from './surroundings.js';

/** The version of this package, as `telemetry.sdk.version`. */
export const sdkVersion: string = ownVersion();

/** Who sends: OpenTelemetry's resource attributes. Never throws; what cannot be found is left out. */
export function detectResource(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | number> {
  const main = process.argv[1];
  const start = main === undefined ? process.cwd() : dirname(main);
  const own = nearestPackage(start) ?? nearestPackage(process.cwd());
  const attributes: Record<string, string | number | undefined> = {
    'service.name':
      own?.name ?? (main === undefined ? 'unknown_service:node' : basename(main).replace(/\.[cm]?[jt]s$/, '')),
    'service.version': own?.version,
    'service.instance.id': randomUUID(),
    'deployment.environment.name': environment['NODE_ENV'] === '' ? undefined : environment['NODE_ENV'],
    'vcs.ref.head.revision': gitRevision(start, environment),
    'host.name': hostname(),
    'host.arch': hostArch(),
    'os.type': type().toLowerCase(),
    'os.version': release(),
    'process.pid': process.pid,
    'thread.id': isMainThread ? undefined : threadId,
    'process.creation.time': new Date(performance.timeOrigin).toISOString(),
    ...surroundings(environment),
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'telemetry.sdk.name': 'bellwether',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': sdkVersion,
    'bellwether.asks': wishes(config),
    ...config.attributes,
  };
  if (config.environment !== undefined) attributes['deployment.environment.name'] = config.environment;
  if (config.service !== undefined) attributes['service.name'] = config.service;
  if (config.version !== undefined) attributes['service.version'] = config.version;
  const known: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) known[key] = value;
  return known;
}

/** What the application asks of the server, such as `alerting,dashboards`. */
function wishes({ components }: Config): string | undefined {
  const asked = (['alerting', 'slaMonitoring', 'dashboards'] as const).filter(name => components[name]);
  return asked.length === 0 ? undefined : asked.join(',');
}

/** OpenTelemetry's names of processors. */
function hostArch(): string {
  const name = arch();
  return name === 'x64' ? 'amd64' : name === 'ia32' ? 'x86' : name;
}

interface PackageIdentity {
  readonly name: string;
  readonly version: string | undefined;
}

/** The first package.json with a name at or above `folder`: those that only say `"type": "module"` are passed over. */
function nearestPackage(folder: string): PackageIdentity | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = readPackage(join(at, 'package.json'));
    if (found !== undefined) return found;
    if (dirname(at) === at) return undefined;
  }
}

function readPackage(path: string): PackageIdentity | undefined {
  try {
    const parsed: unknown = JSON.parse(fs.readFileSync(path, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('name' in parsed) || typeof parsed.name !== 'string')
      return undefined;
    return {
      name: parsed.name,
      version: 'version' in parsed && typeof parsed.version === 'string' ? parsed.version : undefined,
    };
  } catch {
    return undefined;
  }
}

function ownVersion(): string {
  return readPackage(new URL('../../package.json', import.meta.url).pathname)?.version ?? '0.0.0';
}

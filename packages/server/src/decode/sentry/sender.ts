import type { Attributes, Value } from '../otlp-writer.js';
import { objectOf, textOf, type JsonObject } from './exact-json.js';

/** What is known of a request before its items are read. */
export interface Sender {
  /** The project of the URL: the DSN's last part. */
  readonly project: string;
  readonly receivedMs: number;
}

/** Who made an item. `version` is the release without its package's name. */
export interface Service {
  readonly name: string;
  readonly version: string;
  readonly environment: string;
  readonly release: string;
}

/**
 * Which service an item is of. Its name is the first there is of
 *
 *     1. `service.name`, as a tag of events and transactions or an attribute of logs, metrics and streamed spans
 *     2. the package of the release: `shop` of `shop@1.2.3`
 *     3. the DSN's project when it is a word, or `sentry-project-<number>`
 *
 * The release's package is what all items of a process have in common, so that its logs, spans and errors are one service.
 */
export function serviceOf({
  project,
  named,
  release = '',
  environment = '',
}: {
  readonly project: string;
  readonly named: string | undefined;
  readonly release: string | undefined;
  readonly environment: string | undefined;
}): Service {
  const [, name = '', version = release] = /^(@?[^@\s]+)@([^@]+)$/.exec(release) ?? [];
  const fallback = /^\d*$/.test(project) ? `sentry-project-${project || 'unknown'}` : project;
  return { name: named ?? (name.slice(0, 200) || fallback), version, environment, release };
}

const languages: ReadonlyMap<string, string> = new Map([
  ['node', 'nodejs'],
  ['javascript', 'webjs'],
  ['python', 'python'],
  ['go', 'go'],
  ['java', 'java'],
  ['csharp', 'dotnet'],
  ['php', 'php'],
  ['ruby', 'ruby'],
  ['rust', 'rust'],
  ['elixir', 'erlang'],
  ['cocoa', 'swift'],
  ['native', 'cpp'],
]);

/** A resource's attributes. `more` are those that only some items know: the host, the runtime. */
export function resourceOf(
  service: Service,
  {
    project,
    sdk,
    platform,
    more = [],
  }: {
    readonly project: string;
    readonly sdk: { readonly name: string | undefined; readonly version: string | undefined };
    readonly platform: string | undefined;
    readonly more?: Attributes;
  },
): ReadonlyMap<string, Value> {
  const resource = new Map<string, Value>([
    ['service.name', service.name],
    ['service.version', service.version || undefined],
    ['deployment.environment.name', service.environment || undefined],
    ['telemetry.sdk.name', sdk.name],
    ['telemetry.sdk.version', sdk.version],
    ['telemetry.sdk.language', languages.get(platform ?? platformOf(sdk.name ?? ''))],
    ['sentry.project', project],
    ['sentry.release', service.release || undefined],
  ]);
  for (const [key, value] of more) if (!resource.has(key)) resource.set(key, value);
  return resource;
}

/** `sentry.javascript.node` says what `platform` says where an item has none. */
function platformOf(sdkName: string): string {
  const [, language = '', kind = ''] = sdkName.split('.');
  if (language !== 'javascript') return language === 'dotnet' ? 'csharp' : language;
  return /^(browser|react|vue|angular|svelte|ember|gatsby)$/.test(kind) ? 'javascript' : 'node';
}

/** Release and environment of an envelope's header, where an item does not say it itself. */
export function headerRelease(header: JsonObject): {
  readonly release: string | undefined;
  readonly environment: string | undefined;
} {
  const trace = objectOf(header, 'trace');
  return { release: textOf(trace, 'release'), environment: textOf(trace, 'environment') };
}

export function sdkOf(...objects: readonly JsonObject[]): {
  readonly name: string | undefined;
  readonly version: string | undefined;
} {
  const sdk = objects.map(object => objectOf(object, 'sdk')).find(found => textOf(found, 'name') !== undefined);
  return { name: sdk && textOf(sdk, 'name'), version: sdk && textOf(sdk, 'version') };
}

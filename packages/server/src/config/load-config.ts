import { createHash } from 'node:crypto';
import type { CheckDefinition } from '@bellwether/model';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from '../base/secret.js';
import { nearest } from './nearest.js';
import { configFile, type Config, type ConfigFile, type IngestKey } from './schema.js';
import { prometheusFile, scrapeJobs, unsupportedKey } from './scrape-configs.js';
import type { ScrapeJob } from './scrape-job.js';
import { yamlSource, type YamlSource } from './yaml-source.js';

/** The configuration can not be used. `problems`: one line each, with file, line, column, key and remedy as far as there are any. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

export interface ConfigSources {
  /** Flags by name without dashes, as text: `{ listen: '4300' }`. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of flags and environment start here; those of the file too. */
  readonly cwd: string;
}

export const defaultConfigName = 'bellwether.yaml';

/** Flags that set a key of the configuration. */
export const flagPaths: Readonly<Record<string, readonly string[]>> = {
  data: ['data'],
  listen: ['listen'],
  ingest: ['ingest', 'http'],
  grpc: ['ingest', 'grpc'],
  datadog: ['ingest', 'datadog'],
  statsd: ['ingest', 'statsd'],
  fluent: ['ingest', 'fluent'],
  syslog: ['ingest', 'syslog'],
};

/** Environment variables that set a key: the flags', and one per key that holds a number or a size. */
export const envPaths: Readonly<Record<string, readonly string[]>> = {
  BELLWETHER_DATA: ['data'],
  BELLWETHER_LISTEN: ['listen'],
  BELLWETHER_INGEST: ['ingest', 'http'],
  BELLWETHER_GRPC: ['ingest', 'grpc'],
  BELLWETHER_DATADOG: ['ingest', 'datadog'],
  BELLWETHER_STATSD: ['ingest', 'statsd'],
  BELLWETHER_FLUENT: ['ingest', 'fluent'],
  BELLWETHER_SYSLOG: ['ingest', 'syslog'],
  BELLWETHER_STATSD_FLUSH_SECONDS: ['ingest', 'statsdFlushSeconds'],
  BELLWETHER_STATSD_GAUGE_SECONDS: ['ingest', 'statsdGaugeSeconds'],
  BELLWETHER_STATSD_MAX_SERIES: ['ingest', 'statsdMaxSeries'],
  BELLWETHER_INGEST_MAX_BODY_BYTES: ['ingest', 'maxBodyBytes'],
  BELLWETHER_WAL_MAX_BYTES: ['wal', 'maxBytes'],
  BELLWETHER_BLOCKS_MAX_BYTES: ['blocks', 'maxBytes'],
  BELLWETHER_RETENTION_TRACES_DAYS: ['retention', 'tracesDays'],
  BELLWETHER_RETENTION_LOGS_DAYS: ['retention', 'logsDays'],
  BELLWETHER_RETENTION_METRICS_DAYS: ['retention', 'metricsDays'],
  BELLWETHER_RETENTION_MAX_DISK_GIB: ['retention', 'maxDiskGiB'],
  BELLWETHER_FINDINGS_SLOW_QUERY_MS: ['findings', 'slowQueryMs'],
  BELLWETHER_FINDINGS_REPEATED_CALLS: ['findings', 'repeatedCalls'],
  BELLWETHER_FINDINGS_MANY_ROWS: ['findings', 'manyRows'],
  BELLWETHER_FINDINGS_CHATTY_CALLS: ['findings', 'chattyCalls'],
  BELLWETHER_FINDINGS_SEQUENTIAL_MS: ['findings', 'sequentialMs'],
  BELLWETHER_FINDINGS_POOL_WAIT_MS: ['findings', 'poolWaitMs'],
  BELLWETHER_FINDINGS_STALL_MS: ['findings', 'stallMs'],
  BELLWETHER_FINDINGS_PAYLOAD_BYTES: ['findings', 'payloadBytes'],
  BELLWETHER_QUERY_MAX_SECONDS: ['query', 'maxSeconds'],
  BELLWETHER_QUERY_MAX_MEMORY_BYTES: ['query', 'maxMemoryBytes'],
  BELLWETHER_QUERY_PROMQL_CACHE_BYTES: ['query', 'promqlCacheBytes'],
};

/**
 * Reads the configuration: flag before environment before file before default. The file is `--config`, `BELLWETHER_CONFIG`, or `bellwether.yaml`
 * of the working directory when there is one. Throws `BadConfig`.
 */
export async function loadConfig({ flags, env, cwd }: ConfigSources): Promise<Config> {
  const named = flags['config'] ?? env['BELLWETHER_CONFIG'];
  const name = named ?? defaultConfigName;
  const text = await readFile(resolve(cwd, name), 'utf8').catch((error: unknown) => {
    if (named === undefined && isAbsent(error)) return '';
    throw new BadConfig([
      `${name}: can not be read (${reasonOf(error)}); name an existing file with --config, or leave it out`,
    ]);
  });
  const config = readConfig({ text, name }, { flags, env, cwd });
  const { scrape } = config;
  if (scrape.file === undefined) return config;
  return { ...config, scrape: { ...scrape, jobs: await withJobsOf(scrape.file, scrape.ownJobs) } };
}

/** Our own jobs and those of a Prometheus configuration. Throws `BadConfig`. */
export async function withJobsOf(file: string, own: readonly ScrapeJob[]): Promise<readonly ScrapeJob[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new BadConfig([
      `scrape.file: ${file} can not be read (${reasonOf(error)}); name an existing Prometheus configuration`,
    ]);
  });
  const yaml = yamlSource(text, file);
  if (yaml.errors.length > 0) throw new BadConfig(yaml.errors);
  const parsed = prometheusFile.safeParse(yaml.value ?? {});
  if (!parsed.success)
    throw new BadConfig(parsed.error.issues.flatMap(issue => problems(issue, yaml, new Map(), prometheusFile)));
  const { jobs, faults } = scrapeJobs(parsed.data.global, parsed.data.scrape_configs, dirname(file));
  refuseFaults(faults, ['scrape_configs'], yaml);
  const twice = jobs.findIndex(({ name }) => own.some(other => other.name === name));
  if (twice >= 0)
    throw new BadConfig([
      `${yaml.position(['scrape_configs', twice, 'job_name'])}: scrape_configs[${twice}].job_name must differ from those of scrape.configs`,
    ]);
  return [...own, ...jobs];
}

function refuseFaults(
  faults: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  list: readonly string[],
  yaml: YamlSource,
): void {
  if (faults.length === 0) return;
  throw new BadConfig(
    faults.map(({ path, message }) => {
      const whole = [...list, ...path];
      return `${yaml.position(whole)}: ${dotted(whole)} ${message}`;
    }),
  );
}

/** As `loadConfig`, of a text. */
export function readConfig(
  file: { readonly text: string; readonly name: string },
  { flags, env, cwd }: ConfigSources,
): Config {
  const yaml = yamlSource(file.text, file.name);
  if (yaml.errors.length > 0) throw new BadConfig(yaml.errors);
  if (yaml.value !== null && !isTree(yaml.value))
    throw new BadConfig([`${yaml.position([])}: must be a list of "key: value" lines, as "listen: 4300"`]);

  const origins = new Map<string, string>();
  const merged: Tree = isTree(yaml.value) ? structuredClone(yaml.value) : {};
  const overlay = (path: readonly string[], value: string | undefined, origin: string): void => {
    if (value === undefined || value === '') return;
    origins.set(path.join('.'), origin);
    put(merged, path, /^\d+$/.test(value) ? Number(value) : value);
  };
  for (const [name, path] of Object.entries(envPaths)) overlay(path, env[name], name);
  for (const [name, path] of Object.entries(flagPaths)) overlay(path, flags[name], `--${name}`);

  const parsed = configFile.safeParse(merged);
  if (!parsed.success) throw new BadConfig(parsed.error.issues.flatMap(issue => problems(issue, yaml, origins)));
  return complete(parsed.data, yaml, env, cwd);
}

interface Tree {
  [key: string]: unknown;
}

function put(tree: Tree, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const inner = tree[first] ?? {};
  // A section that is no section in the file stays as it is: the check that follows names its line.
  if (!isTree(inner)) return;
  tree[first] = inner;
  put(inner, rest, value);
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

function problems(
  issue: z.core.$ZodIssue,
  yaml: YamlSource,
  origins: ReadonlyMap<string, string>,
  schema: z.core.$ZodType = configFile,
): readonly string[] {
  const key = dotted(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path, schema);
    return issue.keys.map(name => {
      const unsupported = unsupportedKey(name);
      if (unsupported !== undefined)
        return `${yaml.keyPosition(issue.path, name)}: ${dotted([...issue.path, name])} ${unsupported}`;
      const near = nearest(name, known);
      const hint =
        near === undefined
          ? `known here: ${known.join(', ')}`
          : `did you mean "${near}"? Known here: ${known.join(', ')}`;
      return `${yaml.keyPosition(issue.path, name)}: unknown key "${dotted([...issue.path, name])}"; ${hint}`;
    });
  }
  const origin = origins.get(key);
  return [
    origin === undefined ? `${yaml.position(issue.path)}: ${key} ${issue.message}` : `${origin} ${issue.message}`,
  ];
}

/** `ingest.keys[0].name` */
function dotted(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`),
    '',
  );
}

/** The keys that the section at `path` knows. */
function keysAt(path: readonly PropertyKey[], root: z.core.$ZodType): readonly string[] {
  let schema = root;
  for (const part of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject && typeof part === 'string') schema = inner.shape[part] ?? inner;
    else if (inner instanceof z.ZodArray) schema = inner.element;
  }
  const object = unwrap(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return unwrap(schema.unwrap());
  if (schema instanceof z.ZodPipe) return unwrap(schema.in instanceof z.ZodUnknown ? schema.out : schema.in);
  return schema;
}

function complete(file: ConfigFile, yaml: YamlSource, env: ConfigSources['env'], cwd: string): Config {
  const {
    data,
    listen,
    ingest,
    scrape,
    scrub,
    enrich,
    wal,
    blocks,
    tailSampling,
    retention,
    findings,
    dashboards,
    uptime,
    query,
  } = file;
  const { maxDiskGiB, ...kept } = retention;
  const keys = ingest.keys.map((key, index): IngestKey => {
    const { name, workspace, limits } = key;
    if (key.env === undefined) return { name, workspace, limits, sha256: (key.sha256 ?? '').toLowerCase() };
    const secret = env[key.env];
    if (secret === undefined || secret === '') {
      const where = yaml.position(['ingest', 'keys', index, 'env']);
      throw new BadConfig([
        `${where}: ingest.keys[${index}].env names ${key.env}, which is not set; set it to the key, or give sha256 instead`,
      ]);
    }
    return { name, workspace, limits, sha256: createHash('sha256').update(secret).digest('hex') };
  });
  const sharedKeyEnv = ingest.fluentSharedKey;
  const sharedKey = sharedKeyEnv === undefined ? undefined : env[sharedKeyEnv];
  if (sharedKeyEnv !== undefined && !sharedKey)
    throw new BadConfig([
      `${yaml.position(['ingest', 'fluentSharedKey'])}: ingest.fluentSharedKey names ${sharedKeyEnv}, which is not set; set it to the shared key of the senders`,
    ]);
  const fluentSharedKey = sharedKey === undefined ? undefined : new Secret(sharedKey);
  const { jobs, faults } = scrapeJobs(scrape.global, scrape.configs, cwd);
  refuseFaults(faults, ['scrape', 'configs'], yaml);
  const scraped = {
    file: scrape.file === undefined ? undefined : resolve(cwd, scrape.file),
    workspace: scrape.workspace,
    ownJobs: jobs,
    jobs,
  };
  return {
    dataDir: resolve(cwd, data),
    listen,
    ingest: { ...ingest, keys, fluentSharedKey },
    scrape: scraped,
    enrich: { scrub, routes: enrich.routes },
    wal,
    blocks,
    tailSampling,
    findings,
    retention: { ...kept, maxDiskBytes: maxDiskGiB === undefined ? undefined : Math.round(maxDiskGiB * 1024 ** 3) },
    dashboards: { folder: dashboards.folder === undefined ? undefined : resolve(cwd, dashboards.folder) },
    uptime: { ...uptime, checks: uptime.checks.map((check, index) => withHeadersOfEnv(check, env, index)) },
    query,
  };
}

const isAbsent = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const reasonOf = (error: unknown): string =>
  isAbsent(error) ? 'there is no such file' : error instanceof Error ? error.message : String(error);

/** A header's value may be `env:NAME`: then the variable holds it. Throws `BadConfig` when it is not set. */
function withHeadersOfEnv(check: CheckDefinition, env: ConfigSources['env'], index: number): CheckDefinition {
  if (check.kind !== 'http') return check;
  const headers = Object.entries(check.headers).map(([name, value]): [string, string] => {
    const variable = /^env:([A-Za-z_]\w*)$/.exec(value)?.[1];
    if (variable === undefined) return [name, value];
    const secret = env[variable];
    if (secret === undefined || secret === '')
      throw new BadConfig([
        `uptime.checks[${index}].headers.${name}: the variable ${variable} is not set; set it, or leave the header out`,
      ]);
    return [name, secret];
  });
  return { ...check, headers: Object.fromEntries(headers) };
}

import { resolve } from 'node:path';
import { RE2JS } from 're2js';
import { z } from 'zod';
import { Secret } from '../base/secret.js';
import {
  relabelActions,
  scrapeProtocols,
  type HttpSettings,
  type RelabelRule,
  type ScrapeJob,
  type SecretSource,
  type TlsSettings,
} from './scrape-job.js';

/** Prometheus' `global` and `scrape_configs` (https://prometheus.io/docs/prometheus/latest/configuration/configuration/), key by key. */

const mustBe = (what: string): { readonly error: string } => ({ error: `must be ${what}` });

const durationForm = 'a duration, as 15s, 1m or 1h30m';
const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Milliseconds of `1h30m`, undefined when the text is none. Units come from the largest to the smallest. */
export function readDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match =
    /^(?:(\d{1,9})y)?(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/.exec(
      text,
    );
  if (match === null || text === '') return undefined;
  return ['y', 'w', 'd', 'h', 'm', 's', 'ms'].reduce(
    (sum, unit, index) => sum + Number(match[index + 1] ?? 0) * (unitMs[unit] ?? 0),
    0,
  );
}

const duration = z.union([z.string(), z.number()], mustBe(durationForm)).transform((given, context): number => {
  const readMs = readDuration(String(given));
  if (readMs !== undefined && readMs > 0) return readMs;
  context.addIssue({ code: 'custom', message: `must be ${durationForm}, and more than 0`, input: given });
  return z.NEVER;
});

const sizeForm = 'a size, as 10MB or 512KiB';
const sizeUnits: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

const size = z.union([z.string(), z.number()], mustBe(sizeForm)).transform((given, context): number => {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/.exec(String(given).trim());
  if (match !== null) return Math.round(Number(match[1]) * (sizeUnits[match[2] ?? ''] ?? 1));
  context.addIssue({ code: 'custom', message: `must be ${sizeForm}`, input: given });
  return z.NEVER;
});

const yes = z.boolean(mustBe('true or false'));
const count = z.int(mustBe('a whole number')).min(0, mustBe('a whole number, 0 for no limit'));
const word = z.string(mustBe('a text'));
/** What YAML takes for a number or a truth is meant as text here, as Prometheus takes it. */
const text = z.union([z.string(), z.number(), z.boolean()], mustBe('a text')).transform(String);
const words = z.array(text, mustBe('a list of texts'));
const secret = z.union([z.string(), z.number()], mustBe('a text')).transform(given => new Secret(String(given)));
const table = z.record(z.string(), text, mustBe('a section of texts'));

const never = (what: string) => z.literal(false, `is not supported; ${what}`).optional();

const protocol = z.enum(scrapeProtocols, mustBe(`one of ${scrapeProtocols.join(', ')}`));

const regex = text.superRefine((given, context) => {
  try {
    RE2JS.compile(given);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', message: `must be a regular expression as RE2 reads it: ${reason}` });
  }
});

const needsTarget = new Set(['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal']);

const relabelRule = z
  .strictObject(
    {
      source_labels: words.optional(),
      separator: text.optional(),
      regex: regex.optional(),
      modulus: z.int(mustBe('a whole number from 1')).min(1, mustBe('a whole number from 1')).optional(),
      target_label: text.optional(),
      replacement: text.optional(),
      action: z
        .string(mustBe('an action'))
        .transform(given => given.toLowerCase())
        .pipe(z.enum(relabelActions, mustBe(`one of ${relabelActions.join(', ')}`)))
        .default('replace'),
    },
    mustBe('a relabelling rule, as {source_labels: [a], target_label: b}'),
  )
  .superRefine((rule, context) => {
    const { action, source_labels, separator, regex, modulus, target_label, replacement } = rule;
    const say = (message: string): void => context.addIssue({ code: 'custom', message });
    if (needsTarget.has(action) && !target_label) say(`with the action ${action} needs a target_label`);
    if (action === 'hashmod' && modulus === undefined) say('with the action hashmod needs a modulus');
    if (replacement !== undefined && ['lowercase', 'uppercase'].includes(action))
      say(`with the action ${action} takes no replacement`);
    const others = [separator, modulus, replacement].some(value => value !== undefined);
    if (action.endsWith('equal') && (others || regex !== undefined))
      say(`with the action ${action} takes source_labels and target_label only`);
    if (['labeldrop', 'labelkeep'].includes(action) && (others || source_labels || target_label))
      say(`with the action ${action} takes a regex only`);
  })
  .transform((rule): RelabelRule => {
    const { action, source_labels, separator, regex, modulus, target_label, replacement } = rule;
    return {
      action,
      sourceLabels: source_labels ?? [],
      separator: separator ?? ';',
      regex: regex ?? '(.*)',
      modulus: BigInt(modulus ?? 0),
      targetLabel: target_label ?? '',
      replacement: replacement ?? '$1',
    };
  });

const rules = z.array(relabelRule, mustBe('a list of relabelling rules')).default([]);

const tlsVersions = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;
const tlsVersion = z.enum(['TLS10', 'TLS11', 'TLS12', 'TLS13'], mustBe('TLS10, TLS11, TLS12 or TLS13')).optional();

const httpKeys = {
  basic_auth: z
    .strictObject(
      {
        username: secret.optional(),
        username_file: word.optional(),
        password: secret.optional(),
        password_file: word.optional(),
      },
      mustBe('a section with username and password'),
    )
    .optional(),
  authorization: z
    .strictObject(
      { type: word.default('Bearer'), credentials: secret.optional(), credentials_file: word.optional() },
      mustBe('a section with type and credentials'),
    )
    .optional(),
  bearer_token: secret.optional(),
  bearer_token_file: word.optional(),
  tls_config: z
    .strictObject(
      {
        ca: secret.optional(),
        ca_file: word.optional(),
        cert: secret.optional(),
        cert_file: word.optional(),
        key: secret.optional(),
        key_file: word.optional(),
        server_name: word.optional(),
        insecure_skip_verify: yes.default(false),
        min_version: tlsVersion,
        max_version: tlsVersion,
      },
      mustBe('a section of TLS settings'),
    )
    .optional(),
  http_headers: z
    .record(
      z.string(),
      z.strictObject(
        {
          values: words.default([]),
          secrets: z.array(secret, mustBe('a list of texts')).default([]),
          files: words.default([]),
        },
        mustBe('a section with values, secrets or files'),
      ),
      mustBe('a section: each header with its values'),
    )
    .default({}),
  follow_redirects: yes.default(true),
  enable_http2: yes.default(true),
  proxy_from_environment: never('requests go straight to the target'),
};

type HttpKeys = z.output<z.ZodObject<typeof httpKeys>>;

/** Keys of one job that `global` may set for all. */
const sharedKeys = {
  scrape_interval: duration.optional(),
  scrape_timeout: duration.optional(),
  scrape_protocols: z
    .array(protocol, mustBe('a list of protocols'))
    .min(1, mustBe('a list with a protocol'))
    .optional(),
  scrape_native_histograms: yes.optional(),
  always_scrape_classic_histograms: yes.optional(),
  convert_classic_histograms_to_nhcb: never('leave it out: classic histograms are kept as they are'),
  body_size_limit: size.optional(),
  sample_limit: count.optional(),
  target_limit: count.optional(),
  label_limit: count.optional(),
  label_name_length_limit: count.optional(),
  label_value_length_limit: count.optional(),
  keep_dropped_targets: count.optional(),
  metric_name_validation_scheme: z.enum(['legacy', 'utf8'], mustBe('legacy or utf8')).optional(),
  metric_name_escaping_scheme: z
    .enum(['allow-utf-8', 'underscores', 'dots', 'values'], mustBe('allow-utf-8, underscores, dots or values'))
    .optional(),
  extra_scrape_metrics: yes.optional(),
};

const globalKeys = z.object(sharedKeys);

/** `global`, when it stands in our own file: only what is about scraping. */
export const scrapeGlobal = z.strictObject(sharedKeys, mustBe('a section with scrape_interval and so on'));

const targets = z.strictObject(
  { targets: z.array(word, mustBe('a list of targets, as [app:9464]')).default([]), labels: table.default({}) },
  mustBe('a group of targets, as {targets: [app:9464], labels: {env: prod}}'),
);

/** What a file of `file_sd_configs` or an answer to `http_sd_configs` holds. */
export const targetGroups = z.array(targets, mustBe('a list of groups, as [{"targets": ["app:9464"]}]'));

const fileName = word.regex(
  /^[^*]*(?:\*[^/]*)?\.(?:json|ya?ml)$/i,
  mustBe('a path that ends in .json, .yml or .yaml; * may stand in its last part'),
);

const url = z.url(mustBe('a URL with http or https')).regex(/^https?:/, mustBe('a URL with http or https'));

const discovery = {
  static_configs: z.array(targets, mustBe('a list of groups')).default([]),
  file_sd_configs: z
    .array(
      z.strictObject(
        {
          files: z.array(fileName, mustBe('a list of paths')).min(1, mustBe('a list with a path')),
          refresh_interval: duration.default(300_000),
        },
        mustBe('a section with files'),
      ),
      mustBe('a list'),
    )
    .default([]),
  dns_sd_configs: z
    .array(
      z
        .strictObject(
          {
            names: words.min(1, mustBe('a list with a name')),
            type: z.enum(['SRV', 'A', 'AAAA', 'MX', 'NS'], mustBe('SRV, A, AAAA, MX or NS')).default('SRV'),
            port: z.int(mustBe('a port')).min(0, mustBe('a port')).max(65_535, mustBe('a port')).default(0),
            refresh_interval: duration.default(30_000),
          },
          mustBe('a section with names'),
        )
        .refine(({ type, port }) => type === 'SRV' || port > 0, { message: 'needs a port: only SRV records name one' }),
      mustBe('a list'),
    )
    .default([]),
  http_sd_configs: z
    .array(
      z.strictObject({ url, refresh_interval: duration.default(60_000), ...httpKeys }, mustBe('a section with a url')),
      mustBe('a list'),
    )
    .default([]),
};

const supportedDiscovery = Object.keys(discovery).join(', ');

const scrapeConfig = z.strictObject(
  {
    job_name: word.min(1, mustBe('a name')),
    ...sharedKeys,
    fallback_scrape_protocol: protocol.optional(),
    metrics_path: word.regex(/^\//, mustBe('a path, as /metrics')).default('/metrics'),
    scheme: z.enum(['http', 'https'], mustBe('http or https')).default('http'),
    honor_labels: yes.default(false),
    honor_timestamps: yes.default(true),
    track_timestamps_staleness: yes.default(false),
    params: z.record(z.string(), words, mustBe('a section: each parameter with a list of values')).default({}),
    enable_compression: yes.default(true),
    ...httpKeys,
    relabel_configs: rules,
    metric_relabel_configs: rules,
    ...discovery,
  },
  mustBe('a scrape configuration, as {job_name: app, static_configs: [{targets: [app:9464]}]}'),
);

/** `scrape_configs`: a list of jobs. */
export const scrapeConfigs = z.array(scrapeConfig, mustBe('a list of scrape configurations'));

/** The parts of a Prometheus configuration file that are about scraping; the rest of it is not looked at. */
export const prometheusFile = z.object(
  {
    global: globalKeys.prefault({}),
    scrape_configs: scrapeConfigs.default([]),
    scrape_config_files: z
      .array(z.unknown())
      .max(0, 'is not read; put these scrape configurations under scrape_configs')
      .optional(),
  },
  mustBe('a Prometheus configuration: "scrape_configs:" and below it a list'),
);

/** What to say about a key of Prometheus' that we do not have; undefined for others. */
export function unsupportedKey(key: string): string | undefined {
  if (key.endsWith('_sd_configs'))
    return `is a way to find targets that is not supported; supported: ${supportedDiscovery}. Write what it finds to a file of file_sd_configs`;
  switch (key) {
    case 'oauth2':
      return 'is not supported; supported: basic_auth, authorization, http_headers, tls_config';
    case 'proxy_url':
    case 'no_proxy':
    case 'proxy_connect_header':
      return 'is not supported: requests go straight to the target';
    case 'native_histogram_bucket_limit':
    case 'native_histogram_min_bucket_factor':
      return 'is not supported: native histograms are kept as they come';
    case 'scrape_failure_log_file':
      return 'is not supported: failures are in the log and in the list of targets';
    default:
      return undefined;
  }
}

export interface ScrapeFault {
  /** From the list of jobs on. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The jobs of a list, with what `global` says filled in and paths relative to `folder` made absolute; faults are what no single key can know. */
export function scrapeJobs(
  global: z.output<typeof globalKeys>,
  configs: z.output<typeof scrapeConfigs>,
  folder: string,
): { readonly jobs: readonly ScrapeJob[]; readonly faults: readonly ScrapeFault[] } {
  const faults: ScrapeFault[] = [];
  const names = new Set<string>();
  const jobs = configs.map((own, index): ScrapeJob => {
    const config = { ...given(global), ...given(own) };
    const { job_name: name } = own;
    if (names.has(name))
      faults.push({ path: [index, 'job_name'], message: 'must differ from those of the other jobs' });
    names.add(name);
    const intervalMs = config.scrape_interval ?? 60_000;
    const timeoutMs = own.scrape_timeout ?? Math.min(global.scrape_timeout ?? 10_000, intervalMs);
    if (timeoutMs > intervalMs)
      faults.push({ path: [index, 'scrape_timeout'], message: 'must not be longer than scrape_interval' });
    const asked = config.scrape_protocols;
    const nativeHistograms = config.scrape_native_histograms ?? asked?.includes('PrometheusProto') ?? false;
    const legacyNames = config.metric_name_validation_scheme === 'legacy';
    return {
      name,
      intervalMs,
      timeoutMs,
      protocols: asked ?? scrapeProtocols.slice(nativeHistograms ? 0 : 1),
      fallbackProtocol: own.fallback_scrape_protocol,
      nativeHistograms,
      alwaysClassicHistograms: config.always_scrape_classic_histograms ?? false,
      scheme: own.scheme,
      metricsPath: own.metrics_path,
      params: own.params,
      honorLabels: own.honor_labels,
      honorTimestamps: own.honor_timestamps,
      trackTimestampsStaleness: own.track_timestamps_staleness,
      extraMetrics: config.extra_scrape_metrics ?? false,
      legacyNames,
      escaping: config.metric_name_escaping_scheme ?? (legacyNames ? 'underscores' : 'allow-utf-8'),
      http: { ...httpSettings(own, folder), compression: own.enable_compression },
      limits: {
        bodyBytes: config.body_size_limit ?? 0,
        samples: config.sample_limit ?? 0,
        labels: config.label_limit ?? 0,
        labelNameBytes: config.label_name_length_limit ?? 0,
        labelValueBytes: config.label_value_length_limit ?? 0,
        targets: config.target_limit ?? 0,
      },
      relabel: own.relabel_configs,
      metricRelabel: own.metric_relabel_configs,
      static: own.static_configs,
      files: own.file_sd_configs.map(({ files, refresh_interval: refreshMs }) => ({
        files: files.map(file => resolve(folder, file)),
        refreshMs,
      })),
      dns: own.dns_sd_configs.map(({ refresh_interval: refreshMs, ...rest }) => ({ ...rest, refreshMs })),
      web: own.http_sd_configs.map(one => ({
        url: one.url,
        refreshMs: one.refresh_interval,
        http: httpSettings(one, folder),
      })),
    };
  });
  return { jobs, faults };
}

/** The keys that have a value, so that one object can lie over another. */
function given<T extends object>(keys: T): T {
  // Only keys without a value are left out, and all of those are optional.
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined)) as T;
}

function httpSettings(keys: HttpKeys, folder: string): HttpSettings {
  const { basic_auth: basic, authorization, bearer_token, bearer_token_file, http_headers, tls_config: tls } = keys;
  const source = (text: Secret | undefined, file: string | undefined): SecretSource | undefined => {
    if (text !== undefined) return { text };
    return file === undefined ? undefined : { file: resolve(folder, file) };
  };
  const credentials =
    source(authorization?.credentials, authorization?.credentials_file) ?? source(bearer_token, bearer_token_file);
  const tlsSettings: TlsSettings = {
    ca: source(tls?.ca, tls?.ca_file),
    cert: source(tls?.cert, tls?.cert_file),
    key: source(tls?.key, tls?.key_file),
    serverName: tls?.server_name,
    skipVerify: tls?.insecure_skip_verify ?? false,
    minVersion: tls?.min_version && tlsVersions[tls.min_version],
    maxVersion: tls?.max_version && tlsVersions[tls.max_version],
  };
  return {
    followRedirects: keys.follow_redirects,
    compression: true,
    authorization: basic
      ? {
          kind: 'basic',
          user: source(basic.username, basic.username_file) ?? { text: new Secret('') },
          password: source(basic.password, basic.password_file),
        }
      : credentials && { kind: 'scheme', scheme: authorization?.type ?? 'Bearer', credentials },
    headers: Object.entries(http_headers).flatMap(([name, { values, secrets, files }]) => [
      ...values.map(value => ({ name, value: { text: new Secret(value) } })),
      ...secrets.map(value => ({ name, value: { text: value } })),
      ...files.map(file => ({ name, value: { file: resolve(folder, file) } })),
    ]),
    tls: tlsSettings,
  };
}

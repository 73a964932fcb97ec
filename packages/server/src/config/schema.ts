import { isIP } from 'node:net';
import { checkDefinition, type CheckDefinition, maintenanceWindow, type MaintenanceWindow } from '@bellwether/model';
import { z } from 'zod';
import { enrichSettings, scrubSettings } from './enrich-settings.js';
import { findingsSettings } from './findings-settings.js';
import { Secret } from '../base/secret.js';
import { addressForm, parseAddress, type Address } from './address.js';
import { samplingKeys } from './sampling-settings.js';
import { scrapeConfigs, scrapeGlobal } from './scrape-configs.js';
import { promqlFeatures, type PromqlFeature } from '../base/promql-features.js';
import type { ScrapeJob } from './scrape-job.js';

/** What a value must be, in words; shown with the key when it is something else. */
const mustBe = (what: string): { readonly error: string } => ({ error: `must be ${what}` });

const address = (byDefault: string) =>
  z
    .union([z.string(), z.int(), z.literal(false)], mustBe(addressForm))
    .default(byDefault)
    .transform((given, context): Address | undefined => {
      const parsed = parseAddress(given === false ? 'off' : String(given));
      if (parsed !== undefined) return parsed === 'off' ? undefined : parsed;
      context.addIssue({ code: 'custom', message: `must be ${addressForm}`, input: given });
      return z.NEVER;
    });

const unitBytes: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

/** What a size in bytes is written as, 67108864 or '64 MiB', and how it is read. */
const size = (least: string) => {
  const form = `a size of at least ${least}, as 64 MiB, 2 GiB or a number of bytes`;
  const written = z.union([z.string(), z.number()], mustBe(form));
  const read = (given: string | number, context: z.core.$RefinementCtx): number => {
    const size = readBytes(String(given));
    if (size !== undefined && size >= (readBytes(least) ?? 0)) return size;
    context.addIssue({ code: 'custom', message: `must be ${form}`, input: given });
    return z.NEVER;
  };
  return { written, read };
};

const bytes = (byDefault: string, least: string) => {
  const { written, read } = size(least);
  return written.default(byDefault).transform(read);
};

const someBytes = (least: string) => {
  const { written, read } = size(least);
  return written.transform(read).optional();
};

function readBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]iB|B)?$/.exec(text.trim());
  const size = Number(match?.[1]) * (unitBytes[match?.[2] ?? 'B'] ?? 1);
  return match !== null && Number.isSafeInteger(Math.round(size)) ? Math.round(size) : undefined;
}

const days = (byDefault: number) => {
  const form = mustBe('a whole number of days from 1 to 3650');
  return z.int(form).min(1, form).max(3650, form).default(byDefault);
};

/** `10.0.0.0/8`, `fd00::/8`, or one address. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const secondsOfAnHour = (byDefault: number) => {
  const form = mustBe('a whole number of seconds from 1 to 3600');
  return z.int(form).min(1, form).max(3600, form).default(byDefault);
};

const count = (byDefault: number) => {
  const form = mustBe('a whole number from 1 to 100000000');
  return z.int(form).min(1, form).max(100_000_000, form).default(byDefault);
};

const ownDays = days(30).unwrap().optional();

const network = mustBe('a network, as 10.0.0.0/8 or fd00::/8');

const name = mustBe('1 to 64 letters, digits, dashes or underscores');

const section = mustBe('a section with keys of its own');

/** What may be sent: by one workspace, or with one key. */
const sendLimits = z.strictObject(
  {
    itemsPerSecond: count(1)
      .unwrap()
      .optional()
      .describe('Spans, log records and data points. Past it requests are answered 429 (remote write: 503).'),
    bytesPerSecond: someBytes('1 KiB').describe('Of bodies after decompression.'),
    burstSeconds: count(10).describe('What was not sent in so many seconds may be sent at once.'),
    maxRequestBytes: someBytes('1 KiB').describe('Of one body after decompression; `maxBodyBytes` holds besides.'),
    maxItemsPerRequest: count(1).unwrap().optional().describe('A request with more items is answered 413.'),
  },
  section,
);

const ingestKey = z
  .strictObject(
    {
      name: z
        .string(name)
        .regex(/^[\w-]{1,64}$/, name)
        .describe('Shown where the key is named; not secret.'),
      workspace: z
        .string(name)
        .regex(/^[\w-]{1,64}$/, name)
        .default('default')
        .describe('What is sent with this key belongs to this workspace.'),
      sha256: z
        .string(mustBe('64 hex digits: the SHA-256 of the key'))
        .regex(/^[0-9a-fA-F]{64}$/, mustBe('64 hex digits: the SHA-256 of the key; never the key itself'))
        .optional()
        .describe('SHA-256 of the key in hex: `printf %s "$KEY" | sha256sum`.'),
      env: z
        .string(mustBe('the name of an environment variable'))
        .regex(/^[A-Za-z_]\w*$/, mustBe('the name of an environment variable'))
        .optional()
        .describe('The environment variable that holds the key itself. Either this or `sha256`.'),
      limits: sendLimits.optional().describe('What may be sent with this key, besides what its workspace may.'),
    },
    mustBe('a key: {name, sha256} or {name, env}'),
  )
  .refine(key => (key.sha256 === undefined) !== (key.env === undefined), {
    message: 'must have either sha256 (of the key) or env (the variable that holds it), and not both',
  });

/** `bellwether.yaml`. Every key may be absent. The configuration reference is written from these descriptions. */
export const configFile = z.strictObject(
  {
    data: z
      .string(mustBe('a folder'))
      .min(1, mustBe('a folder'))
      .default('./bellwether-data')
      .describe('The data folder. Only one Bellwether can use it at a time.'),
    listen: address('127.0.0.1:4300').describe(
      'API and pages. Only this machine may reach them: there is no sign-in yet.',
    ),
    ingest: z
      .strictObject(
        {
          http: address('127.0.0.1:4318').describe('OTLP over HTTP. An address other than loopback needs `keys`.'),
          grpc: address('127.0.0.1:4317').describe(
            'OTLP over gRPC. When the port is busy, it stays off with a warning.',
          ),
          datadog: address('127.0.0.1:8126').describe("The Datadog agent's API, for Datadog's tracers."),
          datadogSocket: z
            .string(mustBe('the path of a socket'))
            .min(1, mustBe('the path of a socket'))
            .optional()
            .describe("A unix stream socket on which the Datadog agent's API is offered besides its port."),
          statsd: address('127.0.0.1:8125').describe('StatsD and DogStatsD, over UDP and TCP.'),
          statsdSocket: z
            .string(mustBe('the path of a socket'))
            .min(1, mustBe('the path of a socket'))
            .optional()
            .describe('A unix stream socket on which StatsD is taken, too.'),
          statsdFlushSeconds: secondsOfAnHour(10).describe('How often what StatsD brought is aggregated and kept.'),
          statsdGaugeSeconds: count(300).describe('A StatsD gauge is repeated until nobody set it for so long.'),
          statsdSignedGauges: z
            .enum(['delta', 'value'], mustBe('delta or value'))
            .default('delta')
            .describe('What `+3` and `-3` are to a StatsD gauge: a change (`delta`), or its value, as for Datadog.'),
          statsdMaxSeries: count(50_000).describe(
            'Series that StatsD aggregates at a time. A tenth of it is for one metric; what is beyond counts in its overflow series.',
          ),
          fluent: address('127.0.0.1:24224').describe('The forward protocol of Fluentd and Fluent Bit.'),
          fluentSharedKey: z
            .string(mustBe('the name of an environment variable'))
            .regex(/^[A-Za-z_]\w*$/, mustBe('the name of an environment variable'))
            .optional()
            .describe('The environment variable with the shared key that senders of the forward protocol must know.'),
          syslog: address('127.0.0.1:5514').describe('Syslog (RFC 5424) over UDP and TCP.'),
          keyless: z
            .strictObject(
              {
                workspace: z
                  .string(name)
                  .regex(/^[\w-]{1,64}$/, name)
                  .default('default')
                  .describe('What they send belongs to this workspace.'),
                networks: z
                  .array(
                    z.string(network).refine(text => isNetwork(text), network),
                    mustBe('a list of networks'),
                  )
                  .default([])
                  .describe(
                    'From where they are taken, as 10.0.0.0/8; this machine always. Needed when one listens beyond loopback.',
                  ),
              },
              section,
            )
            .prefault({})
            .describe('Protocols that carry no key: StatsD, Datadog, Fluent, syslog.'),
          maxBodyBytes: bytes('64 MiB', '1 KiB').describe(
            'A request whose body is larger after decompression is answered 413.',
          ),
          limits: sendLimits.prefault({}).describe('What each workspace may send, all its keys together.'),
          rememberedRequests: count(2_000_000).describe(
            'Requests of the last 24 hours that are remembered, so that one that is sent again is not stored twice. Each takes 16 to 43 bytes of memory.',
          ),
          maxSeriesPerMetric: count(10_000).describe(
            'Series of one metric in one workspace. What is beyond counts together in one overflow series, or is refused.',
          ),
          maxSeries: count(1_000_000).describe('Series of all metrics of one workspace.'),
          keys: z
            .array(ingestKey, mustBe('a list of keys'))
            .default([])
            .describe('Who may send. Without keys everybody on this machine may, and nobody else.'),
        },
        section,
      )
      .prefault({})
      .describe('How telemetry comes in.'),
    scrape: z
      .strictObject(
        {
          file: z
            .string(mustBe('the path of a Prometheus configuration'))
            .min(1, mustBe('the path of a Prometheus configuration'))
            .optional()
            .describe('A Prometheus configuration whose `global` and `scrape_configs` are taken as they are.'),
          workspace: z
            .string(name)
            .regex(/^[\w-]{1,64}$/, name)
            .default('default')
            .describe('What is scraped belongs to this workspace.'),
          global: z
            .unknown()
            .pipe(scrapeGlobal)
            .prefault({})
            .describe(
              "What holds for every entry of `configs`, under Prometheus' own keys: `scrape_interval` and so on.",
            ),
          configs: z
            .unknown()
            .pipe(scrapeConfigs)
            .prefault([])
            .describe("What is scraped: Prometheus' `scrape_configs`, with the same keys."),
        },
        section,
      )
      .prefault({})
      .describe('Metrics that are fetched from programs that expose them, as Prometheus does.'),
    scrub: scrubSettings,
    enrich: enrichSettings,
    wal: z
      .strictObject(
        { maxBytes: bytes('4 GiB', '64 MiB').describe('Past it ingest answers 503 until blocks are stored.') },
        section,
      )
      .prefault({})
      .describe('The write-ahead log, which holds what was acknowledged until it is stored.'),
    blocks: z
      .strictObject(
        { maxBytes: bytes('4 GiB', '64 MiB').describe('Past it ingest answers 503 until blocks are stored.') },
        section,
      )
      .prefault({})
      .describe('Files of rows that wait for the store.'),
    tailSampling: z
      .strictObject(
        {
          ...samplingKeys,
          maxHeldBytes: bytes('64 MiB', '1 MiB').describe(
            'Memory for spans that wait to be decided. Past it, the oldest are decided before their time.',
          ),
        },
        section,
      )
      .prefault({})
      .describe('Which traces are kept, when not all of them are. Rates, errors and durations are counted of all.'),
    retention: z
      .strictObject(
        {
          tracesDays: days(30).describe('Spans, and the figures of the service pages that are read from spans.'),
          logsDays: days(30).describe('Log records.'),
          metricsDays: days(30).describe('Metric samples, histograms and exemplars.'),
          maxDiskGiB: z
            .number(mustBe('a number of GiB above 0'))
            .positive(mustBe('a number of GiB above 0'))
            .optional()
            .describe(
              'What the store may take on disk. Past it, what was received first is dropped; from 90% on it is announced. Absent: no limit.',
            ),
          workspaces: z
            .record(
              z.string().regex(/^[\w-]{1,64}$/, name),
              z.strictObject({ tracesDays: ownDays, logsDays: ownDays, metricsDays: ownDays }, section),
              section,
            )
            .default({})
            .describe('Workspaces that keep data for another time: `shop: {logsDays: 7}`.'),
        },
        section,
      )
      .prefault({})
      .describe('How long data is kept, counted from the day it was received.'),
    findings: findingsSettings,
    dashboards: z
      .strictObject(
        {
          folder: z
            .string(mustBe('a folder'))
            .min(1, mustBe('a folder'))
            .optional()
            .describe(
              'A folder of Grafana dashboards (JSON), read again when a file changes: `./grafana_dashboards`. Shown beside the built-in ones and those saved in the pages; never written to.',
            ),
        },
        section,
      )
      .prefault({})
      .describe('Dashboards that lie in files.'),
    uptime: z
      .strictObject(
        {
          allowInternal: z
            .boolean(mustBe('true or false'))
            .default(false)
            .describe(
              'Whether checks may call internal addresses: this machine, private networks, the metadata service of a cloud. Whoever makes checks in the pages reaches them then.',
            ),
          maxRunning: z
            .int(mustBe('a whole number from 1 to 500'))
            .min(1, mustBe('a whole number from 1 to 500'))
            .max(500, mustBe('a whole number from 1 to 500'))
            .default(20)
            .describe('Checks that run at a time; the others wait.'),
          workspace: z
            .string(name)
            .regex(/^[\w-]{1,64}$/, name)
            .default('default')
            .describe('To which the checks of this file belong.'),
          checks: z
            .array(checkDefinition, mustBe('a list of checks'))
            .default([])
            .describe(
              'What is checked from outside: HTTP, TCP, DNS, TLS certificates, jobs that call. See [Uptime](uptime.md).',
            ),
          maintenance: z
            .array(maintenanceWindow, mustBe('a list of maintenance windows'))
            .default([])
            .describe('When failures of checks do not count, once or weekly. See [Uptime](uptime.md).'),
        },
        section,
      )
      .prefault({})
      .describe('Checks that this server runs, beside those that are made in the pages.'),
    query: z
      .strictObject(
        {
          maxSeconds: z
            .number(mustBe('a number of seconds from 1 to 600'))
            .min(1, mustBe('a number of seconds from 1 to 600'))
            .max(600, mustBe('a number of seconds from 1 to 600'))
            .default(10)
            .describe('A query that takes longer is stopped and says so.'),
          maxMemoryBytes: bytes('1 GiB', '64 MiB').describe('A query that needs more memory is stopped and says so.'),
          promqlCacheBytes: bytes('256 MiB', '0').describe(
            'What the samples of metrics that PromQL asks for again and again may take in memory. 0: they are read each time.',
          ),
          promqlFeatures: z
            .array(z.enum(promqlFeatures, mustBe(`one of ${promqlFeatures.join(', ')}`)), mustBe('a list of features'))
            .default(['promql-experimental-functions', 'promql-duration-expr'])
            .describe(
              "Parts of PromQL that Prometheus has behind flags, by the flags' names; `prometheus-2`: answers as before Prometheus 3.",
            ),
        },
        section,
      )
      .prefault({})
      .describe('Limits of one query.'),
  },
  section,
);

export type ConfigFile = z.output<typeof configFile>;

/** Absent: as much as it likes. */
export interface SendLimits {
  readonly itemsPerSecond?: number | undefined;
  readonly bytesPerSecond?: number | undefined;
  readonly burstSeconds: number;
  readonly maxRequestBytes?: number | undefined;
  readonly maxItemsPerRequest?: number | undefined;
}

/** Who may send: a key is known by its hash only. */
export interface IngestKey {
  readonly name: string;
  readonly workspace: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly limits?: SendLimits | undefined;
}

interface RetentionDays {
  readonly tracesDays: number;
  readonly logsDays: number;
  readonly metricsDays: number;
}

/** The configuration with every default filled in. `undefined` addresses are off. */
export interface Config {
  /** Absolute. */
  readonly dataDir: string;
  readonly listen: Address | undefined;
  readonly ingest: {
    readonly http: Address | undefined;
    readonly grpc: Address | undefined;
    readonly datadog: Address | undefined;
    readonly datadogSocket?: string | undefined;
    readonly statsd: Address | undefined;
    readonly statsdSocket?: string | undefined;
    readonly statsdFlushSeconds: number;
    readonly statsdGaugeSeconds: number;
    readonly statsdSignedGauges: 'delta' | 'value';
    readonly statsdMaxSeries: number;
    readonly fluent: Address | undefined;
    readonly fluentSharedKey: Secret | undefined;
    readonly syslog: Address | undefined;
    readonly keyless: { readonly workspace: string; readonly networks: readonly string[] };
    readonly maxBodyBytes: number;
    readonly limits: SendLimits;
    readonly rememberedRequests: number;
    readonly maxSeriesPerMetric: number;
    readonly maxSeries: number;
    readonly keys: readonly IngestKey[];
  };
  readonly scrape: {
    /** A Prometheus configuration, as an absolute path. */
    readonly file: string | undefined;
    readonly workspace: string;
    readonly ownJobs: readonly ScrapeJob[];
    /** Our own and those of `file`. */
    readonly jobs: readonly ScrapeJob[];
  };
  readonly enrich: {
    readonly scrub: z.output<typeof scrubSettings>;
    readonly routes: readonly string[];
  };
  readonly wal: { readonly maxBytes: number };
  readonly blocks: { readonly maxBytes: number };
  readonly tailSampling: {
    readonly share?: number | undefined;
    readonly keepRarePerMinute: number;
    readonly holdSeconds: number;
    readonly maxHeldBytes: number;
    readonly workspaces: Readonly<Record<string, { readonly share?: number | undefined }>>;
  };
  readonly findings: z.output<typeof findingsSettings>;
  readonly retention: RetentionDays & {
    readonly workspaces: Readonly<Record<string, { readonly [Key in keyof RetentionDays]?: number | undefined }>>;
    readonly maxDiskBytes: number | undefined;
  };
  /** An absolute path. */
  readonly dashboards: { readonly folder: string | undefined };
  readonly uptime: {
    readonly allowInternal: boolean;
    readonly maxRunning: number;
    readonly workspace: string;
    readonly checks: readonly CheckDefinition[];
    readonly maintenance: readonly MaintenanceWindow[];
  };
  readonly query: {
    readonly maxSeconds: number;
    readonly maxMemoryBytes: number;
    readonly promqlCacheBytes: number;
    readonly promqlFeatures: readonly PromqlFeature[];
  };
}

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger } from 'fastify';
import { startApi } from './api/start-api.js';
import type { PromqlFeature } from './base/promql-features.js';
import { isLoopback, type Address } from './config/address.js';
import type { Config } from './config/schema.js';
import { defaultThresholds, type Thresholds } from './findings/thresholds.js';
import { watchFindings } from './findings/watch-findings.js';
import { isWhole } from './handover/block-files.js';
import { listenForReceiver } from './handover/from-receiver.js';
import { watchErrors } from './query/errors/watch-errors.js';
import { keepLinks } from './query/map/keep-links.js';
import { SampleCache } from './promql/sample-cache.js';
import { SeriesVersions, countingInsert } from './promql/series-versions.js';
import { tellingInsert } from './promql/telling-insert.js';
import { defaultPromql } from './promql/settings.js';
import { SourceMaps } from './source-maps/source-maps.js';
import { openChdbStore } from './store/chdb-store.js';
import { migrate } from './store/migrate.js';
import { keepWithinBudget } from './store/disk-budget.js';
import { openControlStore } from './control/control-store.js';
import { Checks } from './uptime/checks.js';
import { reportRuns } from './uptime/report-runs.js';
import { systemResolve } from './uptime/resolve-target.js';
import { blockInserter } from './store/quarantine.js';
import { applyRetention, metricsDaysOf, type Retention } from './store/retention.js';

export interface ServerOptions {
  /** Holds `clickhouse/`, `blocks/` and `server.sock`. The caller has its lock. */
  readonly dataDir: string;
  readonly listen: Address;
  readonly retention: Retention & { readonly maxDiskBytes: number | undefined };
  readonly query: {
    readonly maxSeconds: number;
    readonly maxMemoryBytes: number;
    readonly promqlFeatures: readonly PromqlFeature[];
    readonly promqlCacheBytes: number;
  };
  /** From where on something in a trace is a finding. */
  readonly findings?: Thresholds | undefined;
  /** Dashboards to show beside the built-in ones. */
  readonly dashboardsFolder?: string | undefined;
  /** Checks of the configuration, and what checks may do; without, only those that are made in the pages run, and nothing internal is called. */
  readonly uptime?: Config['uptime'] | undefined;
  readonly version: string;
  /** The pages say that what they show comes from the sample shop. */
  readonly demo: boolean;
  readonly log: FastifyBaseLogger;
}

export interface RunningServer {
  readonly port: number;
  /** Ends queries and the insert under way, then closes the engine. */
  stop(): Promise<void>;
}

/**
 * The server: holds the engine, stores what the receiver hands over, answers the API and the pages.
 * Rejects when the data is of a newer version (`DataIsNewer`), the engine can not open it, or the port can not be had.
 */
export async function runServer(options: ServerOptions, signal: AbortSignal): Promise<RunningServer> {
  const { dataDir, dashboardsFolder, listen, version, demo, log } = options;
  const startedAtMs = Date.now();
  await mkdir(join(dataDir, 'blocks'), { recursive: true, mode: 0o700 });

  const store = await openChdbStore({ dataDir, query: options.query });
  await migrate(store, fileURLToPath(new URL('../migrations', import.meta.url)), version);
  const control = openControlStore(
    join(dataDir, 'control.db'),
    fileURLToPath(new URL('../control-migrations', import.meta.url)),
    version,
  );
  const { maxDiskBytes } = options.retention;
  await applyRetention(store, options.retention);
  const sampleCache = new SampleCache(options.query.promqlCacheBytes, Date.now, workspace =>
    metricsDaysOf(options.retention, workspace),
  );
  const dropped = (): void => sampleCache.clear();
  const budget =
    maxDiskBytes === undefined
      ? undefined
      : keepWithinBudget({ store, maxBytes: maxDiskBytes, now: Date.now, dropped, log });

  const versions = new SeriesVersions();
  const stored = blockInserter(store, join(dataDir, 'blocks', 'quarantine'));
  const insert = countingInsert(tellingInsert(stored, store, sampleCache), store, versions);
  const links = keepLinks({ store, now: Date.now, log });
  const findings = watchFindings({
    store,
    control,
    blocksDir: join(dataDir, 'blocks'),
    thresholds: options.findings ?? defaultThresholds,
    now: Date.now,
    log,
  });
  const maps = new SourceMaps(control);
  const errors = watchErrors({ store, control, maps, now: Date.now, log });
  const insertAndTell: typeof insert = async (file, token) => {
    const isStored = findings.inserting(file);
    try {
      return await insert(file, token);
    } finally {
      await isStored();
      if (file.table === 'spans') links.spansCame();
    }
  };
  const receiver = await listenForReceiver({
    socketPath: join(dataDir, 'server.sock'),
    insert: insertAndTell,
    isWhole,
    log,
  });

  const { uptime } = options;
  const reporter = reportRuns({ blocksDir: join(dataDir, 'blocks'), insert: insertAndTell, now: Date.now, log });
  const checks = new Checks({
    control,
    fromFile: (uptime?.checks ?? []).map(check => ({ workspace: uptime?.workspace ?? 'default', check })),
    windowsFromFile: (uptime?.maintenance ?? []).map(window => ({ workspace: uptime?.workspace ?? 'default', window })),
    hasSampleShop: demo,
    maxRunning: uptime?.maxRunning ?? 20,
    // The sample shop runs beside a server that only this machine can reach, and its checks call it.
    reach: {
      allowInternal: uptime?.allowInternal ?? false,
      allowLoopback: demo && isLoopback(listen),
      resolve: systemResolve,
    },
    report: reporter.report,
    now: Date.now,
    log,
  });

  const { tracesDays, logsDays, metricsDays } = options.retention;
  const retentionDays = { traces: tracesDays, logs: logsDays, metrics: metricsDays };
  const api = await startApi(
    {
      store,
      receiver,
      control,
      uptime: { checks, control },
      budget,
      retentionDays,
      listen,
      version,
      startedAtMs,
      demo,
      uiDir: builtPages(),
      dataDir,
      dashboardsFolder,
      log,
      promql: { ...defaultPromql, maxSeconds: options.query.maxSeconds, features: options.query.promqlFeatures },
      seriesVersion: workspace => versions.of(workspace),
      sampleCache,
    },
    signal,
  );

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= shutDown());
  signal.addEventListener('abort', () => void stop(), { once: true });
  if (signal.aborted) await stop();
  return { port: api.port, stop };

  async function shutDown(): Promise<void> {
    budget?.stop();
    await Promise.all([api.stop(), receiver.close(), findings.stop(), errors.stop(), links.stop(), checks.stop()]);
    await Promise.all([reporter.stop(), maps.close()]);
    sampleCache.close();
    await store.close();
    control.close();
  }
}

/** The pages that were built into the package; absent in a source tree that was not built yet. */
function builtPages(): string | undefined {
  const folder = fileURLToPath(new URL('../ui', import.meta.url));
  return existsSync(join(folder, 'index.html')) ? folder : undefined;
}

import { join } from 'node:path';
import { ByteBudget } from './base/byte-budget.js';
import { Lanes } from './base/lanes.js';
import type { BodyLimits } from './base/read-body.js';
import { steadyClock } from './base/steady-clock.js';
import type { Log } from './base/log.js';
import type { Secret } from './base/secret.js';
import { decodeRecord, release } from './decode/decode.js';
import { enrichMetrics } from './enrich/enrich-metrics.js';
import { defaultEnrichOptions, enrichment, type EnrichOptions } from './enrich/enrichment.js';
import { LogEvents } from './enrich/log-events.js';
import { hashKey, needsHashKey } from './enrich/scrub/hash-key.js';
import { clearBlockFiles } from './handover/block-files.js';
import { addTo, BlockItems } from './handover/block-items.js';
import { BlockQueue, type Rebuilt } from './handover/block-queue.js';
import type { ReceiverStatus } from './handover/messages.js';
import { connectToServer } from './handover/to-server.js';
import { bugLog } from './receive/bug-log.js';
import { CumulativePoints } from './receive/cumulative-points.js';
import { Cutter } from './receive/cutter.js';
import { DayGuard } from './receive/day-guard.js';
import { FairTurns } from './receive/fair-turns.js';
import { HeldRecords } from './receive/held-records.js';
import { intake } from './receive/intake.js';
import { Ledger } from './receive/ledger.js';
import { Limiter, type SendLimits } from './receive/limits.js';
import { listenHttp, type Listener } from './receive/listen-http.js';
import { listenGrpc } from './receive/otlp-grpc.js';
import type { Keyless, PortName, ReceiveDeps } from './receive/protocol.js';
import { ingestRoutes, portProtocols } from './receive/protocols.js';
import { rebuildBlock, replayTail, uncounted, type ReplayDeps } from './receive/replay.js';
import { SeenRequests } from './receive/seen-requests.js';
import { SeriesGuard, type SeriesLimits } from './receive/series-guard.js';
import { statsdOptions, type StatsdOptions } from './receive/statsd/statsd-options.js';
import type { Admission, IngestKey } from './receive/workspace.js';
import { TailSampler, type KeptFor, type SamplingOptions } from './sample/tail-sampler.js';
import type { RunningScrape, ScrapeSettings } from './scrape/scrape.js';
import type { PlacedCut, RecoveredCut } from './wal/recovery.js';
import { WriteAheadLog } from './wal/write-ahead-log.js';
import { BlockBuilder } from './write/block-builder.js';

export { portProtocols, statsdOptions, type PortName };

export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface ReceiverOptions {
  /** Holds `wal/`, `blocks/` and the server's socket. */
  readonly dataDir: string;
  /** Undefined: off. */
  readonly http: Address | undefined;
  readonly grpc: Address | undefined;
  /** Ports of the other protocols; absent: off. */
  readonly ports: Readonly<Partial<Record<PortName, Address | undefined>>>;
  readonly keyless: Keyless;
  /** What is taken out and worked out of all that comes in; absent: the defaults. */
  readonly enrich?: EnrichOptions | undefined;
  /** The key of hashes; absent: a file of the data folder. */
  readonly scrubKey?: string | undefined;
  /** What senders of Fluentd's forward protocol must know; undefined: nothing. */
  readonly fluentSharedKey?: Secret | undefined;
  readonly statsd: StatsdOptions;
  /** A unix socket for the Datadog agent's API, besides its port. */
  readonly datadogSocket?: string | undefined;
  readonly seriesLimits: SeriesLimits;
  /** Of one unpacked body. */
  readonly maxBodyBytes: number;
  /** Past it requests are answered 503. */
  readonly walMaxBytes: number;
  /** Past it blocks are not written ahead, but made from the log when their turn comes. */
  readonly blocksMaxBytes: number;
  /** What each workspace may send; absent: as much as it likes. Keys may have limits of their own. */
  readonly sendLimits?: SendLimits;
  /** Requests that are remembered so that a copy of one is not stored twice. */
  readonly rememberedRequests?: number;
  /** Which traces are kept; absent: all. */
  readonly tailSampling?: SamplingOptions | undefined;
  /** What is fetched from programs that expose metrics; absent: nothing. */
  readonly scrape?: ScrapeSettings;
  /** None: everybody may send, and `X-Scope-OrgID` names the workspace. Only right on loopback. */
  readonly keys: readonly IngestKey[];
  readonly log: Log;
}

export interface RunningReceiver {
  /** Undefined when off. */
  readonly httpPort: number | undefined;
  /** Undefined when off, or when another program has the port (a warning is in the log). */
  readonly grpcPort: number | undefined;
  /** The other ports that are open. */
  readonly ports: Readonly<Partial<Record<PortName, number>>>;
  /** Every target that is scraped, with its health. */
  readonly scrapeTargets: RunningScrape['targets'];
  /** Stops listening, answers what is in flight, hands over for up to 2 s, and closes. What is not handed over then waits in the log. */
  stop(): Promise<void>;
}

/**
 * The receiver: takes telemetry in, keeps it on disk, hands it to the server in blocks.
 * It lives without the server for as long as the log has room. Rejects when a folder or the HTTP port can not be had.
 */
export async function runReceiver(options: ReceiverOptions, signal: AbortSignal): Promise<RunningReceiver> {
  const { dataDir, maxBodyBytes, keys, log } = options;
  const startedAtMs = Date.now();
  const now = steadyClock({
    wall: Date.now,
    monotonic: () => performance.now(),
    jumped: byMs => log.warn({ byMs }, 'the clock of this machine jumped; what is received is dated by its new time'),
  });
  const ledger = new Ledger(startedAtMs);
  const bug = bugLog(log, () => ledger.bug());
  const blocksFolder = join(dataDir, 'blocks');

  const walFolder = join(dataDir, 'wal');
  const maxRequests = options.rememberedRequests ?? 2_000_000;
  const seen = new SeenRequests({ folder: walFolder, maxRequests, now: Date.now });
  let savedForgettable = 0;
  const { log: wal, recovery } = await WriteAheadLog.open({
    folder: walFolder,
    maxBytes: options.walMaxBytes,
    log,
    onCommit: commit => ledger.committed(commit),
    save() {
      savedForgettable = ledger.items.forgettable;
      return { items: ledger.items.save(), rejections: ledger.rejections.newestFirst() };
    },
    seen: (hash, receivedMs) => seen.add(hash, receivedMs),
    beforeDelete: () => seen.save(),
  });
  ledger.restore(recovery.saved);
  await clearBlockFiles(blocksFolder);

  const { enrich = defaultEnrichOptions } = options;
  const key = needsHashKey(enrich.scrub) ? await hashKey(dataDir, options.scrubKey) : undefined;
  const enriching = enrichment(enrich, key);
  const counting = { ...enriching, logEvents: new LogEvents() };
  const newBuilder = (): BlockBuilder => new BlockBuilder(counting);
  // What is built once more was counted before.
  const newRebuilder = (): BlockBuilder => new BlockBuilder(enriching);
  const replay: ReplayDeps = {
    log: wal,
    newBuilder: newRebuilder,
    decode: decodeRecord,
    ledger: ledger.items,
    unreadable,
  };
  const queue = new BlockQueue({
    folder: blocksFolder,
    maxBytes: options.blocksMaxBytes,
    send: message => server.send(message),
    settle: items => ledger.items.settle(items),
    stored: upTo => wal.stored(upTo),
    log,
  });
  const rebuild = (cut: PlacedCut): Promise<Rebuilt> => rebuildBlock(cut, replay);
  const cutterDeps = { newBuilder, log: wal, queue, rebuild, bug };
  const lastCut = (isHeld: boolean): number | undefined =>
    recovery.cuts.findLast(cut => isOfHeld(cut) === isHeld)?.toSeq;
  const cutter = new Cutter({ ...cutterDeps, isHeld: false }, lastCut(false) ?? wal.storedSeq);
  const heldCutter = new Cutter({ ...cutterDeps, isHeld: true }, lastCut(true) ?? wal.heldStoredSeq);
  const sampler = options.tailSampling && new TailSampler(options.tailSampling, () => performance.now());
  const held =
    sampler &&
    new HeldRecords({
      cutter: heldCutter,
      decide: (workspace, batches) => sampler.decide(workspace, batches),
      release,
      holdMs: (options.tailSampling?.holdSeconds ?? 0) * 1000,
      maxBytes: options.tailSampling?.maxHeldBytes ?? 0,
      bug,
    });
  ledger.items.watch(() => [
    ...cutter.pending(),
    ...(held?.pending() ?? []),
    ...heldCutter.pending(),
    ...queue.pending(),
  ]);
  for (const cut of recovery.cuts) {
    const block = { ...cut, isHeld: isOfHeld(cut), items: recoveredItems(cut), rebuild: () => rebuild(cut) };
    await queue.push(block, undefined);
  }
  if (recovery.tail !== undefined) await replayTail(recovery.tail, cutter, replay);
  if (recovery.heldTail !== undefined) {
    const replayed = sampler?.keep.bind(sampler);
    await replayTail(recovery.heldTail, heldCutter, { ...replay, ...(replayed && { replayed }) });
  }

  const budget = new ByteBudget(Math.max(192 << 20, 3 * maxBodyBytes));
  const limiter = new Limiter({
    workspace: options.sendLimits ?? { burstSeconds: 1 },
    keys: new Map(keys.flatMap(({ name, limits }) => (limits === undefined ? [] : [[name, limits]]))),
    now: () => performance.now(),
  });
  const turns = new FairTurns();
  const days = new DayGuard(now);
  const guard = new SeriesGuard(options.seriesLimits, now);
  const points = new CumulativePoints(guard);
  const take = intake({
    decode: decodeRecord,
    release,
    points,
    turns,
    limiter,
    days,
    seen,
    log: wal,
    cutter,
    sampling: sampler && held && { holds: (workspace, batches) => sampler.holds(workspace, batches), held },
    ledger,
    now,
    bug,
  });
  const limits: BodyLimits = { maxBodyBytes, timeoutMs: 30_000, budget, unpacking: new Lanes(2) };
  const { keyless, statsd } = options;
  const limitsOf = (admission: Admission): BodyLimits => {
    limiter.check(admission);
    const share = budget.share(admission.workspace);
    return { ...limits, maxBodyBytes: limiter.maxRequestBytes(admission, maxBodyBytes), budget: share };
  };
  const deps: ReceiveDeps = {
    intake: take,
    limits,
    limitsOf,
    keys,
    keyless,
    fluentSharedKey: options.fluentSharedKey,
    statsd,
    datadogSocket: options.datadogSocket,
    ledger,
    now,
    bug,
    log,
  };
  const http =
    options.http &&
    (await listenHttp(options.http, {
      routes: ingestRoutes.flatMap(routes => routes(deps)),
      protocol: 'otlp/http',
      hasKeys: keys.length > 0,
      unready: () => (wal.isFull ? 'the write-ahead log is full, or its disk' : undefined),
      ledger,
      now,
      bug,
      log,
      hint: 'Set OTEL_EXPORTER_OTLP_ENDPOINT to this address. The pages are at http://127.0.0.1:4300 unless set otherwise.',
    }).catch(async (error: unknown) => {
      await Promise.all([cutter.cut(), heldCutter.cut()]);
      await wal.close();
      throw error;
    }));
  const grpc =
    options.grpc &&
    (await listenGrpc(options.grpc, { intake: take, keys, maxBodyBytes, limitsOf, ledger, now, bug, log }).catch(
      (error: unknown) => {
        log.warn({ err: error }, 'the gRPC port can not be had; OTLP over gRPC is off');
        return undefined;
      },
    ));

  const others = await listenOthers();
  const scrape = await scraping(options.scrape, deps);

  observe();
  const server = connectToServer(
    join(dataDir, 'server.sock'),
    {
      up() {
        report().catch(bug);
        queue.up();
      },
      down: () => queue.down(),
      message(message) {
        if (message.type !== 'flush') return queue.answered(message);
        flush().then(upTo => server.send({ type: 'flushed', id: message.id, upTo }), bug);
      },
    },
    log,
  );

  const reporting = reportWhenChanged();
  const saving = setInterval(() => {
    if (ledger.items.forgettable !== savedForgettable) wal.checkpoint();
  }, 1000).unref();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= shutDown());
  signal.addEventListener('abort', () => void stop(), { once: true });
  if (signal.aborted) await stop();
  return {
    httpPort: http?.port,
    grpcPort: grpc?.port,
    ports: Object.fromEntries([...others].map(([name, { port }]) => [name, port])),
    scrapeTargets: scrape.targets,
    stop,
  };

  /** A port that another program has costs its own protocol only. */
  async function listenOthers(): Promise<ReadonlyMap<PortName, Listener>> {
    const listeners = new Map<PortName, Listener>();
    for (const { name, what, listen } of portProtocols) {
      const address = options.ports[name];
      if (address === undefined) continue;
      try {
        listeners.set(name, await listen(address, deps));
      } catch (error) {
        log.warn({ err: error }, `the port of ${what} can not be had; it is off`);
      }
    }
    return listeners;
  }

  function observe(): void {
    enrichMetrics(ledger.registry, enriching);
    ledger.gauge('bellwether_wal_bytes', 'Size of the write-ahead log.', () => wal.bytes);
    ledger.gauge(
      'bellwether_wal_damaged_ranges',
      'Ranges of the log set aside at the last start.',
      () => recovery.damagedRanges,
    );
    ledger.gauge(
      'bellwether_receiver_pending_rows',
      'Rows that wait for their block.',
      () => cutter.pendingRows + heldCutter.pendingRows,
    );
    if (sampler !== undefined && held !== undefined) samplingMetrics(ledger, sampler, held);
    ledger.gauge('bellwether_metric_series', 'Series of metrics that are known now.', () => guard.series);
    ledger.gauge(
      'bellwether_metric_series_totals',
      'Series that were deltas and whose total is known.',
      () => points.series,
    );
    ledger.counter(
      'bellwether_metric_series_totals_forgotten_total',
      'Totals that made room for others; the series begins again.',
      () => points.forgotten,
    );
    ledger.counter(
      'bellwether_metric_overflow_points_total',
      'Points of series that are too many.',
      () => guard.overflowPoints,
    );
    ledger.gauge('bellwether_receiver_inflight_bytes', 'Bytes of requests in memory.', () => budget.taken);
    ledger.gauge('bellwether_receiver_waiting_requests', 'Requests that wait for their turn.', () => turns.waiting);
    ledger.gauge('bellwether_receiver_remembered_requests', 'Requests whose copies are known.', () => seen.count);
    ledger.gauge('bellwether_blocks_waiting', 'Blocks that are not in the store yet.', () => queue.length);
    ledger.gauge('bellwether_blocks_bytes', 'Size of block files on disk.', () => queue.bytes);
    ledger.counter('bellwether_blocks_inserted_total', 'Blocks inserted since the start.', () => queue.insertedBlocks);
    ledger.counter(
      'bellwether_blocks_quarantined_rows_total',
      'Rows the engine refused since the start.',
      () => queue.quarantinedRows,
    );
    ledger.gauge('bellwether_receiver_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
    ledger.counter('bellwether_receiver_cpu_seconds_total', 'CPU time since the start.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  function recoveredItems(cut: RecoveredCut): BlockItems {
    const items = new BlockItems();
    for (const { items: count, ...account } of cut.came) addTo(items.came, ledger.items.row(account), count);
    for (const [row, count] of cut.hasUncounted ? uncounted(cut, replay) : []) addTo(items.came, row, count);
    for (const [row, count] of items.came) ledger.items.replayed(row, count);
    return items;
  }

  function unreadable(seq: number, error: unknown): void {
    log.error({ err: error, seq }, 'a record of the log can not be made into rows any more; they are left out');
    ledger.bug();
  }

  async function flush(): Promise<string> {
    await held?.releaseAll();
    await Promise.all([cutter.cut(), heldCutter.cut()]);
    const upTo = Math.max(cutter.lastSeq, heldCutter.lastSeq);
    await queue.whenStored();
    return String(upTo);
  }

  async function report(): Promise<void> {
    const status: ReceiverStatus = {
      startedAtMs,
      otlpHttp: http && urlOf(options.http, http.port),
      otlpGrpc: grpc && urlOf(options.grpc, grpc.port),
      signals: ledger.signals(),
      ...ledger.lists(),
      ledger: {
        sinceMs: ledger.items.sinceMs,
        rows: ledger.items.rows(),
        requests: ledger.items.refusedRequests(),
      },
      overflows: guard.overflows(),
      scrapeTargets: targetsOf(scrape.targets(), options.scrape?.workspace ?? 'default'),
      walBytes: wal.bytes,
      blocksBytes: queue.bytes,
      metricsText: await ledger.registry.metrics(),
    };
    server.send({ type: 'status', status });
  }

  function reportWhenChanged(): NodeJS.Timeout {
    let told = '';
    return setInterval(() => {
      const state = [ledger.changes, guard.overflowPoints, wal.bytes, queue.bytes, queue.length].join();
      if (state === told || !server.isUp()) return;
      told = state;
      report().catch(bug);
    }, 1000).unref();
  }

  async function shutDown(): Promise<void> {
    await scrape.stop();
    await Promise.all([http, grpc, ...others.values()].map(listener => listener?.stop(1000)));
    clearInterval(reporting);
    clearInterval(saving);
    held?.stop();
    const handedOver = server.isUp() ? flush().then(() => undefined) : Promise.all([cutter.cut(), heldCutter.cut()]);
    await Promise.race([handedOver.catch(bug), new Promise<void>(resolve => setTimeout(resolve, 2000).unref())]);
    server.close();
    await queue.close();
    await wal.close();
  }
}

function samplingMetrics(ledger: Ledger, sampler: TailSampler, held: HeldRecords): void {
  ledger.gauge('bellwether_sampling_held_requests', 'Requests that wait for their traces.', () => held.length);
  ledger.gauge('bellwether_sampling_held_bytes', 'Memory of requests that wait for their traces.', () => held.bytes);
  ledger.counter(
    'bellwether_sampling_early_requests_total',
    'Requests that were decided before their time, for want of memory.',
    () => held.early,
  );
  for (const why of ['error', 'slow', 'rare', 'restart'] as const)
    ledger.counter(
      `bellwether_sampling_kept_${why}_traces_total`,
      `Traces that are kept whole: ${whyKept[why]}.`,
      () => sampler.marked[why],
    );
}

const whyKept: Readonly<Record<KeptFor, string>> = {
  error: 'with an error',
  slow: 'slow for their operation',
  rare: 'of an operation that was seldom seen in the minute',
  restart: 'they waited when the receiver stopped',
};

/** Is it the cut of a block of held records? */
function isOfHeld(cut: PlacedCut): boolean {
  return cut.decisions !== undefined;
}

/** The address as it is bound: senders that take `localhost` for `::1` first would not find 127.0.0.1. */
function urlOf(address: Address | undefined, port: number): string {
  const host = address?.host ?? '127.0.0.1';
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What only scraping needs is loaded only then: 5 MB less for everybody else. */
async function scraping(settings: ScrapeSettings | undefined, deps: ReceiveDeps): Promise<RunningScrape> {
  if (settings === undefined || (settings.jobs.length === 0 && settings.file === undefined))
    return { targets: () => [], stop: () => Promise.resolve() };
  const { startScrape } = await import('./scrape/scrape.js');
  return startScrape(settings, deps);
}

/** Targets shown on the pages. */
const maxTargets = 200;

/** Without their labels; those that fail first. */
function targetsOf(targets: ReturnType<RunningScrape['targets']>, workspace: string): ReceiverStatus['scrapeTargets'] {
  return targets
    .map(({ job, url, state, lastScrapeMs, lastDurationMs, samples, error, rejected, rejectedReason }) => ({
      workspace,
      job,
      url,
      state,
      lastScrapeMs,
      lastDurationMs,
      samples,
      error,
      rejected,
      rejectedReason,
    }))
    .toSorted((a, b) => Number(b.state === 'down') - Number(a.state === 'down'))
    .slice(0, maxTargets);
}

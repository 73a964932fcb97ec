import { type Components, type Config, errorOptions, readConfig, type StartOptions } from './config/config.js';
import { detectResource, sdkVersion } from './config/resource.js';
import { installApi } from './api/install.js';
import { activeRecorder, setActiveRecorder } from './core/active-recorder.js';
import { Batches } from './core/batches.js';
import { Recorder } from './core/recorder.js';
import { otlpPost } from './export/post.js';
import { postBlocking } from './export/post-blocking.js';
import { SendQueue } from './export/send-queue.js';
import { startSender } from './export/sender.js';
import { attachAll, type Attachment } from './instrument/instrumentation.js';
import { instrumentations } from './instrument/list.js';
import { ModuleLoads } from './instrument/module-loads.js';
import { hookEsModules } from './load/module-hooks.js';
import { watchProcessEnd } from './lifecycle/process-end.js';

const flushIntervalMs = 1000;
const metricsEveryFlushes = 10;
/** By then an application has loaded its libraries; the report is printed again at the end. */
const reportAfterMs = 3000;
const maxQueueBytes = 8 * 1_048_576;

/** What was instrumented and how the sending goes. It holds no secret. */
export interface Report {
  readonly enabled: boolean;
  readonly destination: string;
  readonly instrumentations: readonly Attachment[];
  readonly sent: number;
  readonly waitingBytes: number;
  readonly dropped: Readonly<Record<'traces' | 'logs' | 'metrics', number>>;
  /** Times a cardinality limit was met. */
  readonly overflowed: number;
  /** Errors and messages that were reported, how many of them without their frames (in a storm of errors), and those that were not reported, by reason. */
  readonly errors: {
    readonly captured: number;
    readonly shortened: number;
    readonly dropped: Readonly<Record<string, number>>;
  };
  /** Faults inside the SDK that were kept from the application, by place. */
  readonly faults: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** The running SDK. */
export interface Bellwether {
  /** Sends what is waiting; true when all of it was taken within `deadlineMs` (2,000 unless told otherwise). */
  flush(deadlineMs?: number): Promise<boolean>;
  /** Flushes and undoes everything. */
  shutdown(deadlineMs?: number): Promise<void>;
  report(): Report;
  /** Which parts of the set-up are on. */
  readonly components: Components;
}

let running: Bellwether | undefined;

/**
 * Starts telemetry for this process. A second call returns what the first one started, and takes over `ignoreErrors`, `beforeSend` and `contextMembers`
 * for applications that were started by the flag. It never throws: whatever goes wrong, the application runs as if it were not there.
 */
export function start(options: StartOptions = {}): Bellwether {
  if (running !== undefined) {
    activeRecorder()?.errors.configure(errorOptions(options));
    return running;
  }
  const config = readConfig(options, process.env);
  for (const problem of config.problems) say(`Bellwether: ${problem}`);
  if (!config.enabled) return disabled(config);
  try {
    running = run(config);
    return running;
  } catch (error) {
    say(
      `Bellwether: could not start, the application runs without it: ${error instanceof Error ? error.message : String(error)}`,
    );
    return disabled(config);
  }
}

function run(config: Config): Bellwether {
  const queue = new SendQueue(maxQueueBytes);
  const { post, close } = otlpPost(config.url, config.key, config.gzip);
  const sender = startSender({ queue, post, destination: config.url.origin, say, random: Math.random });
  const recorder = new Recorder(config, () => cut());
  const batches = new Batches(recorder, detectResource(config, process.env), sdkVersion);
  const loads = new ModuleLoads();
  const uninstallApi = installApi(recorder);
  setActiveRecorder(recorder);
  const attached = attachAll(instrumentations, {
    recorder,
    disabled: config.disable,
    onLoad: (name, patch) => loads.on(name, patch),
  });
  const esm = hookEsModules(loads.wanted);

  /** Moves what was recorded into the queue. It is called from the application's own calls, so a fault of ours ends here. */
  function collect(withMetrics: boolean, isLast = false): void {
    try {
      recorder.settle(isLast);
      for (const batch of batches.take()) queue.push(batch);
      if (withMetrics) for (const batch of batches.metrics()) queue.push(batch);
    } catch {
      recorder.fault('cutting a batch');
    }
  }

  function cut(withMetrics = false): void {
    collect(withMetrics);
    sender.wake();
  }

  let flushes = 0;
  const timer = setInterval(() => {
    recorder.clock.reanchor();
    cut(++flushes % metricsEveryFlushes === 0);
  }, flushIntervalMs);
  timer.unref();

  async function flush(deadlineMs = 2000): Promise<boolean> {
    const untilMs = performance.now() + deadlineMs;
    if (recorder.errors.waiting) await recorder.errors.ready(deadlineMs / 2);
    cut(true);
    return sender.drain(Math.max(1, untilMs - performance.now()));
  }

  /** The last batches of a process that cannot wait. When the server was away a moment ago, it is not asked again. */
  function flushBlocking(deadlineMs: number): void {
    collect(false, true);
    const onItsWay = sender.onItsWay();
    if (onItsWay !== undefined) queue.sent(onItsWay);
    if (queue.size === 0 || sender.state.failing) return;
    collect(true);
    if (postBlocking(config.url, config.key, queue.all(), deadlineMs)) queue.clear();
  }

  const lifeEvent = (eventName: string, body: string, attributes: Readonly<Record<string, unknown>>): void =>
    recorder.log({ severity: 9, severityText: 'INFO', body, attributes, eventName });
  lifeEvent('app.startup', 'application started', { 'process.uptime_s': process.uptime() });
  if (config.debug) setTimeout(() => say(formatReport(report())), reportAfterMs).unref();
  const stopWatching = watchProcessEnd({
    ending: reason => {
      lifeEvent('app.shutdown', `application ends: ${reason}`, { reason, 'process.uptime_s': process.uptime() });
      if (config.debug) say(formatReport(report()));
    },
    flush,
    flushBlocking,
    fault: where => recorder.fault(where),
  });

  return {
    components: config.components,
    flush,
    async shutdown(deadlineMs = 2000) {
      clearInterval(timer);
      stopWatching();
      attached.detach();
      esm.unhook();
      loads.stop();
      uninstallApi();
      setActiveRecorder(undefined);
      await flush(deadlineMs);
      recorder.errors.stop();
      sender.stop();
      close();
      running = undefined;
    },
    report,
  };

  function report(): Report {
    return {
      enabled: true,
      destination: config.url.origin,
      instrumentations: attached.report(),
      sent: sender.state.sent,
      waitingBytes: queue.bytes,
      dropped: { ...queue.dropped },
      overflowed:
        recorder.templates.overflowed +
        [...recorder.metrics.all.values()].reduce((sum, metric) => sum + metric.overflowed, 0),
      errors: {
        captured: recorder.errors.captured,
        shortened: recorder.errors.shortened,
        dropped: recorder.errors.dropped,
      },
      faults: Object.fromEntries(recorder.faults),
      problems: config.problems,
    };
  }
}

/** The report as a few lines for a terminal. */
function formatReport(report: Report): string {
  const lines = report.instrumentations.map(({ name, state, version, reason }) => {
    const more = [version, reason].filter(text => text !== undefined).join(', ');
    return `  ${name.padEnd(12)} ${state}${more === '' ? '' : ` (${more})`}`;
  });
  const dropped = report.dropped.traces + report.dropped.logs + report.dropped.metrics;
  const sending = `  sent ${report.sent}, dropped ${dropped}, over a cardinality limit ${report.overflowed}`;
  const unreported = Object.entries(report.errors.dropped).map(([reason, count]) => `, ${count} ${reason}`);
  const errors = `  errors: ${report.errors.captured} reported${unreported.join('')}`;
  const faults = Object.entries(report.faults).map(([where, count]) => `  fault in ${where}: ${count} times`);
  return [`Bellwether: sending to ${report.destination}`, ...lines, sending, errors, ...faults].join('\n');
}

/** The handle of an SDK that does nothing: no hook, no timer, no socket. */
function disabled(config: Config): Bellwether {
  const report: Report = {
    enabled: false,
    destination: config.url.origin,
    instrumentations: [],
    sent: 0,
    waitingBytes: 0,
    dropped: { traces: 0, logs: 0, metrics: 0 },
    overflowed: 0,
    errors: { captured: 0, shortened: 0, dropped: {} },
    faults: {},
    problems: config.problems,
  };
  const components: Components = { enhancedApm: false, cacheMonitoring: false };
  return { components, flush: async () => true, shutdown: async () => {}, report: () => report };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

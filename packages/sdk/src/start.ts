import { type Components, type Config, errorOptions, readConfig, type StartOptions } from './config/config.js';
import { publishThresholds } from './config/threshold-metrics.js';
import { detectResource, sdkVersion } from './config/resource.js';
import { installApi } from './api/install.js';
import { activeRecorder, setActiveRecorder } from './core/active-recorder.js';
import { Batches } from './core/batches.js';
import { OwnBudget } from './budget/own-budget.js';
import { nowMs } from './core/clock.js';
import { Recorder } from './core/recorder.js';
import { setRecordLimits } from './core/record-limits.js';
import type { Signal } from './export/batch.js';
import { registries } from './destinations/prometheus/active-scrapes.js';
import { isPrometheusRegistry } from './destinations/prometheus/registry-families.js';
import { startDestinations } from './destinations/start-destinations.js';
import type { DeliveryReport } from './export/delivery.js';
import { attachAll, type Attachment } from './instrument/instrumentation.js';
import { instrumentations } from './instrument/list.js';
import { ModuleLoads } from './instrument/module-loads.js';
import { unloadedBuiltins } from './instrument/when-builtin-loads.js';
import { explain } from './instrument/patch-report.js';
import { applicationPackage } from './load/application-package.js';
import { hookEsModules } from './load/module-hooks.js';
import { watchProcessEnd } from './lifecycle/process-end.js';
import type { LoggerVolume } from './logging/log-gate.js';

const flushIntervalMs = 1000;
/** By then an application has loaded its libraries; the report is printed again at the end. */
const reportAfterMs = 3000;

/** What was instrumented and how the sending goes. It holds no secret. */
export interface Report {
  readonly enabled: boolean;
  readonly destination: string;
  readonly instrumentations: readonly Attachment[];
  readonly sent: number;
  readonly waitingBytes: number;
  readonly dropped: Readonly<Record<'traces' | 'logs' | 'metrics', number>>;
  /** Each place that telemetry goes to. */
  readonly destinations: readonly DeliveryReport[];
  /** Times a cardinality limit was met. */
  readonly overflowed: number;
  /** Errors and messages that were reported, how many of them without their frames (in a storm of errors), and those that were not reported, by reason. */
  readonly errors: {
    readonly captured: number;
    readonly shortened: number;
    readonly dropped: Readonly<Record<string, number>>;
  };
  /** The loggers with the most lines, and what of them was not sent: over their budget, or the same again and again. */
  readonly loggers: readonly LoggerVolume[];
  /** Faults inside the SDK that were kept from the application, by place. */
  readonly faults: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  /** Variables that are set and mean nothing here, with what took their place. */
  readonly notes: readonly string[];
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
  const asked = config.keysOfOthers.filter(({ isAsked }) => isAsked).map(({ key }) => key);
  if (config.enabled && asked.length > 0)
    say(`Bellwether: ${asked.join(', ')} mean nothing here; report().notes says what took their place.`);
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

/** The SDK that runs; undefined when none does. */
export function runningSdk(): Bellwether | undefined {
  return running;
}

/** The report of the SDK that runs; undefined when none does. */
export function runningReport(): Report | undefined {
  return running?.report();
}

function run(config: Config): Bellwether {
  setRecordLimits(config.limits);
  const recorder = new Recorder(config, () => cut());
  const resource = detectResource(config, process.env);
  const destinations = startDestinations({ config, recorder, resource, say });
  publishThresholds(recorder.metrics, config);
  const batches = new Batches(recorder, resource, sdkVersion);
  const loads = new ModuleLoads();
  const uninstallApi = installApi(recorder);
  setActiveRecorder(recorder);
  const attached = attachAll(instrumentations, {
    recorder,
    disabled: config.disable,
    onLoad: (name, patch) => loads.on(name, patch),
  });
  if (config.destinations.scrape !== undefined)
    loads.on('prom-client', ({ exports }) => {
      const register: unknown = Reflect.get(Object(exports), 'register');
      if (isPrometheusRegistry(register)) registries.add(register);
    });
  const application = applicationPackage();
  const esm = hookEsModules(loads.wanted, application, name => {
    if (unloadedBuiltins.has(name)) loads.builtin(name, process.getBuiltinModule(`node:${name}`));
  });
  const late = attached.late();
  if (late.length > 0)
    say(
      `Bellwether: ${late.join(', ')} had been loaded before it and may not be seen in full; start with node --import @bellwether/node/register`,
    );

  const budget = new OwnBudget({
    cpuShare: config.cpuBudget,
    shedding: recorder.shedding,
    metrics: recorder.metrics,
    waitingBytes: () =>
      destinations.report().reduce((sum, road) => sum + road.waitingBytes, 0) +
      recorder.spans.out.length +
      recorder.logs.out.length,
    say,
  });
  recorder.budget = budget;

  /** Moves what was recorded into the queues. It is called from the application's own calls, so a fault of ours ends here. */
  function collect(withMetrics: boolean, isLast = false): void {
    const startMs = nowMs();
    try {
      recorder.settle(isLast);
      for (const batch of batches.take()) destinations.push(batch);
      if (!withMetrics) return;
      const { wantsMetrics } = destinations;
      if (wantsMetrics.size > 0) for (const batch of batches.metrics(wantsMetrics)) destinations.push(batch);
      else recorder.metrics.observeAll(() => recorder.fault('metric callback'));
      destinations.metricsObserved();
    } catch {
      recorder.fault('cutting a batch');
    }
    budget.worked(startMs);
  }

  function cut(withMetrics = false): void {
    collect(withMetrics);
    destinations.wake();
  }

  const metricSeconds = Math.max(1, Math.round(config.metricIntervalMs / flushIntervalMs));
  let flushes = 0;
  const timer = setInterval(() => {
    recorder.clock.reanchor();
    budget.second();
    cut(++flushes % metricSeconds === 0);
  }, flushIntervalMs);
  timer.unref();

  async function flush(deadlineMs = 2000): Promise<boolean> {
    const untilMs = performance.now() + deadlineMs;
    if (recorder.errors.waiting) await recorder.errors.ready(deadlineMs / 2);
    cut(true);
    return destinations.drain(Math.max(1, untilMs - performance.now()));
  }

  /** The same before the process ends: what was not taken goes to disk. */
  async function lastFlush(deadlineMs: number): Promise<boolean> {
    const isDone = await flush(deadlineMs);
    if (!isDone) await destinations.settle();
    return isDone;
  }

  /** The last batches of a process that cannot wait. */
  function flushBlocking(deadlineMs: number): void {
    collect(hasNews(), true);
    destinations.endNow(deadlineMs);
  }

  /** Whether anything was recorded since metrics went out: when all was flushed a moment ago, they are not sent twice. */
  function hasNews(): boolean {
    const { spans, logs, preciousLogs } = recorder;
    return spans.count + logs.count + preciousLogs.count > 0;
  }

  const lifeEvent = (eventName: string, body: string, attributes: Readonly<Record<string, unknown>>): void =>
    recorder.log({ severity: 9, severityText: 'INFO', body, attributes, eventName });
  lifeEvent('app.startup', 'application started', { 'process.uptime_s': process.uptime() });
  if (config.debug) setTimeout(() => say(formatReport(report())), reportAfterMs).unref();
  const stopWatching = watchProcessEnd({
    ending: reason => {
      recorder.tellRepeats(true);
      lifeEvent('app.shutdown', `application ends: ${reason}`, { reason, 'process.uptime_s': process.uptime() });
      if (config.debug) say(formatReport(report()));
    },
    flush: lastFlush,
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
      await lastFlush(deadlineMs);
      recorder.errors.stop();
      destinations.stop();
      running = undefined;
    },
    report,
  };

  function report(): Report {
    recorder.writePutOff();
    const roads = destinations.report();
    const dropped = (signal: Signal): number => roads.reduce((sum, each) => sum + each.dropped[signal], 0);
    return {
      enabled: true,
      destination: config.url.origin,
      instrumentations: explain(attached.report(), { application, reach: esm.reach }),
      sent: roads.reduce((sum, each) => sum + each.sent, 0),
      waitingBytes: roads.reduce((sum, each) => sum + each.waitingBytes, 0),
      dropped: { traces: dropped('traces'), logs: dropped('logs'), metrics: dropped('metrics') },
      destinations: roads,
      overflowed:
        recorder.templates.overflowed +
        [...recorder.metrics.all.values()].reduce((sum, metric) => sum + metric.overflowed, 0),
      errors: {
        captured: recorder.errors.captured,
        shortened: recorder.errors.shortened,
        dropped: recorder.errors.dropped,
      },
      loggers: recorder.logGate.volumes(),
      faults: Object.fromEntries(recorder.faults),
      problems: config.problems,
      notes: notesOf(config),
    };
  }
}

/** The report as a few lines for a terminal. */
function formatReport(report: Report): string {
  const lines = report.instrumentations.map(({ name, state, version, reason, by }) => {
    const more = [version, by, reason].filter(text => text !== undefined).join(', ');
    return `  ${name.padEnd(12)} ${state}${more === '' ? '' : ` (${more})`}`;
  });
  const dropped = report.dropped.traces + report.dropped.logs + report.dropped.metrics;
  const sending = `  sent ${report.sent}, dropped ${dropped}, over a cardinality limit ${report.overflowed}`;
  const unreported = Object.entries(report.errors.dropped).map(([reason, count]) => `, ${count} ${reason}`);
  const errors = `  errors: ${report.errors.captured} reported${unreported.join('')}`;
  const loggers = report.loggers.slice(0, 3).map(({ logger, lines, dropped, repeated }) => {
    const lost = dropped + repeated;
    return `  logger ${logger}: ${lines} lines${lost === 0 ? '' : `, ${lost} not sent (set its level: LOG_LEVEL=info,${logger}=warn)`}`;
  });
  const faults = Object.entries(report.faults).map(([where, count]) => `  fault in ${where}: ${count} times`);
  const to = report.destinations.map(({ name, url }) => (name === 'bellwether' ? url : `${name} (${url})`)).join(', ');
  return [
    `Bellwether: sending to ${to === '' ? 'nowhere' : to}`,
    ...lines,
    sending,
    errors,
    ...loggers,
    ...faults,
    ...report.notes.map(note => `  ${note}`),
  ].join('\n');
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
    destinations: [],
    overflowed: 0,
    errors: { captured: 0, shortened: 0, dropped: {} },
    loggers: [],
    faults: {},
    problems: config.problems,
    notes: notesOf(config),
  };
  const components: Components = {
    enhancedApm: false,
    businessMetrics: false,
    cacheMonitoring: false,
    alerting: false,
    slaMonitoring: false,
    dashboards: false,
  };
  return { components, flush: async () => true, shutdown: async () => {}, report: () => report };
}

function notesOf({ keysOfOthers }: Config): readonly string[] {
  return keysOfOthers.map(({ key, answer }) => `${key}: ${answer}`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

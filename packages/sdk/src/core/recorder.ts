import type { OwnBudget } from '../budget/own-budget.js';
import type { Config } from '../config/config.js';
import { ErrorReports } from '../errors/error-reports.js';
import { Sources } from '../errors/sources.js';
import { LogGate } from '../logging/log-gate.js';
import { LogWriter, type LogRecord } from '../otlp/log-writer.js';
import { SpanWriter } from '../otlp/span-writer.js';
import { nowMs, WallClock } from './clock.js';
import { Metrics } from './metrics.js';
import type { Scope } from './scope.js';
import { scopes } from './scope.js';
import { Shedding } from './shedding.js';
import { Templates } from './templates.js';
import { TraceSampling } from './trace-sampling.js';

/**
 * What instrumentations write into: open batches of spans and logs, and the metrics. It holds no network; `full` is told when a batch
 * has reached its size.
 */
export class Recorder {
  readonly clock = new WallClock();
  readonly spans = new SpanWriter(this.clock);
  readonly logs = new LogWriter(this.clock);
  /** Business events and errors: they are kept when other telemetry has to go. */
  readonly preciousLogs = new LogWriter(this.clock);
  /** Spans of users' tracers, by instrumentation scope (`name` or `name\nversion`). */
  readonly scopedSpans = new Map<string, SpanWriter>();
  readonly metrics = new Metrics();
  /** What is left out to stay within the budget. */
  readonly shedding = new Shedding();
  readonly templates = new Templates();
  /** The road of all errors. */
  readonly errors: ErrorReports;
  /** Where the frames of stacks stand in what people wrote. */
  readonly sources: Sources;
  /** How many lines of the application's loggers are sent. */
  readonly logGate: LogGate;
  readonly config: Config;
  /** Which traces are kept; undefined when all are. */
  readonly sampling: TraceSampling | undefined;
  /** Faults of our own, by where they happened. They never reach the application; `report()` shows them. */
  readonly faults = new Map<string, number>();
  /** Measures what we take ourselves; undefined until the SDK has started. */
  budget: OwnBudget | undefined = undefined;
  readonly #full: () => void;
  readonly #writers = new Set<() => void>();
  readonly #ends = new Set<(error: unknown, scope: Scope | undefined) => void>();

  constructor(config: Config, full: () => void) {
    this.config = config;
    this.#full = full;
    this.spans.shedding = this.shedding;
    this.logs.shedding = this.shedding;
    this.sampling = config.sampling === undefined ? undefined : new TraceSampling(config.sampling, this.#leftOut());
    this.sources = new Sources(config.errors.sourceContext, () => this.fault('source lines'));
    this.errors = new ErrorReports(this, this.sources);
    this.logGate = new LogGate(config.logLinesPerSecond);
  }

  #leftOut(): () => void {
    const point = this.metrics
      .metric({
        name: 'bellwether.sdk.sampled_out',
        unit: '{span}',
        description: 'Spans that were not kept, as the sampling settings say',
        kind: 'counter',
        scope: '@bellwether/node',
      })
      .point({});
    return () => void point.value++;
  }

  /** The writer for spans of a tracer with this scope. */
  spansOf(scope: string): SpanWriter {
    const known = this.scopedSpans.get(scope);
    if (known !== undefined) return known;
    if (this.scopedSpans.size >= maxScopes) return this.spans;
    const writer = new SpanWriter(this.clock, 1024);
    writer.shedding = this.shedding;
    this.scopedSpans.set(scope, writer);
    return writer;
  }

  /** To be called after a span was written with `spans`. */
  written(spans: SpanWriter = this.spans): void {
    const { logs, preciousLogs } = this;
    if (spans.out.length > maxBatchBytes || logs.out.length > maxBatchBytes || preciousLogs.out.length > maxBatchBytes)
      this.#full();
  }

  /** A log record of the active span, now unless told otherwise. */
  log(
    record: Omit<LogRecord, 'unixMs' | 'scope'> & {
      readonly unixMs?: number;
      readonly scope?: Scope | undefined;
      readonly isPrecious?: boolean;
    },
  ): void {
    const scope = record.scope ?? scopes.getStore();
    const writer = record.isPrecious === true ? this.preciousLogs : this.logs;
    writer.write({ ...record, unixMs: record.unixMs ?? this.logs.unixMs(nowMs()), scope });
    this.written();
  }

  /** `write` is called before a batch is cut, to write what it has put off. */
  beforeCut(write: () => void): () => void {
    this.#writers.add(write);
    return () => this.#writers.delete(write);
  }

  /** Has written what was put off and needs nothing more. */
  writePutOff(): void {
    for (const write of this.#writers) write();
  }

  /** Has everything written that was put off; at the end of the process also what still waits for something. */
  settle(isLast = false): void {
    this.writePutOff();
    if (isLast) this.sampling?.decideAll();
    this.tellRepeats(false);
    this.errors.settle(isLast);
  }

  /** Tells how often lines came that were held back as repeats; at the end of the process of all of them. */
  tellRepeats(isLast: boolean): void {
    if (isLast) this.writePutOff();
    for (const { logger, severity, body, times } of this.logGate.takeRepeats(nowMs(), isLast)) {
      const attributes = { 'logger.name': logger, 'bellwether.log.repeated': times };
      this.log({
        severity,
        severityText: severity >= 17 ? 'ERROR' : severity >= 13 ? 'WARN' : 'INFO',
        body,
        attributes,
      });
    }
  }

  /** `end` is called when an error is about to end the process, with the scope it was thrown in. */
  atFatal(end: (error: unknown, scope: Scope | undefined) => void): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  fatal(error: unknown): void {
    const scope = scopes.getStore();
    for (const end of this.#ends) end(error, scope);
  }

  fault(where: string): void {
    this.faults.set(where, (this.faults.get(where) ?? 0) + 1);
  }
}

/** A batch is handed to the sender at this size, or after a second. */
export const maxBatchBytes = 512 * 1024;

/** Tracer names in all; spans of further ones are filed under our own. */
const maxScopes = 200;

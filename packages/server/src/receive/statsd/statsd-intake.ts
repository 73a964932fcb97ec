import { Refusal } from '../../base/refusal.js';
import { metricsRequest } from '../../decode/otlp-writer.js';
import type { Part } from '../../decode/parts.js';
import { Aggregation, type OverwrittenGauge } from '../../decode/statsd/aggregation.js';
import { readDatagram, type LineSink } from '../../decode/statsd/datagram.js';
import type { StatsdEvent } from '../../decode/statsd/event.js';
import type { Reading } from '../../decode/statsd/line.js';
import { logParts } from '../../decode/statsd/log-records.js';
import type { Piece } from '../../decode/statsd/metric-pieces.js';
import { RejectedLines, type Rejected } from '../../decode/statsd/rejected-lines.js';
import type { ServiceCheck } from '../../decode/statsd/service-check.js';
import type { ReceiveDeps } from '../protocol.js';
import { Outbox, type Entry } from './outbox.js';
import type { StatsdOptions } from './statsd-options.js';

/** Events and samples with a time of their own need no aggregation; they wait this long for others like them. */
const promptMs = 200;
const maxPrompt = 5000;
const maxUnsentBytes = 4 << 20;
/** Characters in the names and tags of all series. */
const maxLength = 64 << 20;
/** Several flushes of all series that there may be. */
const maxOutboxBytes = 64 << 20;
const maxPromptBytes = 16 << 20;
const maxAddresses = 50;
/** A gauge that is set so often in one interval is no gauge. */
const suspiciousSets = 10;
const maxFindings = 100;

/**
 * What happens to datagrams, whichever way they came: their lines are aggregated, and handed to the log at every multiple of the flush interval, and at
 * the end. Nobody waits for an answer: what came since the last flush is lost when the process is killed, and only then.
 */
export class StatsdIntake {
  readonly #deps: ReceiveDeps;
  readonly #options: StatsdOptions;
  readonly #aggregation: Aggregation;
  readonly #outbox: Outbox;
  /** What does not wait for a flush; of its own, so that neither holds up the other. */
  readonly #promptOutbox: Outbox;
  #logs: (StatsdEvent | ServiceCheck)[] = [];
  readonly #rejected = new Map<string, RejectedLines>();
  readonly #findings = new Set<string>();
  #flushTimer: NodeJS.Timeout | undefined;
  #promptTimer: NodeJS.Timeout | undefined;
  /** Of datagrams that came since something waits for `#promptTimer`. */
  #promptBytes = 0;
  #address = '';
  #lines = 0;
  #overwrites = 0;
  #droppedPoints = 0;
  #dropsUntold = 0;
  readonly #sink: LineSink = {
    reading: reading => this.#reading(reading),
    bad: (reason, line) => this.#reject(reason, line),
  };

  constructor(deps: ReceiveDeps, options: StatsdOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#aggregation = new Aggregation({ ...options, maxLength }, deps.now());
    const outbox = {
      keep: (parts: readonly Part[]) => deps.intake.parts({ ...this.#whose(''), parts }),
      dropped: (entry: Entry, wasTried: boolean) => this.#dropped(entry, wasTried),
      refused: (refusal: Refusal) => deps.log.warn({ err: refusal }, 'aggregated StatsD data is refused'),
      bug: deps.bug,
    };
    this.#outbox = new Outbox({ ...outbox, maxBytes: maxOutboxBytes });
    this.#promptOutbox = new Outbox({ ...outbox, maxBytes: maxPromptBytes });
    this.#observe();
    this.#scheduleFlush();
  }

  /** Takes a datagram's lines. Never throws for what they hold, and does not wait. */
  take(datagram: Uint8Array, address: string): void {
    this.#address = address;
    this.#lines += readDatagram(datagram, this.#sink);
    if (this.#promptTimer === undefined) return;
    this.#promptBytes += datagram.length;
    if (this.#promptBytes > maxUnsentBytes) this.#flushPrompt();
  }

  /** Counts what came and is no line at all. */
  unreadable(reason: string, start: string, address: string): void {
    this.#address = address;
    this.#lines += 1;
    this.#reject(reason, start);
  }

  /** Flushes a last time; waits at most `graceMs` for the log. */
  async stop(graceMs: number): Promise<void> {
    clearTimeout(this.#flushTimer);
    clearTimeout(this.#promptTimer);
    this.#flush();
    await Promise.all([this.#outbox.close(graceMs), this.#promptOutbox.close(graceMs)]);
    this.#tellDrops();
  }

  #reading(reading: Reading): void {
    if (reading.is === 'sample') {
      const reason = this.#aggregation.add(reading, this.#deps.now());
      if (reason !== undefined) this.#reject(reason, reading.name);
      if (this.#aggregation.timed > 0) this.#soon(this.#aggregation.timed);
    } else {
      this.#logs.push(reading);
      this.#soon(this.#logs.length);
    }
  }

  #reject(reason: string, line: string): void {
    this.#addRejected(this.#address, { reason, count: 1, example: line });
  }

  #addRejected(sender: string, { reason, count, example }: Rejected): void {
    const address = this.#rejected.has(sender) || this.#rejected.size < maxAddresses ? sender : '';
    let ofAddress = this.#rejected.get(address);
    if (ofAddress === undefined) this.#rejected.set(address, (ofAddress = new RejectedLines()));
    ofAddress.add(reason, example, count);
  }

  #soon(waiting: number): void {
    if (waiting >= maxPrompt) this.#flushPrompt();
    else this.#promptTimer ??= setTimeout(() => this.#flushPrompt(), promptMs).unref();
  }

  #flushPrompt(): void {
    clearTimeout(this.#promptTimer);
    this.#promptTimer = undefined;
    this.#promptBytes = 0;
    for (const piece of this.#aggregation.takeTimed()) this.#promptOutbox.add(entryOf(piece));
    const logs = this.#logs;
    this.#logs = [];
    const nowMs = this.#deps.now();
    for (const some of byFewDays(logs)) this.#promptOutbox.add({ parts: logParts(some, nowMs), items: some.length });
  }

  #scheduleFlush(): void {
    const { flushMs } = this.#options;
    const waitMs = flushMs - (this.#deps.now() % flushMs);
    this.#flushTimer = setTimeout(() => {
      try {
        this.#flush();
      } catch (error) {
        this.#deps.bug(error);
      }
      this.#scheduleFlush();
    }, waitMs).unref();
  }

  #flush(): void {
    this.#flushPrompt();
    const { pieces, overwritten } = this.#aggregation.take(this.#deps.now());
    for (const piece of pieces) this.#outbox.add(entryOf(piece));
    for (const gauge of overwritten) this.#noteOverwritten(gauge);
    this.#tellRejected();
    this.#tellDrops();
  }

  #noteOverwritten({ name, times }: OverwrittenGauge): void {
    this.#overwrites += times;
    if (times < suspiciousSets || this.#findings.has(name) || this.#findings.size >= maxFindings) return;
    this.#findings.add(name);
    const gauge = JSON.stringify(name.slice(0, 80));
    const reason = `the gauge ${gauge} is set many times between two flushes, and only the last value is kept`;
    const remedy = 'Send durations and sizes as |ms, |h or |d, and what is counted as |c';
    this.#deps.log.warn({ metric: name, times, flushMs: this.#options.flushMs }, `${reason}. ${remedy}`);
    this.#deps.ledger.rejections.add({ atMs: this.#deps.now(), reason, remedy, count: times }, this.#whose('').origin);
  }

  /** The ledger hears of bad lines by their senders. */
  #tellRejected(): void {
    const all = [...this.#rejected].map(([address, lines]) => [address, lines.take()] as const);
    this.#rejected.clear();
    for (const [address, rejected] of all) this.#tell(address, rejected);
  }

  #dropped({ items }: Entry, wasTried: boolean): void {
    this.#droppedPoints += items;
    if (!wasTried) this.#dropsUntold += items;
  }

  #tellDrops(): void {
    const count = this.#dropsUntold;
    if (count === 0) return;
    this.#dropsUntold = 0;
    const reason = 'the log had no room for so long that aggregated points were dropped';
    this.#deps.log.warn({ points: count }, reason);
    this.#tell('', [{ reason, count, example: '' }]);
  }

  /** Items that are in no request. When the intake is too busy to count them, they are told with the next ones. */
  #tell(address: string, rejected: readonly Rejected[]): void {
    const parts = rejected.map(({ reason, count, example }): Part => ({
      signal: 'metrics',
      body: new Uint8Array(),
      rejected: count,
      rejectedReason: reason,
      rejectedExample: example,
    }));
    this.#deps.intake.parts({ ...this.#whose(address), parts }).catch((error: unknown) => {
      if (!(error instanceof Refusal)) return this.#deps.bug(error);
      for (const one of rejected) this.#addRejected(address, one);
    });
  }

  #whose(address: string) {
    return {
      workspace: this.#deps.keyless.workspace,
      key: '',
      origin: { protocol: 'statsd', address, userAgent: '' },
    } as const;
  }

  #observe(): void {
    const { ledger } = this.#deps;
    ledger.counter('bellwether_statsd_lines_total', 'Lines that came, readable or not.', () => this.#lines);
    ledger.gauge('bellwether_statsd_series', 'Series that are aggregated now.', () => this.#aggregation.series);
    ledger.counter(
      'bellwether_statsd_overflow_samples_total',
      'Samples that went into an overflow series because their metric has too many series.',
      () => this.#aggregation.overflowed,
    );
    ledger.counter(
      'bellwether_statsd_gauge_overwrites_total',
      'Gauge values that were overwritten before a flush could send them.',
      () => this.#overwrites,
    );
    ledger.counter(
      'bellwether_statsd_dropped_points_total',
      'Aggregated data points and events that the log had no room for, for too long.',
      () => this.#droppedPoints,
    );
    ledger.gauge(
      'bellwether_statsd_waiting_bytes',
      'Aggregated data that waits for room in the log.',
      () => this.#outbox.bytes + this.#promptOutbox.bytes,
    );
  }
}

function entryOf({ groups, points }: Piece): Entry {
  return { parts: [{ signal: 'metrics', body: metricsRequest(groups) }], items: points };
}

/** What is of many days at once is not taken further on: records that say when they were come in pieces of 50. */
function byFewDays<Log extends { readonly atSeconds: number | undefined }>(logs: readonly Log[]): readonly Log[][] {
  const timed = logs.filter(({ atSeconds }) => atSeconds !== undefined);
  const pieces = [logs.filter(({ atSeconds }) => atSeconds === undefined)];
  for (let at = 0; at < timed.length; at += 50) pieces.push(timed.slice(at, at + 50));
  return pieces;
}

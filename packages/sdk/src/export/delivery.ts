import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { SpoolSettings } from '../config/spool-settings.js';
import type { Metrics } from '../core/metrics.js';
import { type Destination, temporalityOf } from '../destinations/destination.js';
import { requestsFor } from '../destinations/requests.js';
import type { Batch, Signal } from './batch.js';
import { Losses } from './losses.js';
import { Outbox } from './outbox.js';
import { poster } from './post.js';
import { type LastBatches, postBlocking } from './post-blocking.js';
import { type Sender, startSender } from './sender.js';
import { Spool } from './spool.js';

/** How the sending to one destination goes. It holds no secret. */
export interface DeliveryReport {
  readonly name: string;
  readonly url: string;
  readonly state: 'ok' | 'away';
  readonly sent: number;
  readonly waitingBytes: number;
  /** In files that wait for it, as far as this process knows. */
  readonly spooledBytes: number;
  readonly dropped: Readonly<Record<Signal, number>>;
}

export interface DeliveryDeps {
  readonly spool: SpoolSettings;
  readonly metrics: Metrics;
  readonly say: (line: string) => void;
}

/** The road to one destination: its own queue, bounds, back-off and spool, so that it neither slows nor starves another. */
export interface Delivery {
  push(batch: Batch): void;
  wake(): void;
  drain(deadlineMs: number): Promise<boolean>;
  /** Moves what waits to disk while there is time. */
  settle(): Promise<void>;
  /** For a process that ends now: what `endTogether` is to send. */
  last(): LastBatches | undefined;
  /** How that went. */
  ended(isDelivered: boolean): void;
  stop(): void;
  report(): DeliveryReport;
}

export function startDelivery(destination: Destination, { spool, metrics, say }: DeliveryDeps): Delivery {
  const losses = new Losses(metrics, destination.name);
  const outbox = new Outbox({
    maxBytes: spool.maxMemoryBytes,
    losses,
    spool: spool.folder === undefined ? undefined : newSpool(destination, spool, spool.folder, losses, say),
  });
  const requests = requestsFor(destination);
  const { post, close } = poster(destination, requests.of);
  const sender: Sender = startSender({ outbox, post, destination: shown(destination), say, random: Math.random });
  return {
    push(batch) {
      // Sentry gets errors, which are among the precious logs, and no other log records.
      const isForSentry = batch.signal !== 'logs' || batch.isPrecious === true;
      if (batch.temporality !== undefined && batch.temporality !== temporalityOf(destination)) return;
      if (destination.signals.includes(batch.signal) && (destination.form !== 'sentry' || isForSentry))
        outbox.push(batch);
    },
    wake: () => sender.wake(),
    drain: deadlineMs => sender.drain(deadlineMs),
    settle: () => outbox.settle(),
    last() {
      const onItsWay = sender.onItsWay();
      if (onItsWay !== undefined) outbox.done(onItsWay);
      const batches = outbox.inMemory();
      // When it was away a moment ago, it is not asked again.
      if (batches.length === 0 || sender.state.failing) return undefined;
      return { destination, batches };
    },
    ended: isDelivered => outbox.end(isDelivered),
    stop() {
      sender.stop();
      close();
      requests.close();
    },
    report: () => ({
      name: destination.name,
      url: destination.url.origin,
      state: sender.state.failing ? 'away' : 'ok',
      sent: sender.state.sent,
      waitingBytes: outbox.queue.bytes,
      spooledBytes: outbox.spooledBytes,
      dropped: { ...losses.total },
    }),
  };
}

/** The last batches of a process that cannot wait, to all destinations side by side; what does not get there goes to disk. */
export function endTogether(deliveries: readonly Delivery[], deadlineMs: number): void {
  const last = deliveries.map(delivery => delivery.last());
  const wanted = last.filter(lane => lane !== undefined);
  let sent: readonly boolean[] = [];
  try {
    if (wanted.length > 0) sent = postBlocking(wanted, deadlineMs);
  } finally {
    for (const [index, delivery] of deliveries.entries()) {
      const lane = last[index];
      delivery.ended(lane !== undefined && sent[wanted.indexOf(lane)] === true);
    }
  }
}

function shown({ name, url }: Destination): string {
  return name === 'bellwether' ? url.origin : `${name} (${url.origin})`;
}

/** What waits for one destination under one key is nobody else's to send. */
function newSpool(
  destination: Destination,
  { maxBytes, maxAgeMs }: SpoolSettings,
  folder: string,
  losses: Losses,
  say: (line: string) => void,
): Spool {
  const identity = createHash('sha256').update(`${destination.form} ${destination.url.href}`);
  for (const [name, value] of Object.entries(destination.headers)) identity.update(`\n${name}: ${value.reveal()}`);
  const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
  const bornUnixMs = Date.now() - performance.now();
  return new Spool({
    folder: join(folder, `${destination.form}-${identity.digest('hex').slice(0, 16)}`),
    maxBytes,
    maxAgeMs,
    owner: { host, pid: process.pid, thread: threadId },
    unixMs: () => bornUnixMs + performance.now(),
    losses,
    say,
  });
}

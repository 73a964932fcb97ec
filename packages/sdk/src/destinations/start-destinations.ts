import type { Config } from '../config/config.js';
import { ownScope } from '../core/batches.js';
import { wantExemplars } from '../core/exemplars.js';
import type { Recorder } from '../core/recorder.js';
import type { Batch, Signal, Temporality } from '../export/batch.js';
import { type DeliveryReport, endTogether, startDelivery } from '../export/delivery.js';
import { temporalityOf } from './destination.js';
import type { Dogstatsd } from './dogstatsd.js';
import { registries, setScrapeHandler } from './prometheus/active-scrapes.js';

export interface StartDeps {
  readonly config: Config;
  readonly recorder: Recorder;
  readonly resource: Readonly<Record<string, string | number>>;
  readonly say: (line: string) => void;
}

/** All the roads that telemetry takes out of the process. None waits for another. */
export interface RunningDestinations {
  /** How metrics are wanted as OTLP; empty when nobody takes them. */
  readonly wantsMetrics: ReadonlySet<Temporality>;
  push(batch: Batch): void;
  /** The values of metrics are of this moment: those who get them in another form take them now. */
  metricsObserved(): void;
  wake(): void;
  /** True when nothing is left. */
  drain(deadlineMs: number): Promise<boolean>;
  /** Moves what waits to disk while there is time. */
  settle(): Promise<void>;
  /** Sends what is left while nothing asynchronous runs any more. */
  endNow(deadlineMs: number): void;
  stop(): void;
  report(): readonly DeliveryReport[];
}

/** A scrape sets gauges anew when they are older. */
const observedForMs = 1000;

export function startDestinations({ config, recorder, resource, say }: StartDeps): RunningDestinations {
  const { sent, statsd, scrape } = config.destinations;
  const { metrics } = recorder;
  const deliveries = sent.map(destination => startDelivery(destination, { spool: config.spool, metrics, say }));
  const fault = (): void => recorder.fault('metrics');

  let observedMs = -Infinity;
  const scrapes = {
    metrics,
    ownScope,
    resource,
    registries,
    fault,
    observe(): void {
      if (performance.now() - observedMs < observedForMs) return;
      observedMs = performance.now();
      metrics.observeAll(fault);
    },
  };
  const stops: (() => void)[] = [];
  let isStopped = false;
  // What few need is loaded when it is needed.
  setScrapeHandler(async (request, response) => {
    wantExemplars();
    const { scrapeHandler } = await import('./prometheus/scrape-endpoint.js');
    return scrapeHandler(scrapes)(request, response);
  });
  if (scrape !== undefined) {
    wantExemplars();
    void import('./prometheus/scrape-endpoint.js')
      .then(({ listenForScrapes, scrapeHandler }) =>
        isStopped ? undefined : stops.push(listenForScrapes(scrape, scrapeHandler(scrapes), say).close),
      )
      .catch(fault);
  }

  let dogstatsd: Dogstatsd | undefined;
  if (statsd !== undefined)
    void import('./dogstatsd.js')
      .then(({ startDogstatsd }) => {
        if (isStopped) return undefined;
        dogstatsd = startDogstatsd(statsd, metrics, datadogTags(resource));
        stops.push(dogstatsd.stop);
        return undefined;
      })
      .catch(fault);

  return {
    wantsMetrics: new Set(sent.filter(({ signals }) => signals.includes('metrics')).map(temporalityOf)),
    push(batch) {
      for (const delivery of deliveries) delivery.push(batch);
    },
    metricsObserved() {
      observedMs = performance.now();
      dogstatsd?.send();
    },
    wake() {
      for (const delivery of deliveries) delivery.wake();
    },
    async drain(deadlineMs) {
      const all = deliveries.map(delivery => delivery.drain(deadlineMs));
      await dogstatsd?.drain(deadlineMs);
      return (await Promise.all(all)).every(Boolean);
    },
    async settle() {
      await Promise.all(deliveries.map(delivery => delivery.settle()));
    },
    endNow: deadlineMs => endTogether(deliveries, deadlineMs),
    stop() {
      isStopped = true;
      setScrapeHandler(undefined);
      for (const stop of stops) stop();
      for (const delivery of deliveries) delivery.stop();
    },
    report() {
      const all = deliveries.map(delivery => delivery.report());
      if (statsd !== undefined) all.push(dogstatsdReport(`udp://${statsd.host}:${statsd.port}`, dogstatsd));
      return all;
    },
  };
}

function dogstatsdReport(url: string, dogstatsd: Dogstatsd | undefined): DeliveryReport {
  const dropped: Record<Signal, number> = { traces: 0, logs: 0, metrics: dogstatsd?.state.dropped ?? 0 };
  const sent = dogstatsd?.state.sent ?? 0;
  return { name: 'dogstatsd', url, state: 'ok', sent, waitingBytes: 0, spooledBytes: 0, dropped };
}

/** Datadog's three tags that all its data share. */
function datadogTags(resource: Readonly<Record<string, string | number>>): Readonly<Record<string, string>> {
  const tags: Record<string, string> = {};
  for (const [tag, attribute] of [
    ['service', 'service.name'],
    ['env', 'deployment.environment.name'],
    ['version', 'service.version'],
  ] as const) {
    const value = resource[attribute];
    if (value !== undefined) tags[tag] = String(value);
  }
  return tags;
}

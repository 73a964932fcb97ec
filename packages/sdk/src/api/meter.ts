import type {
  Attributes,
  BatchObservableCallback,
  Meter,
  MeterProvider,
  MetricOptions,
  Observable,
  ObservableCallback,
} from '@opentelemetry/api';
import { offerExemplarHere } from '../core/exemplars.js';
import type { Metric, MetricKind } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';

/** The provider behind `metrics.getMeter()`. All is cumulative; histograms are exponential. */
export function meterProvider(recorder: Recorder): MeterProvider {
  return {
    getMeter: (name, version) =>
      meter(recorder, version === undefined || version === '' ? name : `${name}\n${version}`),
  };
}

const noAttributes: Attributes = {};

function meter(recorder: Recorder, scope: string): Meter {
  const metric = (name: string, kind: MetricKind, options: MetricOptions = {}): Metric =>
    recorder.metrics.metric({ name, kind, scope, unit: options.unit ?? '', description: options.description ?? '' });

  const observable = (kind: MetricKind) => (name: string, options?: MetricOptions) =>
    new ObservedMetric(recorder, metric(name, kind, options));
  const guarded = (record: () => void): void => {
    try {
      record();
    } catch {
      recorder.fault('metric');
    }
  };
  const batches = new Map<BatchObservableCallback, () => void>();

  return {
    createCounter(name, options) {
      const counter = metric(name, 'counter', options);
      return {
        add(value: number, attributes: Attributes = noAttributes) {
          // A counter that goes down is a mistake, and would look like a restart.
          if (value >= 0) guarded(() => void (counter.point(attributes).value += value));
        },
      };
    },
    createUpDownCounter(name, options) {
      const counter = metric(name, 'upDownCounter', options);
      return {
        add(value: number, attributes: Attributes = noAttributes) {
          if (Number.isFinite(value)) guarded(() => void (counter.point(attributes).value += value));
        },
      };
    },
    createGauge(name, options) {
      const gauge = metric(name, 'gauge', options);
      return {
        record(value: number, attributes: Attributes = noAttributes) {
          if (Number.isFinite(value)) guarded(() => void (gauge.point(attributes).value = value));
        },
      };
    },
    createHistogram(name, options) {
      const histogram = metric(name, 'histogram', options);
      return {
        record(value: number, attributes: Attributes = noAttributes) {
          guarded(() => {
            const point = histogram.point(attributes);
            point.histogram?.record(value);
            offerExemplarHere(point, value, recorder.clock);
          });
        },
      };
    },
    createObservableGauge: observable('gauge'),
    createObservableCounter: observable('counter'),
    createObservableUpDownCounter: observable('upDownCounter'),
    addBatchObservableCallback(callback, observables) {
      const members = new Set<Observable>(observables);
      const stop = recorder.metrics.beforeExport(() => {
        void callback({
          observe(observable: Observable, value: number, attributes: Attributes = noAttributes) {
            if (members.has(observable) && observable instanceof ObservedMetric) observable.set(value, attributes);
          },
        });
      });
      batches.set(callback, stop);
    },
    removeBatchObservableCallback(callback) {
      batches.get(callback)?.();
      batches.delete(callback);
    },
  };
}

/** An instrument whose values are asked for before each export. */
class ObservedMetric implements Observable {
  readonly #recorder: Recorder;
  readonly #metric: Metric;
  readonly #callbacks = new Map<ObservableCallback, () => void>();

  constructor(recorder: Recorder, metric: Metric) {
    this.#recorder = recorder;
    this.#metric = metric;
  }

  set(value: number, attributes: Attributes): void {
    if (Number.isFinite(value)) this.#metric.point(attributes).value = value;
  }

  addCallback(callback: ObservableCallback): void {
    const observe = (value: number, attributes: Attributes = noAttributes): void => this.set(value, attributes);
    const stop = this.#recorder.metrics.beforeExport(() => {
      const done = callback({ observe });
      // What an asynchronous callback observes later counts for the next export; its failure is ours to keep.
      if (done instanceof Promise) done.catch(() => this.#recorder.fault('metric callback'));
    });
    this.#callbacks.set(callback, stop);
  }

  removeCallback(callback: ObservableCallback): void {
    this.#callbacks.get(callback)?.();
    this.#callbacks.delete(callback);
  }
}

import { nowMs } from '../core/clock.js';
import type { Metric, MetricKind, Point } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';

export type CircuitState = 'closed' | 'open' | 'half_open';
const states: readonly CircuitState[] = ['closed', 'open', 'half_open'];

const maxCircuits = 200;
/** Transitions are told as log records at most this often per circuit; all are counted. */
const tellEveryMs = 1000;

/** One circuit breaker that is watched. */
export interface WatchedCircuit {
  changed(state: CircuitState): void;
  /** A call was not let through (`open`, `busy`) or given up (`timeout`). */
  refused(reason: string): void;
}

interface Circuit {
  readonly breaker: WeakRef<object>;
  readonly name: string;
  readonly read: (breaker: object) => CircuitState;
}

/** Circuit breakers of all libraries: the state of each by its name, how often it changed, and the calls that it refused. Those that nobody holds any more are forgotten. */
export class CircuitBreakers {
  readonly #recorder: Recorder;
  readonly #circuits = new Set<Circuit>();
  /** Takes the watch back. */
  readonly stop: () => void;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.stop = recorder.metrics.beforeExport(() => this.#observe());
  }

  /** Watches a circuit; undefined when there are too many. `read` must hold no reference to it. */
  watch(breaker: object, name: string, read: (breaker: object) => CircuitState): WatchedCircuit | undefined {
    if (this.#circuits.size >= maxCircuits) return undefined;
    this.#circuits.add({ breaker: new WeakRef(breaker), name, read });
    const attributes = { 'bellwether.circuit.name': name };
    const transitions = this.#metric(
      'external.circuit.transitions',
      '{transition}',
      'counter',
      'Changes of the state of a circuit breaker, by its new state',
    );
    const refused = this.#metric(
      'external.circuit.refusals',
      '{call}',
      'counter',
      'Calls that a circuit breaker did not let through (open, busy) or gave up (timeout)',
    );
    const refusals = new Map<string, Point>();
    let toldMs = -Infinity;
    return {
      changed: state => {
        transitions.point({ ...attributes, 'bellwether.circuit.state': state }).value++;
        if (state === 'half_open' || nowMs() - toldMs < tellEveryMs) return;
        toldMs = nowMs();
        const isOpen = state === 'open';
        this.#recorder.log({
          severity: isOpen ? 13 : 9,
          severityText: isOpen ? 'WARN' : 'INFO',
          body: `circuit ${name} is ${isOpen ? 'open: its calls fail at once' : 'closed again'}`,
          attributes: { ...attributes, 'bellwether.circuit.state': state },
          eventName: 'external.circuit',
        });
      },
      refused: reason => {
        let point = refusals.get(reason);
        if (point === undefined) {
          point = refused.point({ ...attributes, 'bellwether.circuit.reason': reason });
          refusals.set(reason, point);
        }
        point.value++;
      },
    };
  }

  #observe(): void {
    if (this.#circuits.size === 0) return;
    const gauge = this.#metric('external.circuit.state', '1', 'gauge', '1 for the state that a circuit breaker is in');
    for (const circuit of this.#circuits) {
      const breaker = circuit.breaker.deref();
      if (breaker === undefined) {
        this.#circuits.delete(circuit);
        continue;
      }
      const now = circuit.read(breaker);
      for (const state of states)
        gauge.point({ 'bellwether.circuit.name': circuit.name, 'bellwether.circuit.state': state }).value =
          state === now ? 1 : 0;
    }
  }

  #metric(name: string, unit: string, kind: MetricKind, description: string): Metric {
    return this.#recorder.metrics.metric({ name, unit, kind, description, scope: '@bellwether/node' });
  }
}

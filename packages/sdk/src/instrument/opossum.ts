import { nowMs } from '../core/clock.js';
import type { Metric, MetricKind, Point } from '../core/metrics.js';
import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import type { Instrumentation } from './instrumentation.js';
import { wrap } from './wrap.js';

const watched = Symbol('bellwether.circuit');
const maxCircuits = 200;
/** Transitions are told as log records at most this often per circuit; all are counted. */
const tellEveryMs = 1000;

/** The part of opossum's breaker that we touch: https://nodeshift.dev/opossum/ */
interface Breaker {
  [watched]?: boolean;
}

type CircuitState = 'closed' | 'open' | 'half_open';
const states: readonly CircuitState[] = ['closed', 'open', 'half_open'];

/** opossum 8 and 9: the state of each circuit by its name, how often it changed, and the calls that it did not let through or that took too long. */
export const opossum: Instrumentation = {
  name: 'opossum',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const circuits = new Set<WeakRef<object>>();
    let isAttached = true;
    tools.undo(() => void (isAttached = false));

    tools.onLoad('opossum', (CircuitBreaker, version) => {
      if (typeof CircuitBreaker !== 'function') return;
      // Both ways to call through a circuit end here. It is known from its first call on.
      const undo = wrap(CircuitBreaker.prototype, 'call', (breaker, args, call) => {
        // An object of theirs, on which only we set our property.
        const own = breaker as Breaker;
        if (own[watched] === undefined) {
          own[watched] = true;
          try {
            watch(own);
          } catch {
            recorder.fault('opossum (circuit)');
          }
        }
        return call.apply(breaker, args);
      });
      if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });

    tools.undo(
      recorder.metrics.beforeExport(() => {
        if (circuits.size === 0) return;
        const gauge = metric('external.circuit.state', '1', 'gauge', '1 for the state that a circuit breaker is in');
        for (const held of circuits) {
          const breaker = held.deref();
          if (breaker === undefined) {
            circuits.delete(held);
            continue;
          }
          const now = stateOf(breaker);
          for (const state of states)
            gauge.point({ ...nameOf(breaker), 'bellwether.circuit.state': state }).value = state === now ? 1 : 0;
        }
      }),
    );

    function watch(breaker: object): void {
      if (circuits.size >= maxCircuits) return;
      circuits.add(new WeakRef(breaker));
      const name = nameOf(breaker);
      const transitions = metric(
        'external.circuit.transitions',
        '{transition}',
        'counter',
        'Changes of the state of a circuit breaker, by its new state',
      );
      let toldMs = -Infinity;
      const changed = (state: CircuitState): void => {
        transitions.point({ ...name, 'bellwether.circuit.state': state }).value++;
        if (state === 'half_open' || nowMs() - toldMs < tellEveryMs) return;
        toldMs = nowMs();
        const isOpen = state === 'open';
        recorder.log({
          severity: isOpen ? 13 : 9,
          severityText: isOpen ? 'WARN' : 'INFO',
          body: `circuit ${name['bellwether.circuit.name']} is ${isOpen ? 'open: its calls fail at once' : 'closed again'}`,
          attributes: { ...name, 'bellwether.circuit.state': state },
          eventName: 'external.circuit',
        });
      };
      const refused = metric(
        'external.circuit.refusals',
        '{call}',
        'counter',
        'Calls that a circuit breaker did not let through (open, busy) or gave up (timeout)',
      );
      const counts = (reason: string): (() => void) => {
        let point: Point | undefined;
        return () => void (point ??= refused.point({ ...name, 'bellwether.circuit.reason': reason })).value++;
      };
      const listeners: Readonly<Record<string, () => void>> = {
        open: () => changed('open'),
        halfOpen: () => changed('half_open'),
        close: () => changed('closed'),
        reject: counts('open'),
        timeout: counts('timeout'),
        semaphoreLocked: counts('busy'),
      };
      for (const [event, listener] of Object.entries(listeners))
        callMethod(breaker, 'on', event, () => {
          if (isAttached) guarded(listener);
        });
    }

    function guarded(listener: () => void): void {
      try {
        listener();
      } catch {
        recorder.fault('opossum (event)');
      }
    }

    function metric(name: string, unit: string, kind: MetricKind, description: string): Metric {
      return recorder.metrics.metric({ name, unit, kind, description, scope: '@bellwether/node' });
    }
  },
};

/** A circuit without a name gets an id from opossum, which would be a label without end. */
function nameOf(breaker: object): { readonly 'bellwether.circuit.name': string } {
  const name = memberOf(breaker, 'name');
  const isGiven = typeof name === 'string' && name !== '' && !/^[\da-f-]{30,}$/i.test(name);
  return { 'bellwether.circuit.name': isGiven ? name.slice(0, 100) : '(anonymous)' };
}

function stateOf(breaker: object): CircuitState {
  if (memberOf(breaker, 'opened') === true) return 'open';
  return memberOf(breaker, 'halfOpen') === true ? 'half_open' : 'closed';
}

import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import { CircuitBreakers, type CircuitState } from './circuit-breakers.js';
import type { Instrumentation } from './instrumentation.js';
import { wrap } from './wrap.js';

const watched = Symbol('bellwether.circuit');

/** The part of opossum's breaker that we touch: https://nodeshift.dev/opossum/ */
interface Breaker {
  [watched]?: boolean;
}

/** opossum 8 and 9: the state of each circuit by its name, how often it changed, and the calls that it did not let through or that took too long. */
export const opossum: Instrumentation = {
  name: 'opossum',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const circuits = new CircuitBreakers(recorder);
    let isAttached = true;
    tools.undo(() => void (isAttached = false));
    tools.undo(circuits.stop);

    tools.onLoad('opossum', (CircuitBreaker, version) => {
      if (typeof CircuitBreaker !== 'function') return;
      // Both ways to call through a circuit end here. It is known from its first call on.
      const undo = wrap(CircuitBreaker.prototype, 'call', (breaker, args, call) => {
        // An object of theirs, on which only we set our property.
        const own = breaker as Breaker;
        if (own[watched] === undefined) {
          own[watched] = true;
          guarded(() => watch(own));
        }
        return call.apply(breaker, args);
      });
      if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });

    function watch(breaker: object): void {
      const circuit = circuits.watch(breaker, nameOf(breaker), stateOf);
      if (circuit === undefined) return;
      const listeners: Readonly<Record<string, () => void>> = {
        open: () => circuit.changed('open'),
        halfOpen: () => circuit.changed('half_open'),
        close: () => circuit.changed('closed'),
        reject: () => circuit.refused('open'),
        timeout: () => circuit.refused('timeout'),
        semaphoreLocked: () => circuit.refused('busy'),
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
        recorder.fault('opossum (circuit)');
      }
    }
  },
};

/** A circuit without a name gets an id from opossum, which would be a label without end. */
function nameOf(breaker: object): string {
  const name = memberOf(breaker, 'name');
  const isGiven = typeof name === 'string' && name !== '' && !/^[\da-f-]{30,}$/i.test(name);
  return isGiven ? name.slice(0, 100) : '(anonymous)';
}

function stateOf(breaker: object): CircuitState {
  if (memberOf(breaker, 'opened') === true) return 'open';
  return memberOf(breaker, 'halfOpen') === true ? 'half_open' : 'closed';
}

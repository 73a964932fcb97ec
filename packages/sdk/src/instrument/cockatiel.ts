import { basename } from 'node:path';
import type { Point } from '../core/metrics.js';
import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import { callSite, callsOf, noteStack } from './call-site.js';
import { CircuitBreakers, type CircuitState, type WatchedCircuit } from './circuit-breakers.js';
import type { Instrumentation } from './instrumentation.js';
import { wrap } from './wrap.js';

/** What policies tell of, by the classes that the library exports: their event, and what it is called. */
const told = [
  { policy: 'RetryPolicy', events: { onRetry: 'retry', onGiveUp: 'give_up' } },
  { policy: 'TimeoutPolicy', events: { onTimeout: 'timeout' } },
  { policy: 'BulkheadPolicy', events: { onReject: 'rejected' } },
] as const;

/** `CircuitState` of cockatiel; a circuit that somebody holds open is open. */
const circuitStates: readonly CircuitState[] = ['closed', 'open', 'half_open', 'open'];
const maxPolicies = 200;

/**
 * cockatiel 3: circuits as those of opossum; retries, calls that were given up after them, timeouts and calls that found no room, by policy.
 *
 * Policies have no names there: one is called by a property `name` that the application gave it, else by the line of its first call.
 */
export const cockatiel: Instrumentation = {
  name: 'cockatiel',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const circuits = new CircuitBreakers(recorder);
    const watchedCircuits = new WeakMap<object, WatchedCircuit>();
    const known = new WeakSet<object>();
    let policies = 0;
    let isAttached = true;
    tools.undo(() => void (isAttached = false));
    tools.undo(circuits.stop);

    tools.onLoad('cockatiel', (exports, version) => {
      for (const { policy, events } of told)
        watchFirstCall(memberOf(exports, policy), object => watchPolicy(object, Object.entries(events)));
      watchFirstCall(memberOf(exports, 'CircuitBreakerPolicy'), watchCircuit);
      tools.seen(version);
    });

    /** A policy is known from its first call on. */
    function watchFirstCall(policyClass: unknown, watch: (policy: object) => void): void {
      const prototype = memberOf(policyClass, 'prototype');
      if (typeof prototype !== 'object' || prototype === null) return;
      const undo = wrap(prototype, 'execute', (policy, args, execute) => {
        if (typeof policy !== 'object' || policy === null) return execute.apply(policy, args);
        if (!known.has(policy)) {
          known.add(policy);
          guarded(() => {
            if (policies++ < maxPolicies) watch(policy);
          });
        }
        const result = execute.apply(policy, args);
        const circuit = watchedCircuits.get(policy);
        if (circuit === undefined || !(result instanceof Promise)) return result;
        // Beside theirs, so that what they await stays their own promise.
        result.then(undefined, (error: unknown) =>
          guarded(() => {
            if (memberOf(error, 'isBrokenCircuitError') === true && stateOf(policy) === 'open') circuit.refused('open');
          }),
        );
        return result;
      });
      if (undo !== undefined) tools.undo(undo);
    }

    function watchCircuit(policy: object): void {
      const circuit = circuits.watch(policy, nameOf(policy), stateOf);
      if (circuit === undefined) return;
      watchedCircuits.set(policy, circuit);
      listen(policy, 'onStateChange', state => circuit.changed(stateNamed(state)));
    }

    function watchPolicy(policy: object, events: readonly (readonly [string, string])[]): void {
      const metric = recorder.metrics.metric({
        name: 'external.policy.events',
        unit: '{event}',
        kind: 'counter',
        description:
          'Calls that a policy made again (retry), gave up (give_up, timeout) or did not let through (rejected)',
        scope: '@bellwether/node',
      });
      const name = nameOf(policy);
      for (const [event, is] of events) {
        let point: Point | undefined;
        listen(policy, event, () => {
          point ??= metric.point({ 'bellwether.policy.name': name, 'bellwether.policy.event': is });
          point.value++;
        });
      }
    }

    function listen(policy: object, event: string, told: (value: unknown) => void): void {
      callMethod(policy, event, (value: unknown) => {
        if (isAttached) guarded(() => told(value));
      });
    }

    function nameOf(policy: object): string {
      const given = memberOf(policy, 'name');
      if (typeof given === 'string' && given !== '') return given.slice(0, 100);
      const site = callSite(callsOf(noteStack()), recorder.sources);
      const file = site?.['code.file.path'];
      return typeof file === 'string' ? `${basename(file)}:${site?.['code.line.number']}` : '(anonymous)';
    }

    function guarded(run: () => void): void {
      try {
        run();
      } catch {
        recorder.fault('cockatiel (policy)');
      }
    }
  },
};

function stateNamed(state: unknown): CircuitState {
  return (typeof state === 'number' ? circuitStates[state] : undefined) ?? 'closed';
}

function stateOf(policy: object): CircuitState {
  return stateNamed(memberOf(policy, 'state'));
}

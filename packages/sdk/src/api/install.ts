import { context, metrics, propagation, trace } from '@opentelemetry/api';
import type { Recorder } from '../core/recorder.js';
import { ScopeContextManager } from './context-manager.js';
import { meterProvider } from './meter.js';
import { propagatorOf } from './propagator.js';
import { delegateLoadedCopies, registerForAllCopies } from './registry.js';
import { tracerProvider } from './tracer.js';

/** Puts us behind `@opentelemetry/api`; returns how to step back. What another SDK has taken before stays with it. */
export function installApi(recorder: Recorder): () => void {
  const undo: (() => void)[] = [];
  registerForAllCopies(isTaken => {
    if (!isTaken('context') && context.setGlobalContextManager(new ScopeContextManager()))
      undo.push(() => context.disable());
    if (!isTaken('propagation') && propagation.setGlobalPropagator(propagatorOf(recorder.config.propagators)))
      undo.push(() => propagation.disable());
    if (!isTaken('trace')) {
      const tracers = tracerProvider(recorder);
      delegateLoadedCopies(tracers);
      if (trace.setGlobalTracerProvider(tracers)) undo.push(() => trace.disable());
    }
    if (!isTaken('metrics') && metrics.setGlobalMeterProvider(meterProvider(recorder)))
      undo.push(() => metrics.disable());
  });
  return () => {
    for (const step of undo) step();
  };
}

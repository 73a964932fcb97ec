import { context, metrics, propagation, trace } from '@opentelemetry/api';
import type { Recorder } from '../core/recorder.js';
import { ScopeContextManager } from './context-manager.js';
import { delegateLoadedCopies } from './loaded-copies.js';
import { meterProvider } from './meter.js';
import { w3c } from './propagator.js';
import { tracerProvider } from './tracer.js';

/** Puts us behind `@opentelemetry/api`; returns how to step back. What another SDK has taken before stays with it. */
export function installApi(recorder: Recorder): () => void {
  const undo: (() => void)[] = [];
  if (context.setGlobalContextManager(new ScopeContextManager())) undo.push(() => context.disable());
  if (propagation.setGlobalPropagator(w3c)) undo.push(() => propagation.disable());
  const tracers = tracerProvider(recorder);
  delegateLoadedCopies(tracers);
  if (trace.setGlobalTracerProvider(tracers)) undo.push(() => trace.disable());
  if (metrics.setGlobalMeterProvider(meterProvider(recorder))) undo.push(() => metrics.disable());
  return () => {
    for (const step of undo) step();
  };
}

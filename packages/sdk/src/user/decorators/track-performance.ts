import { type TracedOptions, tracedPlan } from '../traced.js';
import { type FunctionDecorator, functionDecorator } from './function-decorator.js';

/** `@trackPerformance('story.create')`: `traced` by the name of what is done. */
export function trackPerformance(operation: string, options: Omit<TracedOptions, 'name'> = {}): FunctionDecorator {
  return functionDecorator(tracedPlan({ ...options, name: operation }));
}

import { spanKind } from '../../core/templates.js';
import { isRunItself } from '../../core/running-task.js';
import { contextFinder, type TracedOptions } from '../traced.js';
import { type FunctionDecorator, functionDecorator } from './function-decorator.js';

export interface TaskProcessingOptions {
  /** `messaging.system`, such as `bullmq`; `in_process` unless told otherwise. */
  readonly system?: string;
  /** Where the trace of who queued the task is: `(job: Job) => extract(job.data.trace)`. */
  readonly context?: NonNullable<TracedOptions['context']>;
}

/**
 * `@monitoredTaskProcessing('commission_calculation', 'commission_queue')`: a task's run as a consumer span, its time and outcome by type and queue in
 * `messaging.process.duration`. Around the processor of a library that is seen by itself it names that run (its type, where the library has none, and the function), which counts once.
 */
export function monitoredTaskProcessing(
  task: string,
  queue: string,
  { system = 'in_process', context }: TaskProcessingOptions = {},
): FunctionDecorator {
  const metricAttributes = {
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.system': system,
    'messaging.destination.name': queue,
    'bellwether.task.type': task,
  };
  return functionDecorator(fn => ({
    name: `process ${queue}`,
    kind: spanKind.consumer,
    attributes: fn === '' ? metricAttributes : { ...metricAttributes, 'code.function.name': fn },
    metric: { name: 'messaging.process.duration', description: 'Time of processing a message' },
    metricAttributes,
    isCounted: (args, active) => isRunItself(active?.shared.task, args, { queue, type: task, functionName: fn }),
    ...(context === undefined ? {} : { contextOf: contextFinder(context) }),
  }));
}

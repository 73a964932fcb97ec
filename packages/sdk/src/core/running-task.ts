import type { SpanDetail } from './span-detail.js';

/** A run of a task that a library's instrumentation counts. */
export interface RunningTask {
  readonly queue: string;
  /** What the library hands to the application's function: a job, a message. */
  readonly subjects: readonly unknown[];
  readonly detail: SpanDetail;
  /** The type of the task; '' until somebody says. */
  type: string;
}

/** What an application says of its own function that works on tasks. */
export interface DeclaredTask {
  readonly queue: string;
  readonly type: string;
  readonly functionName: string;
}

/**
 * Whether a call of an application's own task function is the run that is counted already: it was given the very job, or is of the same queue. Then the run takes over what was said, and the
 * call must not count again.
 */
export function isRunItself(running: RunningTask | undefined, args: readonly unknown[], own: DeclaredTask): boolean {
  if (running === undefined) return false;
  const isGiven = args.some(arg => typeof arg === 'object' && arg !== null && running.subjects.includes(arg));
  if (!isGiven && running.queue !== own.queue) return false;
  if (running.type === '') running.type = own.type.slice(0, 200);
  const { detail } = running;
  if (own.functionName !== '') detail.attributes = { ...detail.attributes, 'code.function.name': own.functionName };
  return true;
}

import { writeTerm } from '../search/write-term.js';

/** Finds the spans of a queue's messages in traces, those of senders and workers. */
export function queueTerms({ queue }: { readonly queue: string }): string {
  return `(${writeTerm('messaging.destination.name', queue)} OR ${writeTerm('messaging.destination', queue)})`;
}

/** Finds the runs of a task: their traces begin where the message was sent. */
export function taskTerms({ queue, task }: { readonly queue: string; readonly task: string }): string {
  const type = task === '' ? '' : ` ${writeTerm('bellwether.task.type', task)}`;
  return `${queueTerms({ queue })} kind:consumer${type}`;
}

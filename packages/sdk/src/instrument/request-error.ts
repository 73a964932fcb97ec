import type { Recorder } from '../core/recorder.js';
import { statusOf } from '../errors/ignore-rule.js';
import type { ServerRequest } from './server-request.js';

const mechanism = { type: 'http.server', handled: false } as const;

/** An error that a handler let through. It is reported with the answer, since only then it is known whether it was the client's fault; after the client went away, at once. */
export function noteError(recorder: Recorder, entry: ServerRequest, error: unknown): void {
  entry.error ??= error;
  if (entry.ended) reportError(recorder, entry, error, statusOf(error));
}

/** Reports what ended a request; the report's id. `answered` is the status of the response, or what it would have been. */
export function reportError(
  recorder: Recorder,
  { scope }: ServerRequest,
  error: unknown,
  answered: number | undefined,
): string | undefined {
  return recorder.errors.exception(error, { mechanism, scope, ...(answered === undefined ? {} : { answered }) });
}

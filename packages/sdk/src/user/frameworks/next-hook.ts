import { activeRecorder } from '../../core/active-recorder.js';
import { scopes } from '../../core/scope.js';
import { noteError } from '../../instrument/request-error.js';
import { ServerRequest } from '../../instrument/server-request.js';
import { captureException } from '../capture-exception.js';

/** The part of what Next.js says about an error that we read; https://nextjs.org/docs/app/api-reference/file-conventions/instrumentation */
export interface NextErrorContext {
  /** `/orders/[order]` */
  readonly routePath?: string;
}

/** For `instrumentation.ts` of a Next.js application: `export { onRequestError } from '@bellwether/node'`. Errors of pages, route handlers and actions are reported with their request. */
export function onRequestError(error: unknown, _request: unknown, context: NextErrorContext = {}): void {
  const recorder = activeRecorder();
  const entry = scopes.getStore()?.shared.entry;
  if (recorder === undefined || !(entry instanceof ServerRequest)) {
    captureException(error);
    return;
  }
  if (typeof context.routePath === 'string') entry.route ??= context.routePath;
  noteError(recorder, entry, error);
}

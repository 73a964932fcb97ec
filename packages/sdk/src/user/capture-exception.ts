import { activeRecorder } from '../core/active-recorder.js';
import { type CaptureHint, putHint } from './capture-hint.js';

/**
 * Reports an error that the application handles itself. The same object is reported once, wherever it is caught again. Returns the report's id (32 hex digits),
 * which people can be shown; undefined when the SDK is off, or a rule or `beforeSend` dropped it. It never throws.
 *
 * ```ts
 * captureException(error, { user: { id }, tenant, contexts: { payment: { provider, amountMinor } } });
 * ```
 */
export function captureException(error: unknown, hint?: CaptureHint): string | undefined {
  return activeRecorder()?.errors.exception(error, {
    mechanism: { type: 'generic', handled: true },
    more: (surroundings, shared) => putHint(hint, surroundings, shared),
  });
}

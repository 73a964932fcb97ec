import { activeRecorder } from '../core/active-recorder.js';
import type { Level } from '../core/surroundings.js';
import { withoutSecrets } from '../errors/secrets.js';
import { type CaptureHint, putHint } from './capture-hint.js';

const maxMessageChars = 8192;

/**
 * Reports something worth a look that is no error: a log record with event name `message`, and all that is known about the work in progress. Returns its id,
 * undefined when the SDK is off or `beforeSend` dropped it. It never throws.
 */
export function captureMessage(message: string, level: Level = 'info', hint: CaptureHint = {}): string | undefined {
  return activeRecorder()?.errors.message(withoutSecrets(String(message).slice(0, maxMessageChars)), {
    mechanism: { type: 'generic', handled: true },
    level,
    more: (surroundings, shared) => putHint(hint, surroundings, shared),
  });
}

import { activeRecorder } from '../core/active-recorder.js';
import { isLevel, type Level } from '../core/surroundings.js';
import { plainText } from '../errors/plain-copy.js';
import { type CaptureHint, putHint } from './capture-hint.js';

const maxMessageChars = 8192;

/**
 * Reports something worth a look that is no error: a log record with event name `message`, and all that is known about the work in progress. Returns its id,
 * undefined when the SDK is off or `beforeSend` dropped it. It never throws.
 */
export function captureMessage(message: string, level: Level = 'info', hint?: CaptureHint): string | undefined {
  return activeRecorder()?.errors.message(plainText(message, maxMessageChars), {
    mechanism: { type: 'generic', handled: true },
    level: isLevel(level) ? level : 'info',
    more: (surroundings, shared) => putHint(hint, surroundings, shared),
  });
}

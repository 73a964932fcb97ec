import { expect, test } from 'vitest';
import { StallWatcher } from './stall-watcher.js';

test('noting where the loop is writes no stack: it may come in the middle of anything, such as the parsing of an address', () => {
  const watcher = new StallWatcher({ thresholdMs: 60_000, stalled: () => {}, failed: () => {} });
  // The name by which the inspector calls it.
  const note: unknown = Reflect.get(globalThis, Symbol.for('bellwether.stall'));
  if (typeof note !== 'function') throw new Error('nothing to call');
  const before = Error.prepareStackTrace;
  let written = 0;
  Error.prepareStackTrace = (error, frames) => {
    written++;
    return before?.(error, frames);
  };
  try {
    note();
  } finally {
    Error.prepareStackTrace = before;
    watcher.stop();
  }
  expect(written).toBe(0);
});

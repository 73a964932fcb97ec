import type { Recorder } from './recorder.js';
import { useTraceSampling } from './trace-sampling.js';

let active: Recorder | undefined;

/** What the functions that users call record into; undefined while the SDK is off. */
export function activeRecorder(): Recorder | undefined {
  return active;
}

/** Called by `start`, and with undefined when the SDK is shut down. */
export function setActiveRecorder(recorder: Recorder | undefined): void {
  active = recorder;
  useTraceSampling(recorder?.sampling);
}

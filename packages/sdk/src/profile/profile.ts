import { activeRecorder } from '../core/active-recorder.js';
import { detectResource } from '../config/resource.js';
import { type ProfileKind, takeProfile, type TakenProfile } from './take-profile.js';
import { profileDestination, profiledAs, uploadProfile } from './upload.js';

export interface ProfileOptions {
  /** `cpu` unless told otherwise: where time goes. `heap`: what was allocated meanwhile and is still there. */
  readonly kind?: ProfileKind;
  /** 10,000 ms unless told otherwise; at most a minute. */
  readonly durationMs?: number;
  /** `false`: it is only given back. Otherwise it is also sent to Bellwether. */
  readonly upload?: boolean;
}

const longestMs = 60_000;
let running: Promise<TakenProfile> | undefined;

/**
 * Takes a profile now. One is taken at a time: a call during another gets that one's result. Rejects when V8 cannot profile (Node without an inspector, or another profiler
 * at work).
 */
export function profile({
  kind = 'cpu',
  durationMs = 10_000,
  upload = true,
}: ProfileOptions = {}): Promise<TakenProfile> {
  running ??= takeProfile(kind, Math.min(Math.max(durationMs, 10), longestMs), { keepAlive: true }).finally(() => {
    running = undefined;
  });
  const recorder = activeRecorder();
  if (!upload || recorder === undefined) return running;
  const destination = profileDestination(recorder.config.destinations);
  if (destination === undefined) return running;
  return running.then(async taken => {
    await uploadProfile(destination, profiledAs(detectResource(recorder.config, process.env)), taken);
    return taken;
  });
}

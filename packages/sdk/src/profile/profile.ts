import { detectResource } from '../config/resource.js';
import { activeRecorder } from '../core/active-recorder.js';
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

/** A profile, and whether Bellwether took it. */
export interface SentProfile {
  readonly taken: TakenProfile;
  readonly isSent: boolean;
}

const longestMs = 60_000;
let running: Promise<TakenProfile> | undefined;

/**
 * Takes a profile now. One is taken at a time: a call during another gets that one's result. Rejects when V8 cannot profile (Node without an inspector, or another profiler
 * at work).
 */
export async function profile({
  kind = 'cpu',
  durationMs = 10_000,
  upload = true,
}: ProfileOptions = {}): Promise<TakenProfile> {
  const taking = take(kind, durationMs, true);
  return upload ? (await sent(taking)).taken : taking;
}

/** The same, always with its upload. `keepAlive: false`: the process may end before. */
export function profileAndSend(kind: ProfileKind, durationMs: number, keepAlive: boolean): Promise<SentProfile> {
  return sent(take(kind, durationMs, keepAlive));
}

/** Whether a profile is being taken on demand. */
export function isProfiling(): boolean {
  return running !== undefined;
}

function take(kind: ProfileKind, durationMs: number, keepAlive: boolean): Promise<TakenProfile> {
  running ??= takeProfile(kind, Math.min(Math.max(durationMs, 10), longestMs), { keepAlive }).finally(() => {
    running = undefined;
  });
  return running;
}

async function sent(taking: Promise<TakenProfile>): Promise<SentProfile> {
  const taken = await taking;
  const recorder = activeRecorder();
  const destination = recorder === undefined ? undefined : profileDestination(recorder.config.destinations);
  if (recorder === undefined || destination === undefined) return { taken, isSent: false };
  const status = await uploadProfile(destination, profiledAs(detectResource(recorder.config, process.env)), taken);
  return { taken, isSent: status === 200 };
}

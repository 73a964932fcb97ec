import { isMainThread } from 'node:worker_threads';
import { isProfiling, profileAndSend } from '../profile/profile.js';
import type { Instrumentation } from './instrumentation.js';

/**
 * A signal that has the process profile itself: ten seconds of CPU unless told otherwise, then as many of the heap. Off unless a signal is named. Windows has none of these signals; there the listener is never called.
 */
export const profileSignal: Instrumentation = {
  name: 'profile-signal',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const { profileSignal: signal, profileSeconds } = recorder.config;
    if (signal === undefined || !isMainThread) return;
    let isBusy = false;
    const onSignal = (): void => {
      // Who asks twice gets what is being taken.
      if (isBusy || isProfiling()) return;
      isBusy = true;
      void profileBoth().finally(() => {
        isBusy = false;
      });
    };
    const profileBoth = async (): Promise<void> => {
      try {
        for (const kind of ['cpu', 'heap'] as const) {
          const { taken, isSent } = await profileAndSend(kind, profileSeconds * 1000, false);
          recorder.log({
            severity: isSent ? 9 : 13,
            severityText: isSent ? 'INFO' : 'WARN',
            body: isSent
              ? `a ${kind} profile was taken, as ${signal} asked for`
              : `a ${kind} profile was taken, as ${signal} asked for, and Bellwether did not take it`,
            attributes: { 'bellwether.profile.kind': kind, 'bellwether.profile.traces': taken.traceIds.length },
            eventName: 'bellwether.profile',
          });
        }
      } catch {
        recorder.fault('profile by signal');
      }
    };
    process.on(signal, onSignal);
    tools.undo(() => void process.removeListener(signal, onSignal));
    tools.seen(process.versions.node);
  },
};

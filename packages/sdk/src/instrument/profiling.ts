import { detectResource } from '../config/resource.js';
import { takeProfile } from '../profile/take-profile.js';
import { type Profiled, profileDestination, profiledAs, uploadProfile } from '../profile/upload.js';
import type { Instrumentation } from './instrumentation.js';

const windowMs = 10_000;

/**
 * CPU profiles of a share of the time, in windows of ten seconds: `profileRate: 0.1` is one in a hundred seconds. Each fourth window also samples the heap. Off unless it is asked for.
 */
export const profiling: Instrumentation = {
  name: 'profiling',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const { profileRate, destinations } = recorder.config;
    const destination = profileDestination(destinations);
    if (profileRate === 0 || destination === undefined) return;
    const stopped = new AbortController();
    const uploads = recorder.metrics.metric({
      name: 'bellwether.sdk.profiles',
      kind: 'counter',
      unit: '{profile}',
      description: 'Profiles that were taken, by what became of them',
      scope: '@bellwether/node',
    });
    let who: Profiled | undefined;
    let turn = 0;
    const profileOne = async (): Promise<void> => {
      try {
        const kind = turn++ % 4 === 3 ? 'heap' : 'cpu';
        const taken = await takeProfile(kind, windowMs, { keepAlive: false, signal: stopped.signal });
        who ??= profiledAs(detectResource(recorder.config, process.env));
        const status = await uploadProfile(destination, who, taken);
        uploads.point({ outcome: status === 200 ? 'kept' : 'lost' }).value++;
      } catch {
        recorder.fault('profiling');
      }
    };
    let timer: NodeJS.Timeout | undefined;
    const plan = (): void => {
      // At a random place of its period, so that the instances of a service do not all begin together.
      const pauseMs = windowMs / profileRate - windowMs;
      timer = setTimeout(() => void profileOne().then(plan), pauseMs * (0.5 + Math.random()));
      timer.unref();
    };
    plan();
    tools.undo(() => {
      clearTimeout(timer);
      stopped.abort();
    });
    tools.seen(process.versions.node);
  },
};

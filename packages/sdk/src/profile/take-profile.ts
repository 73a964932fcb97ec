import { Session } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import { util } from '../core/node-modules.js';
import { gzip } from 'node:zlib';
import { nowMs } from '../core/clock.js';
import { scopes } from '../core/scope.js';
import { encodePprof, type ProfileContent } from './pprof.js';
import { RequestsInTime } from './requests-in-time.js';
import { cpuContent, heapContent, type When } from './v8-profile.js';

export type ProfileKind = 'cpu' | 'heap';

/** What was profiled. */
export interface TakenProfile {
  readonly kind: ProfileKind;
  readonly startUnixMs: number;
  readonly durationMs: number;
  /** Traces that were worked on meanwhile. */
  readonly traceIds: readonly string[];
  /** pprof, compressed with gzip, as `go tool pprof`, Speedscope and others read it. */
  readonly pprof: Buffer;
}

/** A hundred a second, as most profilers have it. */
const cpuIntervalUs = 10_000;
const heapIntervalBytes = 512 * 1024;
const maxTraceIds = 1000;
const compress = util.promisify(gzip);

/**
 * Profiles this thread for `durationMs`. Rejects when Node was built without an inspector. V8 stops the loop while it begins and ends a profile: tens of milliseconds in a large
 * application. `keepAlive`: somebody waits for it, so the process does not end before.
 */
export function takeProfile(
  kind: ProfileKind,
  durationMs: number,
  { keepAlive, signal }: { readonly keepAlive: boolean; readonly signal?: AbortSignal },
): Promise<TakenProfile> {
  // Whatever request asked for it: its samples are not that request's.
  return scopes.run(undefined, async () => {
    const session = new Session();
    session.connect();
    const requests = new RequestsInTime();
    try {
      const startUnixMs = Date.now();
      const startMs = nowMs();
      const end = kind === 'cpu' ? beginCpu(session) : beginHeap(session);
      await sleep(durationMs, undefined, { ref: keepAlive, ...(signal === undefined ? {} : { signal }) }).catch(
        () => undefined,
      );
      const content = end(requests, { startUnixMs, durationMs: nowMs() - startMs });
      return {
        kind,
        startUnixMs,
        durationMs: content.durationMs,
        traceIds: requests.traceIds.slice(0, maxTraceIds),
        pprof: await compress(encodePprof(content)),
      };
    } finally {
      requests.stop();
      session.disconnect();
    }
  });
}

type End = (requests: RequestsInTime, when: When) => ProfileContent;

function beginCpu(session: Session): End {
  // Its origin on V8's clock: both count on the same one.
  const originUs = Number(process.hrtime.bigint()) / 1000 - nowMs() * 1000;
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: cpuIntervalUs });
  session.post('Profiler.start');
  return (requests, when) => {
    let content: ProfileContent | undefined;
    // In its own thread a session answers before `post` returns.
    session.post('Profiler.stop', (_error, found) => {
      content = cpuContent(found.profile, requests.reader(), when, originUs);
    });
    session.post('Profiler.disable');
    return answered(content);
  };
}

function beginHeap(session: Session): End {
  session.post('HeapProfiler.enable');
  session.post('HeapProfiler.startSampling', { samplingInterval: heapIntervalBytes });
  return (_requests, when) => {
    let content: ProfileContent | undefined;
    session.post('HeapProfiler.stopSampling', (_error, found) => {
      content = heapContent(found.profile, heapIntervalBytes, when);
    });
    session.post('HeapProfiler.disable');
    return answered(content);
  };
}

function answered(content: ProfileContent | undefined): ProfileContent {
  if (content === undefined) throw new Error('V8 gave no profile; is another profiler at work?');
  return content;
}

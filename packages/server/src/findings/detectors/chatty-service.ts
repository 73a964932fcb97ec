import { groupCalls, placeOf } from '../calls.js';
import { isFileRoute } from '../file-route.js';
import type { Detector } from '../detector.js';
import { isPoll } from '../repeated-calls.js';
import { busyUs, durationUs, isJob, longest, mostAtOnce } from '../trace-spans.js';

const leastBusyUs = 100_000;
/** Of the request's time. */
const leastShare = 0.25;

/**
 * One request that talks to a vendor again and again, in different words. Innocent are our own services, jobs, polls, files in parts, what runs side by side, and
 * what is one call many times (N+1, pages, retries).
 */
export const chattyService: Detector = {
  kind: 'chatty-service',
  title: 'Chatty external service',
  needs: 'client spans of requests with their address',
  find({ trace, calls, thresholds }) {
    const outside = calls.remote.filter(
      call =>
        call.answeredBy === '' &&
        call.host !== '' &&
        !isOwnHost(call.host) &&
        !isJob(trace, call.span) &&
        !isFileRoute(trace, call.span),
    );
    return groupCalls(outside, ({ host }) => host).flatMap(group => {
      const [first] = group;
      const good = group.filter(({ span, url }) => trace.isError[span] === 0 && !url.isPage);
      if (first === undefined || good.length < thresholds.chattyCalls) return [];
      const shapes = new Map<string, number>();
      for (const { title } of good) shapes.set(title, (shapes.get(title) ?? 0) + 1);
      if (shapes.size < 3 || Math.max(...shapes.values()) > good.length * 0.7) return [];
      const spans = good.map(({ span }) => span);
      const busy = busyUs(trace, spans);
      if (mostAtOnce(trace, spans) > good.length / 3 || isPoll(trace, spans)) return [];
      if (busy < leastBusyUs || busy < durationUs(trace, first.entry) * leastShare) return [];
      return [
        {
          entry: first.entry,
          subject: first.peer,
          spans,
          times: good.length,
          lostUs: busy - longest(trace, spans),
          facts: {
            peer: first.peer,
            host: first.host,
            requests: [...shapes]
              .map(([shape, n]) => `${n} × ${shape}`)
              .slice(0, 10)
              .join('\n'),
            place: placeOf(trace, spans),
          },
        },
      ];
    });
  },
};

/** Names and addresses that no vendor has. */
function isOwnHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return (
    !name.includes('.') ||
    /\.(?:local|internal|localhost|svc|cluster\.local|lan|home|test)$/.test(name) ||
    /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|\[?(?:::1|f[cd]))/.test(name)
  );
}

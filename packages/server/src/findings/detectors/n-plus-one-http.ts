import { groupCalls, placeOf } from '../calls.js';
import type { Detector } from '../detector.js';
import { isFileRoute } from '../file-route.js';
import { isPoll } from '../repeated-calls.js';
import { busyUs, longest, mostAtOnce, type TraceSpans } from '../trace-spans.js';

const leastLostUs = 5000;
const reads = new Set(['GET', 'HEAD', 'RPC']);

/**
 * The same request for one thing after another: `GET /users/1`, `GET /users/2`, ...
 *
 * Innocent are pages, batches of ids, polls, files and their parts, what writes, what goes to different hosts, and calls that somebody runs a few at a time on purpose.
 */
export const nPlusOneHttp: Detector = {
  kind: 'n-plus-one-http',
  title: 'N+1 requests to a service',
  needs: 'client spans of requests with their address',
  find({ trace, calls, thresholds }) {
    return groupCalls(
      calls.remote.filter(({ method }) => reads.has(method)),
      ({ shape }) => shape,
    ).flatMap(group => {
      const [first] = group;
      const good = group.filter(({ span, status }) => trace.isError[span] === 0 && status !== 206 && status < 400);
      if (first === undefined || good.length < thresholds.repeatedCalls) return [];
      if (first.url.isPage || first.url.takesList || isFileRoute(trace, first.span)) return [];
      const different = new Set(good.map(({ url }) => url.whole));
      // Without ids, a page, a poll and a loop look the same.
      if (
        first.method === 'RPC'
          ? first.answeredBy === ''
          : different.size < good.length * 0.8 || !hasIds(good.map(({ url }) => url.values))
      )
        return [];
      const spans = good.map(({ span }) => span);
      if (isPoll(trace, spans) || isLimited(trace, spans)) return [];
      const lostUs = busyUs(trace, spans) - longest(trace, spans);
      if (lostUs < leastLostUs && mostAtOnce(trace, spans) === 1) return [];
      return [
        {
          entry: first.entry,
          subject: first.title,
          spans,
          times: good.length,
          lostUs,
          facts: {
            peer: first.peer,
            host: first.host,
            service: first.answeredBy,
            request: `${first.method} ${first.url.template}`,
            place: placeOf(trace, spans),
            mode: mostAtOnce(trace, spans) > 1 ? 'at once' : 'one after the other',
          },
        },
      ];
    });
  },
};

const hasIds = (values: readonly (readonly string[])[]): boolean => values.every(list => list.length > 0);

/** A few at a time, another as soon as one ends: whoever wrote that knew how many there are. */
export function isLimited(trace: TraceSpans, spans: readonly number[]): boolean {
  const most = mostAtOnce(trace, spans);
  if (most < 2 || most > spans.length / 2) return false;
  const ends = spans.map(span => trace.endUs[span] ?? 0).sort((a, b) => a - b);
  const starts = spans.map(span => trace.startUs[span] ?? 0).sort((a, b) => a - b);
  // The n-th after the first few begins only when an earlier one has ended.
  return starts.slice(most).every((startUs, i) => startUs >= (ends[i] ?? 0));
}

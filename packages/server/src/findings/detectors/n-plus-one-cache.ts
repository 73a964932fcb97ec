import { groupCalls, placeOf } from '../calls.js';
import type { Detector } from '../detector.js';
import { isPoll } from '../repeated-calls.js';
import { busyUs, longest, mostAtOnce, numberOf } from '../trace-spans.js';

const leastLostUs = 1000;
/** Reads of one key that have a form for many. */
const single = new Map([
  ['get', 'MGET'],
  ['hget', 'HMGET'],
  ['hgetall', 'a pipeline of HGETALL'],
  ['exists', 'EXISTS with several keys'],
  ['ttl', 'a pipeline of TTL'],
  ['smembers', 'a pipeline of SMEMBERS'],
  ['sismember', 'SMISMEMBER'],
  ['zscore', 'ZMSCORE'],
]);

/** The same read of a cache again and again, each a round trip of its own. Innocent are pipelines, commands for many keys, polls, and counters. */
export const nPlusOneCache: Detector = {
  kind: 'n-plus-one-cache',
  title: 'N+1 cache reads',
  needs: 'client spans of cache commands',
  find({ trace, calls, thresholds }) {
    const lone = calls.cache.filter(
      ({ span, operation }) =>
        single.has(operation) &&
        trace.isError[span] === 0 &&
        (numberOf(trace, span, 'db.operation.batch.size') ?? 1) <= 1,
    );
    return groupCalls(lone, ({ shape }) => shape).flatMap(group => {
      const [first] = group;
      // A cache answers in a fraction of a millisecond: it takes more calls than of a database until they matter.
      if (first === undefined || group.length < thresholds.repeatedCalls * 2) return [];
      const spans = group.map(({ span }) => span);
      // What is sent at once travels together.
      if (mostAtOnce(trace, spans) > 2 || isPoll(trace, spans)) return [];
      const lostUs = busyUs(trace, spans) - longest(trace, spans);
      if (lostUs < leastLostUs) return [];
      const { operation, pattern, system } = first;
      return [
        {
          entry: first.entry,
          subject: `${operation} ${pattern}`.trim(),
          spans,
          times: group.length,
          lostUs,
          facts: { system, operation, pattern, instead: single.get(operation) ?? '', place: placeOf(trace, spans) },
        },
      ];
    });
  },
};

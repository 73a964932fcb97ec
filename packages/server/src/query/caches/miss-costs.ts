import { groupBy } from '../group-by.js';

/** A call of one request, to a cache or something else. */
export interface SiblingCall {
  readonly traceId: string;
  readonly parentId: string;
  readonly name: string;
  /** '' unless it is a call of a cache. */
  readonly system: string;
  readonly pattern: string;
  readonly startNs: number;
  readonly durationNs: number;
}

/** What misses of a key pattern cost. */
export interface MissCost {
  readonly misses: number;
  readonly meanMs: number;
  /** What took longest meanwhile, most often. */
  readonly followedBy: string;
  readonly traceId: string;
}

export const readNames: readonly string[] = ['GET', 'MGET', 'HGET', 'HMGET', 'HGETALL', 'GETEX', 'JSON.GET', 'get'];
const writeNames: ReadonlySet<string> = new Set(
  'SET SETEX PSETEX SETNX MSET HSET HMSET JSON.SET set add replace'.split(' '),
);
const reads = new Set(readNames);

/** Names a pattern of a kind of cache in maps. */
export function patternKey(system: string, pattern: string): string {
  return `${system}\n${pattern}`;
}

/**
 * What a miss cost: the time from a read to the next write of the same pattern below the same span, with nothing read of it in between. That is how caches are filled; a read that is
 * followed by no write is taken for a hit. What is filled elsewhere, later, is not seen.
 */
export function missCosts(calls: readonly SiblingCall[]): ReadonlyMap<string, MissCost> {
  const found: { readonly key: string; readonly ns: number; readonly followedBy: string; readonly traceId: string }[] =
    [];
  for (const siblings of groupBy(calls, call => `${call.traceId} ${call.parentId}`).values()) {
    const inOrder = siblings.toSorted((a, b) => a.startNs - b.startNs);
    const open = new Map<string, { readonly read: SiblingCall; readonly at: number }>();
    inOrder.forEach((call, at) => {
      if (call.system === '' || call.pattern === '') return;
      const key = patternKey(call.system, call.pattern);
      if (reads.has(call.name)) open.set(key, { read: call, at });
      const miss = open.get(key);
      if (!writeNames.has(call.name) || miss === undefined) return;
      open.delete(key);
      const endNs = miss.read.startNs + miss.read.durationNs;
      const between = inOrder.slice(miss.at + 1, at).filter(({ system }) => system === '');
      const longest = between.toSorted((a, b) => b.durationNs - a.durationNs)[0];
      found.push({
        key,
        ns: Math.max(call.startNs - endNs, 0),
        followedBy: longest?.name ?? '',
        traceId: call.traceId,
      });
    });
  }
  return new Map(
    [...groupBy(found, ({ key }) => key)].map(([key, misses]) => {
      const slowest = misses.toSorted((a, b) => b.ns - a.ns)[0];
      const names = [...groupBy(misses, miss => miss.followedBy)].sort(([, a], [, b]) => b.length - a.length);
      return [
        key,
        {
          misses: misses.length,
          meanMs: misses.reduce((sum, { ns }) => sum + ns, 0) / misses.length / 1e6,
          followedBy: names[0]?.[0] ?? '',
          traceId: slowest?.traceId ?? '',
        },
      ];
    }),
  );
}

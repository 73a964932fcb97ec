import type {
  CacheEviction,
  CacheMemory,
  CacheOperation,
  CacheRow,
  CachesAnswer,
  KeyPatternRow,
} from '@bellwether/model';
import type { Asker } from '../asker.js';
import { callFigures } from '../calls/call-figures.js';
import { readOperations, readPeers } from '../calls/read-calls.js';
import { callSteps } from '../databases/list-databases.js';
import { groupBy } from '../group-by.js';
import {
  inEnvironment,
  MetricQuestions,
  type MetricReader,
  type MetricValue,
  quoted,
  rangeOf,
} from '../metric-reader.js';
import { peerType } from '../peer-type.js';
import { windowSeconds } from '../red.js';
import type { TimeWindow } from '../time-window.js';
import { cacheSigns } from './cache-signs.js';
import { patternKey } from './miss-costs.js';
import { readMissCosts } from './read-miss-costs.js';

export interface CachesQuestion extends TimeWindow {
  readonly env: string | undefined;
  /** One kind of cache alone. */
  readonly system: string | undefined;
  readonly nowMs: number;
}

const maxPatterns = 200;
const maxOperations = 100;
const writes = /^(?:M|P|H)?SET|^SET|^(?:set|add|replace)$/;

/** Every panel of the page Caches. */
export async function listCaches(asker: Asker, reader: MetricReader, question: CachesQuestion): Promise<CachesAnswer> {
  const { env, system, fromMs, toMs, nowMs } = question;
  const steps = callSteps(question);
  const seconds = windowSeconds(steps, nowMs);
  const metrics = new MetricQuestions(reader, asker);
  const range = rangeOf(toMs - fromMs);
  const of = (metric: string): string => `${metric}{${system === undefined ? '' : `cache_system=${quoted(system)}`}}`;
  const grown = (metric: string): string => inEnvironment(`increase(${of(metric)}[${range}])`, env);
  const rate = (metric: string): string => inEnvironment(`rate(${of(metric)}[${rangeOf(steps.stepMs)}])`, env);
  const now = (metric: string): string => `max by (cache_system, server_address) (${inEnvironment(of(metric), env)})`;
  const peers = (await readPeers(asker, 'client', { env }, steps)).filter(
    ({ peer }) => peerType(peer, false) === 'cache' && (system === undefined || systemOf(peer) === system),
  );
  const names = peers.map(({ peer }) => peer);
  const [reads, series, evicted, evictionRates, used, limits, items, usedSeries, operations, misses] =
    await Promise.all([
      metrics.at(
        `sum by (cache_system, bellwether_key_pattern, cache_result, job) (${grown('cache_requests_total')})`,
        toMs,
      ),
      metrics.over(`sum by (cache_system, cache_result) (${rate('cache_requests_total')})`, steps),
      metrics.at(
        `max by (cache_system, server_address, cache_eviction_reason) (${grown('cache_evictions_total')})`,
        toMs,
      ),
      metrics.over(
        `max by (cache_system, server_address, cache_eviction_reason) (${rate('cache_evictions_total')})`,
        steps,
      ),
      metrics.at(now('cache_memory_used_bytes'), toMs),
      metrics.at(now('cache_memory_limit_bytes'), toMs),
      metrics.at(now('cache_items'), toMs),
      metrics.over(now('cache_memory_used_bytes'), steps),
      names.length === 0 ? [] : readOperations(asker, 'client', { env, peers: names }, steps, maxOperations),
      readMissCosts(asker, { env, peers: names, steps }),
    ]);

  const caches = [...groupBy(reads, ({ labels }) => labels.get('cache_system') ?? '')]
    .map(([name, group]): CacheRow => ({
      ...lookupsOf(group, seconds),
      system: name,
      services: [...new Set(group.map(({ labels }) => labels.get('job') ?? ''))].sort(),
    }))
    .sort((a, b) => b.readsPerSecond - a.readsPerSecond);
  const hitRatio = caches.map(({ system: name }) => {
    const of = (result: string): readonly (number | null)[] =>
      series.find(({ labels }) => labels.get('cache_system') === name && labels.get('cache_result') === result)
        ?.values ?? [];
    const [hits, missed] = [of('hit'), of('miss')];
    return {
      system: name,
      ratio: steps.stepsMs.map((_, step) => ratioOf(hits[step] ?? 0, missed[step] ?? 0)),
    };
  });
  const evictions = evicted
    .map(({ labels, value }): CacheEviction => {
      const key = evictionKey(labels);
      return {
        ...placeOf(labels),
        reason: labels.get('cache_eviction_reason') ?? '',
        total: Math.round(value),
        rate: [...(evictionRates.find(one => evictionKey(one.labels) === key)?.values ?? [])],
      };
    })
    .sort((a, b) => b.total - a.total);
  const places = new Map([...used, ...limits, ...items].map(({ labels }) => [placeKey(labels), labels]));
  const memory = [...places].map(([key, labels]): CacheMemory => ({
    ...placeOf(labels),
    usedBytes: valueAt(used, key),
    limitBytes: valueAt(limits, key),
    items: valueAt(items, key),
    used: [...(usedSeries.find(one => placeKey(one.labels) === key)?.values ?? [])],
  }));
  const rows = operations.map(({ peer, operation, services, red }): CacheOperation => ({
    ...callFigures(red, seconds),
    system: systemOf(peer),
    operation,
    services: [...services],
  }));
  const evictors = new Map(evicted.map(({ labels }) => [placeKey(labels), labels]));
  const signs = [...new Map([...places, ...evictors])].flatMap(([key, labels]) => {
    const place = placeOf(labels);
    const written = rows
      .filter(row => row.system === place.system && writes.test(row.operation))
      .reduce((sum, row) => sum + row.callsPerSecond, 0);
    return cacheSigns({
      memory: memory.find(one => one.system === place.system && one.server === place.server) ?? {
        ...place,
        usedBytes: null,
        limitBytes: null,
        items: null,
        used: [],
      },
      evictions: evictions.filter(one => `${one.system}\n${one.server}` === key),
      writesPerSecond: written === 0 ? undefined : written,
      hitRatio: hitRatio.find(one => one.system === place.system)?.ratio ?? [],
      stepMs: steps.stepMs,
    });
  });
  return {
    stepsMs: [...steps.stepsMs],
    stepMs: steps.stepMs,
    lastStepIncomplete: (steps.stepsMs.at(-1) ?? 0) + steps.stepMs > Math.min(nowMs, toMs),
    caches,
    hitRatio,
    memory,
    evictions,
    patterns: patternRows(reads, misses.costs, seconds),
    operations: rows,
    signs,
    looked: misses.looked,
    metricsMissing: metrics.missing,
  };
}

function patternRows(
  reads: readonly MetricValue[],
  costs: Awaited<ReturnType<typeof readMissCosts>>['costs'],
  seconds: number,
): KeyPatternRow[] {
  const told = reads.filter(({ labels }) => (labels.get('bellwether_key_pattern') ?? '') !== '');
  const groups = groupBy(told, ({ labels }) =>
    patternKey(labels.get('cache_system') ?? '', labels.get('bellwether_key_pattern') ?? ''),
  );
  return [...groups]
    .map(([key, group]): KeyPatternRow => {
      const [system = '', pattern = ''] = key.split('\n');
      const figures = lookupsOf(group, seconds);
      const cost = costs.get(key);
      return {
        ...figures,
        system,
        pattern,
        missMs: cost?.meanMs ?? null,
        missBusy: cost === undefined ? null : ((figures.misses / seconds) * cost.meanMs) / 1000,
        followedBy: cost?.followedBy ?? '',
        missTraceId: cost?.traceId ?? '',
      };
    })
    .sort((a, b) => (b.missBusy ?? -1) - (a.missBusy ?? -1) || b.readsPerSecond - a.readsPerSecond)
    .slice(0, maxPatterns);
}

type LabelMap = ReadonlyMap<string, string>;

function lookupsOf(
  values: readonly MetricValue[],
  seconds: number,
): Pick<CacheRow, 'hits' | 'misses' | 'errors' | 'hitRatio' | 'readsPerSecond'> {
  const sum = (result: string): number =>
    values.filter(({ labels }) => labels.get('cache_result') === result).reduce((total, { value }) => total + value, 0);
  const [hits, misses, errors] = [sum('hit'), sum('miss'), sum('error')];
  return {
    hits: Math.round(hits),
    misses: Math.round(misses),
    errors: Math.round(errors),
    hitRatio: ratioOf(hits, misses),
    readsPerSecond: (hits + misses + errors) / seconds,
  };
}

function ratioOf(hits: number, misses: number): number | null {
  return hits + misses <= 0 ? null : hits / (hits + misses);
}

/** `memcached pool` is memcached. */
function systemOf(peer: string): string {
  return peer.split(' ', 1)[0] ?? peer;
}

function placeOf(labels: LabelMap): { readonly system: string; readonly server: string } {
  return { system: labels.get('cache_system') ?? '', server: labels.get('server_address') ?? '' };
}

function placeKey(labels: LabelMap): string {
  const { system, server } = placeOf(labels);
  return `${system}\n${server}`;
}

function evictionKey(labels: LabelMap): string {
  return `${placeKey(labels)}\n${labels.get('cache_eviction_reason') ?? ''}`;
}

function valueAt(values: readonly MetricValue[], key: string): number | null {
  return values.find(({ labels }) => placeKey(labels) === key)?.value ?? null;
}

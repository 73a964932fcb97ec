import { spanKind } from '../../core/templates.js';
import { type FunctionDecorator, functionDecorator } from './function-decorator.js';

/** Operations whose result says whether the cache had it. */
const reads = new Set(['get', 'mget', 'hget', 'hgetall', 'getex', 'has', 'exists', 'peek']);

/**
 * `@monitoredCacheOperation('redis', 'get', 'tenant:{tenantId}:config')`: time and outcome of a function that uses a cache. The pattern is what is told,
 * never a key. For reads `null`, `undefined` and, for `has`, `false` are a miss, everything else is a hit (0 and '' too); a failure is an error and no miss. The ratio
 * is the counts' of `cache.operation.duration` by `cache.result`.
 */
export function monitoredCacheOperation(system: string, operation: string, keyPattern?: string): FunctionDecorator {
  const name = operation.toLowerCase();
  const isRead = reads.has(name);
  const asksWhether = name === 'has' || name === 'exists';
  const metricAttributes = {
    'cache.system': system,
    'cache.operation': name,
    ...(keyPattern === undefined ? {} : { 'bellwether.key.pattern': keyPattern }),
  };
  const resultOf = (result: unknown): string => {
    if (!isRead) return 'ok';
    if (result === undefined || result === null) return 'miss';
    return asksWhether && (result === false || result === 0) ? 'miss' : 'hit';
  };
  return functionDecorator(fn => ({
    name: `${system} ${name}`,
    kind: spanKind.internal,
    attributes: fn === '' ? metricAttributes : { ...metricAttributes, 'code.function.name': fn },
    metric: { name: 'cache.operation.duration', description: 'Time of functions that use a cache, by result' },
    metricAttributes,
    resultOf,
    resultAttribute: 'cache.result',
  }));
}

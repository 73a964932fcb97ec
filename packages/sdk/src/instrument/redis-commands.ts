import type { Attributes } from '@opentelemetry/api';
import type { Recorder } from '../core/recorder.js';
import { errorType } from '../core/span-detail.js';
import { spanKind, type Template } from '../core/templates.js';
import { attributeKey } from '../otlp/span-writer.js';
import { type CallPlaces, callPlaces } from './call-places.js';
import type { NotedStack } from './call-site.js';
import { CacheLookups } from './cache-lookups.js';
import { KeyPatterns } from './key-patterns.js';
import { beginLeaf, endLeaf, type LeafCall } from './leaf-call.js';
import { takesKey } from './redis-key-pattern.js';

/** Which server, as ioredis and node-redis tell it. */
export interface RedisTarget {
  readonly database: number;
  readonly serverAddress: string;
  readonly serverPort: number | undefined;
}

/** One command on its way. */
export interface RedisCall {
  readonly leaf: LeafCall;
  readonly template: Template;
  /** Lower case. */
  readonly command: string;
  /** Keys that a multi-get asks for; 0 for other commands. */
  readonly keyCount: number;
  /** A part of a pipeline: its span is the pipeline's. */
  readonly inBatch: boolean;
  /** Where it was sent from, for the few that are looked at. */
  readonly stack: NotedStack | undefined;
}

/** Several commands that are sent together. */
export interface RedisBatch {
  readonly leaf: LeafCall;
  readonly template: Template;
  readonly size: number;
}

/** Commands that only wait or keep the connection: they would be long or many, and say nothing. */
const ignored = new Set(['info', 'client', 'ping', 'hello', 'auth', 'select', 'subscribe', 'psubscribe', 'ssubscribe']);

/** Reads whose empty result is a cache miss. */
const reads = new Set(['get', 'getex', 'getdel', 'hget', 'hgetall', 'mget', 'exists']);

const batchSizeKey = attributeKey('db.operation.batch.size');
const maxPatternsPerCommand = 100;

/** What a Redis client does, whichever it is. Of a command's arguments only the key's pattern is told, never a value. */
export class RedisCommands {
  readonly #recorder: Recorder;
  readonly #lookups: CacheLookups;
  readonly #places: CallPlaces;
  readonly #patterns = new KeyPatterns();
  readonly #byTarget = new Map<string, Map<string, Map<string, Template>>>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.#lookups = new CacheLookups(recorder, 'redis');
    this.#places = callPlaces(recorder, 'cache');
  }

  /** A command begins; undefined when it is none to tell of. `keyAt` is where in `args` a key would be. */
  begin(
    command: string,
    args: readonly unknown[],
    keyAt: number,
    target: RedisTarget,
    inBatch: boolean,
  ): RedisCall | undefined {
    const name = command.toLowerCase();
    if (ignored.has(name)) return undefined;
    const key = args[keyAt];
    const template = this.#template(name, key, target);
    const keyCount = name === 'mget' ? (Array.isArray(key) ? key.length : args.length - keyAt) : 0;
    const leaf = beginLeaf();
    const stack = inBatch || !leaf.scope.sampled ? undefined : this.#places.look(leaf.scope, leaf.startMs);
    return { leaf, template, command: name, keyCount, inBatch, stack };
  }

  end(call: RedisCall, error: unknown, result: unknown): void {
    const { leaf, template, command, keyCount, inBatch, stack } = call;
    const failure = error === undefined || error === null ? '' : redisError(error);
    if (reads.has(command)) this.#count(call, failure, result);
    if (inBatch) return;
    if (keyCount === 0 && stack === undefined) {
      endLeaf(this.#recorder, leaf, template, failure);
      return;
    }
    endLeaf(this.#recorder, leaf, template, failure, spans => {
      if (keyCount > 0) spans.integer(batchSizeKey, keyCount);
      this.#places.tell(spans, stack);
    });
  }

  /** `mode`: `PIPELINE` or `MULTI`. */
  beginBatch(mode: string, size: number, target: RedisTarget): RedisBatch {
    return { leaf: beginLeaf(), template: this.#template(mode.toLowerCase(), undefined, target), size };
  }

  endBatch({ leaf, template, size }: RedisBatch, error: unknown): void {
    const failure = error === undefined || error === null ? '' : redisError(error);
    endLeaf(this.#recorder, leaf, template, failure, spans => spans.integer(batchSizeKey, size));
  }

  #count({ template, keyCount }: RedisCall, failure: string, result: unknown): void {
    const told = template.spec.metricAttributes['bellwether.key.pattern'];
    const pattern = typeof told === 'string' ? told : '';
    if (failure !== '') {
      this.#lookups.count(pattern, 'error');
    } else if (keyCount > 0 && Array.isArray(result)) {
      const misses = result.reduce<number>((sum, item) => sum + (item === null ? 1 : 0), 0);
      this.#lookups.count(pattern, 'miss', misses);
      this.#lookups.count(pattern, 'hit', result.length - misses);
    } else {
      this.#lookups.count(pattern, isMiss(result) ? 'miss' : 'hit');
    }
  }

  #template(name: string, key: unknown, target: RedisTarget): Template {
    const { database, serverAddress, serverPort } = target;
    const place = `${serverAddress}:${serverPort ?? ''}/${database}`;
    let byCommand = this.#byTarget.get(place);
    if (byCommand === undefined) {
      byCommand = new Map();
      if (this.#byTarget.size < 100) this.#byTarget.set(place, byCommand);
    }
    let byPattern = byCommand.get(name);
    if (byPattern === undefined) {
      byPattern = new Map();
      if (byCommand.size < 500) byCommand.set(name, byPattern);
    }
    const first: unknown = Array.isArray(key) ? key[0] : key;
    let pattern = typeof first === 'string' && first !== '?' && takesKey(name) ? this.#patterns.of(first) : '';
    const known = byPattern.get(pattern);
    if (known !== undefined) return known;
    if (byPattern.size >= maxPatternsPerCommand) pattern = '*';
    const shared = byPattern.get(pattern);
    if (shared !== undefined) return shared;
    const { full } = this.#recorder.templates;
    const made = this.#make(name.toUpperCase().slice(0, 64), pattern, target);
    if (!full) byPattern.set(pattern, made);
    return made;
  }

  #make(operation: string, pattern: string, { database, serverAddress, serverPort }: RedisTarget): Template {
    const { templates, metrics } = this.#recorder;
    const metric = metrics.metric({
      name: 'db.client.operation.duration',
      unit: 's',
      description: 'Time from sending a query to its whole result',
      kind: 'histogram',
      scope: '@bellwether/node',
    });
    const attributes: Attributes = {
      'db.system.name': 'redis',
      'db.namespace': String(database),
      'db.operation.name': operation,
      'server.address': serverAddress,
      ...(serverPort === undefined ? {} : { 'server.port': serverPort }),
    };
    const keyed = pattern === '' ? attributes : { ...attributes, 'bellwether.key.pattern': pattern };
    const overflow = { 'db.system.name': 'redis' };
    return templates.create(
      { name: operation, kind: spanKind.client, attributes: keyed, metric, metricAttributes: keyed },
      { name: 'redis', kind: spanKind.client, attributes: overflow, metric, metricAttributes: overflow },
    );
  }
}

function isMiss(result: unknown): boolean {
  if (result === null || result === undefined || result === 0) return true;
  return typeof result === 'object' && Object.keys(result).length === 0;
}

/** Redis answers errors as `WRONGTYPE Operation against …`: the first word is its class, the rest may hold values. */
function redisError(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return /^[A-Z]{2,}(?= |$)/.exec(message)?.[0] ?? errorType(error);
}

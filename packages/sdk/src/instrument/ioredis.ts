import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import { randomWord } from '../core/random-ids.js';
import type { Recorder } from '../core/recorder.js';
import { newTrace, scopes, type Scope } from '../core/scope.js';
import { errorType } from '../core/span-detail.js';
import { observeDuration, spanKind, type Template } from '../core/templates.js';
import { attributeKey } from '../otlp/span-writer.js';
import type { Instrumentation } from './instrumentation.js';
import { keyPattern, takesKey } from './redis-key-pattern.js';

/** The part of ioredis' message that we read. */
interface CommandMessage {
  readonly command: string;
  readonly args: readonly unknown[];
  readonly database: number;
  readonly serverAddress: string;
  readonly serverPort: number | undefined;
  readonly error?: unknown;
  readonly result?: unknown;
}

interface Open {
  readonly scope: Scope;
  readonly root: boolean;
  readonly template: Template;
  readonly startMs: number;
}

const errorKey = attributeKey('error.type');

/** Commands that only wait or keep the connection: they would be long or many, and say nothing. */
const ignored = new Set(['info', 'client', 'ping', 'hello', 'auth', 'select', 'subscribe', 'psubscribe', 'ssubscribe']);

/** Reads whose empty result is a cache miss. */
const reads = new Set(['get', 'getex', 'getdel', 'hget', 'hgetall', 'mget', 'exists']);

/** ioredis ≥ 5.11 publishes its commands. Of their arguments only the key's pattern is told, never a value. */
export const ioredis: Instrumentation = {
  name: 'ioredis',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const open = new WeakMap<CommandMessage, Open>();
    const commands = new CommandTemplates(recorder);
    tools.needs('ioredis', '5.11.0');
    const lookups = recorder.metrics.metric({
      name: 'cache.requests',
      unit: '{request}',
      description: 'Reads of a cache by result: hit or miss',
      kind: 'counter',
      scope: '@bellwether/node',
    });

    tools.subscribe<CommandMessage>('tracing:ioredis:command:start', message => {
      tools.seen();
      if (ignored.has(message.command)) return;
      const active = scopes.getStore();
      open.set(message, {
        scope: active ?? newTrace(),
        root: active === undefined,
        template: commands.of(message),
        startMs: nowMs(),
      });
    });
    tools.subscribe<CommandMessage>('tracing:ioredis:command:asyncEnd', message => {
      const span = open.get(message);
      if (span === undefined) return;
      open.delete(message);
      const { scope, root, template, startMs } = span;
      const endMs = nowMs();
      const { error } = message;
      const failure = error === undefined ? '' : redisError(error);
      observeDuration(template, failure === '' ? 'ok' : failure, endMs - startMs, outcome);
      const command = message.command.toLowerCase();
      if (failure === '' && reads.has(command)) {
        const pattern = template.spec.metricAttributes['bellwether.key.pattern'];
        lookups.point({
          'cache.system': 'redis',
          'cache.result': isMiss(message.result) ? 'miss' : 'hit',
          ...(pattern === undefined ? {} : { 'bellwether.key.pattern': pattern }),
        }).value++;
      }
      if (!scope.sampled) return;
      const { spans } = recorder;
      const before = spans.out.length;
      try {
        const [s0, s1] = root ? [scope.s0, scope.s1] : [randomWord(), randomWord()];
        const start = spans.begin(scope, s0, s1, root ? 0 : scope.s0, root ? 0 : scope.s1, template, startMs, endMs);
        if (failure !== '') spans.string(errorKey, failure);
        spans.end(start, failure === '' ? 0 : 2, failure);
      } catch (fault) {
        spans.cancel(before);
        throw fault;
      }
      recorder.written();
    });
  },
};

function isMiss(result: unknown): boolean {
  if (result === null || result === undefined || result === 0) return true;
  if (Array.isArray(result)) return result.every(item => item === null);
  return typeof result === 'object' && Object.keys(result).length === 0;
}

/** Redis answers errors as `WRONGTYPE Operation against …`: the first word is its class, the rest may hold values. */
function redisError(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return /^[A-Z]{2,}(?= |$)/.exec(message)?.[0] ?? errorType(error);
}

function outcome(failure: string | number): Attributes {
  return failure === 'ok' ? {} : { 'error.type': String(failure) };
}

const maxPatternsPerCommand = 100;

class CommandTemplates {
  readonly #recorder: Recorder;
  readonly #byTarget = new Map<string, Map<string, Map<string, Template>>>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  of({ command, args, database, serverAddress, serverPort }: CommandMessage): Template {
    const target = `${serverAddress}:${serverPort ?? ''}/${database}`;
    const name = command.toLowerCase();
    let byCommand = this.#byTarget.get(target);
    if (byCommand === undefined) {
      byCommand = new Map();
      if (this.#byTarget.size < 100) this.#byTarget.set(target, byCommand);
    }
    let byPattern = byCommand.get(name);
    if (byPattern === undefined) {
      byPattern = new Map();
      if (byCommand.size < 500) byCommand.set(name, byPattern);
    }
    const [key] = args;
    let pattern = takesKey(name) && typeof key === 'string' && key !== '?' ? keyPattern(key) : '';
    const known = byPattern.get(pattern);
    if (known !== undefined) return known;
    if (byPattern.size >= maxPatternsPerCommand) pattern = '*';
    const shared = byPattern.get(pattern);
    if (shared !== undefined) return shared;

    const { templates, metrics } = this.#recorder;
    const metric = metrics.metric({
      name: 'db.client.operation.duration',
      unit: 's',
      description: 'Time from sending a query to its whole result',
      kind: 'histogram',
      scope: '@bellwether/node',
    });
    const operation = name.toUpperCase().slice(0, 64);
    const attributes: Attributes = {
      'db.system.name': 'redis',
      'db.namespace': String(database),
      'db.operation.name': operation,
      'server.address': serverAddress,
      ...(serverPort === undefined ? {} : { 'server.port': serverPort }),
    };
    const keyed = pattern === '' ? attributes : { ...attributes, 'bellwether.key.pattern': pattern };
    const full = templates.full;
    const made = templates.create(
      { name: operation, kind: spanKind.client, attributes: keyed, metric, metricAttributes: keyed },
      {
        name: 'redis',
        kind: spanKind.client,
        attributes: { 'db.system.name': 'redis' },
        metric,
        metricAttributes: { 'db.system.name': 'redis' },
      },
    );
    if (!full) byPattern.set(pattern, made);
    return made;
  }
}

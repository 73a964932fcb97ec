import type { Attributes } from '@opentelemetry/api';
import type { Recorder } from '../core/recorder.js';
import { scopes } from '../core/scope.js';
import { spanKind, type Template } from '../core/templates.js';
import { memberOf } from '../errors/member-of.js';
import { CacheLookups } from './cache-lookups.js';
import { CacheServerFigures } from './cache-server-figures.js';
import type { Instrumentation } from './instrumentation.js';
import { KeyPatterns } from './key-patterns.js';
import { beginLeaf, endLeaf } from './leaf-call.js';
import { wrap, type Method } from './wrap.js';

const operations = ['get', 'set', 'add', 'replace', 'delete', 'increment', 'decrement', 'append', 'prepend', 'touch'];

/**
 * memjs ≥ 1 (memcached). Each operation takes a callback or gives a promise; without a callback it calls itself with one, so the callback is where all of them end.
 */
export const memjs: Instrumentation = {
  name: 'memjs',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const lookups = new CacheLookups(recorder, 'memcached');
    const templates = new MemcachedTemplates(recorder);
    const figures = new CacheServerFigures(recorder, 'memcached');
    tools.undo(() => figures.stop());

    tools.onLoad('memjs', (exports, version) => {
      const Client = memberOf(exports, 'Client');
      if (typeof Client !== 'function') return;
      for (const operation of operations) {
        const undo = wrap(Client.prototype, operation, (client, args, method) =>
          traced(operation, client, args, method),
        );
        if (undo !== undefined) tools.undo(undo);
      }
      tools.seen(version);
    });

    function traced(operation: string, client: unknown, args: unknown[], method: Method): unknown {
      const at = args.findIndex(argument => typeof argument === 'function');
      const callback = args[at];
      if (typeof callback !== 'function') return method.apply(client, args);
      const template = templates.of(operation, args[0], client);
      const call = beginLeaf();
      figures.watch(client, serverOf(client), statsOf);
      const passed = [...args];
      passed[at] = (error: unknown, ...results: unknown[]): unknown => {
        try {
          const failed = error !== null && error !== undefined;
          // Its errors are sentences; what they begin with is the operation.
          endLeaf(recorder, call, template, failed ? 'error' : '');
          if (operation === 'get') {
            const pattern = String(template.spec.metricAttributes['bellwether.key.pattern'] ?? '');
            lookups.count(pattern, failed ? 'error' : results[0] === null ? 'miss' : 'hit');
          }
        } catch {
          recorder.fault('memjs (answer)');
        }
        // The socket's context would be the one of whoever connected first.
        const inRequest = (): unknown => Reflect.apply(callback, undefined, [error, ...results]);
        return call.isRoot ? inRequest() : scopes.run(call.scope, inRequest);
      };
      return method.apply(client, passed);
    }
  },
};

function serverOf(client: unknown): { readonly host: string; readonly port: number | undefined } {
  const servers = memberOf(client, 'servers');
  const first: unknown = Array.isArray(servers) ? servers[0] : undefined;
  const [host, port] = [memberOf(first, 'host'), memberOf(first, 'port')];
  return { host: typeof host === 'string' ? host : 'localhost', port: typeof port === 'number' ? port : undefined };
}

/** `evictions`, `bytes`, `limit_maxbytes` and `curr_items` of https://github.com/memcached/memcached/blob/master/doc/protocol.txt, of all servers. */
function statsOf(client: unknown): Promise<Readonly<Record<string, number>> | undefined> {
  return new Promise(resolve => {
    const stats = memberOf(client, 'stats');
    if (typeof stats !== 'function') return resolve(undefined);
    Reflect.apply(stats, client, [
      (error: unknown, _server: unknown, figures: unknown) => {
        const number = (name: string): number => Number(memberOf(figures, name) ?? Number.NaN);
        resolve(
          error !== null && error !== undefined
            ? undefined
            : {
                evictions: number('evictions'),
                expired: number('reclaimed'),
                memoryBytes: number('bytes'),
                maxMemoryBytes: number('limit_maxbytes'),
                items: number('curr_items'),
              },
        );
      },
    ]);
  });
}

const maxPatterns = 100;

class MemcachedTemplates {
  readonly #recorder: Recorder;
  readonly #patterns = new KeyPatterns();
  readonly #known = new Map<string, Map<string, Template>>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  of(operation: string, key: unknown, client: unknown): Template {
    const { host, port } = serverOf(client);
    const group = `${operation} ${host}:${port ?? ''}`;
    let byPattern = this.#known.get(group);
    if (byPattern === undefined) {
      byPattern = new Map();
      if (this.#known.size < 1000) this.#known.set(group, byPattern);
    }
    let pattern = typeof key === 'string' ? this.#patterns.of(key) : '';
    if (!byPattern.has(pattern) && byPattern.size >= maxPatterns) pattern = '*';
    const known = byPattern.get(pattern);
    if (known !== undefined) return known;
    const { templates, metrics } = this.#recorder;
    const metric = metrics.metric({
      name: 'db.client.operation.duration',
      unit: 's',
      description: 'Time from sending a query to its whole result',
      kind: 'histogram',
      scope: '@bellwether/node',
    });
    const attributes: Attributes = {
      'db.system.name': 'memcached',
      'db.operation.name': operation,
      'server.address': host,
      ...(port === undefined ? {} : { 'server.port': port }),
      ...(pattern === '' ? {} : { 'bellwether.key.pattern': pattern }),
    };
    const overflow = { 'db.system.name': 'memcached' };
    const { full } = templates;
    const made = templates.create(
      { name: operation, kind: spanKind.client, attributes, metric, metricAttributes: attributes },
      { name: 'memcached', kind: spanKind.client, attributes: overflow, metric, metricAttributes: overflow },
    );
    if (!full) byPattern.set(pattern, made);
    return made;
  }
}

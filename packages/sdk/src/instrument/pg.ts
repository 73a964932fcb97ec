import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import { randomWord } from '../core/random-ids.js';
import type { Recorder } from '../core/recorder.js';
import { newTrace, scopes, type Scope } from '../core/scope.js';
import { observeDuration, spanKind, type Template } from '../core/templates.js';
import { attributeKey } from '../otlp/span-writer.js';
import type { Instrumentation } from './instrumentation.js';
import { sqlShape } from './sql.js';
import { wrap, type Method } from './wrap.js';

/** The part of a pg client that we read. */
interface Client {
  readonly database?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
}

const keys = {
  rows: attributeKey('db.response.returned_rows'),
  status: attributeKey('db.response.status_code'),
  errorType: attributeKey('error.type'),
};

/**
 * pg ≥ 8: `Client#query` in its three forms (promise, callback, and an object that submits itself, as cursors and query streams do),
 * and `Pool#connect`, whose callback must keep the context of who waits for a client and not of who gives one back.
 */
export const pg: Instrumentation = {
  name: 'pg',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const queries = new QueryTemplates(recorder);

    tools.onLoad('pg', (exports, version) => {
      const Client =
        typeof exports === 'object' && exports !== null && 'Client' in exports ? exports.Client : undefined;
      if (typeof Client !== 'function') return;
      const undo = wrap(Client.prototype, 'query', (client, args, query) => traced(client, args, query));
      if (undo === undefined) return;
      tools.undo(undo);
      tools.seen(version);
    });
    tools.onLoad('pg-pool', Pool => {
      if (typeof Pool !== 'function') return;
      const undo = wrap(Pool.prototype, 'connect', (pool, args, connect) => {
        const [callback] = args;
        const scope = scopes.getStore();
        if (typeof callback !== 'function' || scope === undefined) return connect.apply(pool, args);
        return connect.call(pool, inScope(scope, callback));
      });
      if (undo !== undefined) tools.undo(undo);
    });

    function traced(client: unknown, args: unknown[], query: Method): unknown {
      let span: OpenQuery | undefined;
      try {
        span = open(client, args[0]);
      } catch {
        recorder.fault('pg (query)');
      }
      if (span === undefined) return query.apply(client, args);
      const { scope } = span;
      const finish = (error: unknown, result: unknown): void => {
        try {
          if (span !== undefined) close(span, error, result);
        } catch {
          recorder.fault('pg (result)');
        }
        span = undefined;
      };
      const [config] = args;
      if (isSubmittable(config)) {
        watchSubmittable(config, finish);
        return query.apply(client, args);
      }
      const at = args.findLastIndex(argument => typeof argument === 'function');
      const callback = at > 0 ? args[at] : undefined;
      if (typeof callback === 'function') {
        const bound = inScope(scope, callback);
        const rest = [...args];
        rest[at] = (error: unknown, ...results: unknown[]) => {
          finish(error, results[0]);
          return bound(error, ...results);
        };
        return query.apply(client, rest);
      }
      if (hasCallback(config)) {
        const bound = inScope(scope, config.callback);
        const own = Object.assign(Object.create(Object.getPrototypeOf(config)), config, {
          callback: (error: unknown, ...results: unknown[]) => {
            finish(error, results[0]);
            return bound(error, ...results);
          },
        });
        return query.call(client, own, ...args.slice(1));
      }
      const result = query.apply(client, args);
      if (!isPromise(result)) {
        finish(undefined, undefined);
        return result;
      }
      // Their promise with our step in its chain: what rejects still rejects for whoever holds it, and for nobody else.
      return result.then(
        value => {
          finish(undefined, value);
          return value;
        },
        (error: unknown) => {
          finish(error, undefined);
          throw error;
        },
      );
    }

    function open(client: unknown, config: unknown): OpenQuery | undefined {
      const text = textOf(config);
      if (text === undefined) return undefined;
      const active = scopes.getStore();
      // The fields are optional and unknown, so any object fits.
      const template = queries.of(client as Client, text);
      const scope = active ?? newTrace();
      return { scope, root: active === undefined, template, startMs: nowMs() };
    }

    function close({ scope, root, template, startMs }: OpenQuery, error: unknown, result: unknown): void {
      const endMs = nowMs();
      const failure = error === undefined || error === null ? '' : sqlError(error);
      observeDuration(template, failure === '' ? 'ok' : failure, endMs - startMs, outcome);
      if (!scope.sampled) return;
      const { spans } = recorder;
      const before = spans.out.length;
      try {
        const [s0, s1] = root ? [scope.s0, scope.s1] : [randomWord(), randomWord()];
        const start = spans.begin(scope, s0, s1, root ? 0 : scope.s0, root ? 0 : scope.s1, template, startMs, endMs);
        const rows = rowsOf(result);
        if (rows !== undefined) spans.integer(keys.rows, rows);
        if (failure !== '') {
          spans.string(keys.errorType, failure);
          if (/^[\dA-Z]{5}$/.test(failure)) spans.string(keys.status, failure);
        }
        // A database's message may quote the values of the query, so only its code and class are told.
        spans.end(start, failure === '' ? 0 : 2, failure);
      } catch (fault) {
        spans.cancel(before);
        throw fault;
      }
      recorder.written();
    }
  },
};

interface OpenQuery {
  readonly scope: Scope;
  readonly root: boolean;
  readonly template: Template;
  readonly startMs: number;
}

function inScope(scope: Scope, callback: Function): (...args: unknown[]) => unknown {
  return (...args) => (scopes.getStore() === scope ? callback(...args) : scopes.run(scope, () => callback(...args)));
}

function textOf(config: unknown): string | undefined {
  if (typeof config === 'string') return config;
  if (typeof config !== 'object' || config === null) return undefined;
  if ('text' in config && typeof config.text === 'string') return config.text;
  // pg-query-stream keeps its text in its cursor.
  return 'cursor' in config ? textOf(config.cursor) : undefined;
}

interface Submittable {
  submit: Function;
  handleReadyForQuery?: Function;
  handleError?: Function;
}

function isSubmittable(config: unknown): config is Submittable {
  return typeof config === 'object' && config !== null && 'submit' in config && typeof config.submit === 'function';
}

/** pg tells a submitted object of its end by `handleReadyForQuery` or `handleError`, whatever it is. */
function watchSubmittable(query: Submittable, finish: (error: unknown, result: unknown) => void): void {
  const { handleReadyForQuery, handleError } = query;
  if (typeof handleReadyForQuery === 'function') {
    query.handleReadyForQuery = function (this: unknown, ...args: unknown[]): unknown {
      finish(undefined, undefined);
      return Reflect.apply(handleReadyForQuery, this, args);
    };
  }
  if (typeof handleError === 'function') {
    query.handleError = function (this: unknown, ...args: unknown[]): unknown {
      finish(args[0], undefined);
      return Reflect.apply(handleError, this, args);
    };
  }
}

function hasCallback(config: unknown): config is { readonly callback: Function } {
  return typeof config === 'object' && config !== null && 'callback' in config && typeof config.callback === 'function';
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Rows of one result, or of the last of several statements. */
function rowsOf(result: unknown): number | undefined {
  const last: unknown = Array.isArray(result) ? result.at(-1) : result;
  if (typeof last !== 'object' || last === null) return undefined;
  if ('rows' in last && Array.isArray(last.rows) && last.rows.length > 0) return last.rows.length;
  return 'rowCount' in last && typeof last.rowCount === 'number' ? last.rowCount : undefined;
}

/** The SQLSTATE when the database answered with one; else Node's code, or the error's class. */
function sqlError(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'error';
}

function outcome(failure: string | number): Attributes {
  return failure === 'ok' ? {} : { 'error.type': String(failure) };
}

/** Texts kept per database. Applications that put values into their SQL make new texts without end: then we start over. */
const maxTexts = 2000;

/** Templates by connection and SQL. */
class QueryTemplates {
  readonly #recorder: Recorder;
  readonly #targets = new Map<
    string,
    { readonly byText: Map<string, Template>; readonly byShape: Map<string, Template> }
  >();
  readonly #byClient = new WeakMap<object, string>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  of(client: Client, sql: string): Template {
    let target = this.#byClient.get(client);
    if (target === undefined) {
      target = `${String(client.host)}\n${String(client.port)}\n${String(client.database)}`;
      this.#byClient.set(client, target);
    }
    let known = this.#targets.get(target);
    if (known === undefined) {
      known = { byText: new Map(), byShape: new Map() };
      if (this.#targets.size < 100) this.#targets.set(target, known);
    }
    const template = known.byText.get(sql);
    if (template !== undefined) return template;
    const shape = sqlShape(sql);
    let made = known.byShape.get(shape.text);
    if (made === undefined) {
      const full = this.#recorder.templates.full;
      made = this.#make(client, shape);
      if (!full) known.byShape.set(shape.text, made);
    }
    if (known.byText.size >= maxTexts) known.byText.clear();
    if (sql.length <= 20_000) known.byText.set(sql, made);
    return made;
  }

  #make(client: Client, shape: ReturnType<typeof sqlShape>): Template {
    const { templates, metrics } = this.#recorder;
    const metric = metrics.metric({
      name: 'db.client.operation.duration',
      unit: 's',
      description: 'Time from sending a query to its whole result',
      kind: 'histogram',
      scope: '@bellwether/node',
    });
    const target: Attributes = {
      'db.system.name': 'postgresql',
      ...(typeof client.database === 'string' ? { 'db.namespace': client.database } : {}),
      ...(typeof client.host === 'string' ? { 'server.address': client.host } : {}),
      ...(typeof client.port === 'number' ? { 'server.port': client.port } : {}),
      'db.operation.name': shape.operation,
    };
    const named: Attributes = {
      ...target,
      'db.query.summary': shape.summary,
      ...(shape.table === undefined ? {} : { 'db.collection.name': shape.table }),
    };
    return templates.create(
      {
        name: shape.summary,
        kind: spanKind.client,
        attributes: { ...named, 'db.query.text': shape.text },
        metric,
        metricAttributes: named,
      },
      { name: shape.operation, kind: spanKind.client, attributes: target, metric, metricAttributes: target },
    );
  }
}
